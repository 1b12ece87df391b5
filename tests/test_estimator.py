import inspect
from itertools import product

import keras
import numpy as np
import pandas as pd
import pytest
from conftest import small_kate, themed_documents
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import kate_keras
from kate_keras import KATE, InputError
from kate_keras.analysis import topic_ends
from kate_keras.layers.read_out import WHITENING_MODES
from kate_keras.text import count_words
from kate_keras.text.counts import spool_forms


def test_vectors_are_float32_one_row_a_document(model, themed):
    vectors = model.transform(themed[0])
    assert vectors.dtype == np.float32
    assert vectors.shape == (240, 6)
    assert model.transform([]).shape == (0, 6)


def test_documents_of_a_theme_lie_together(model, themed):
    texts, labels = themed_documents(seed=7)
    classifier = LogisticRegression().fit(model.transform(themed[0]), themed[1])
    assert classifier.score(model.transform(texts), labels) > 0.95


def test_topics_name_words_of_one_theme_on_an_end(model):
    from conftest import THEMES

    stems = {word: theme for theme, words in THEMES.items() for word in words}
    ends = [
        {stems[word] for word, _ in end[:3]}
        for topic in model.topics(3)
        for end in (topic.positive, topic.negative)
    ]
    assert sum(len(themes) == 1 for themes in ends) >= len(ends) / 3


def test_similar_words_are_of_the_same_theme(model):
    from conftest import THEMES

    neighbours = {word for word, _ in model.similar_words("moon", 5)}
    assert len(neighbours & set(THEMES["space"])) >= 4
    assert "moon" not in neighbours


def test_fit_transform_equals_transform_and_reads_a_generator_once(themed):
    model = small_kate(epochs=2)
    vectors = model.fit_transform(text for text in themed[0])
    np.testing.assert_array_equal(vectors, model.transform(themed[0]))


def test_a_corpus_whose_forms_do_not_fit_gives_the_same_model(themed, monkeypatch):
    texts = [f"{text} typo{i}" for i, text in enumerate(themed[0])]
    options = {"epochs": 1, "max_features": 30}
    whole = small_kate(**options).fit(texts)
    monkeypatch.setattr("kate_keras.text.counts.BATCH", 50)
    spools = []

    def spool(texts, most):
        spools.append(spool_forms(texts, most))
        return spools[-1]

    monkeypatch.setattr("kate_keras.training_corpus.spool_forms", spool)
    monkeypatch.setattr("kate_keras.training_corpus.MOST_IN_FORMS", 3000)
    parts = small_kate(**options).fit(texts)
    assert parts.fingerprint_ == whole.fingerprint_
    assert len(spools[0]._stretches) == 6


def test_the_same_seed_gives_the_same_vectors_another_seed_others(model, themed):
    np.testing.assert_array_equal(
        small_kate().fit(themed[0]).transform(themed[0][:9]),
        model.transform(themed[0][:9]),
    )
    other = small_kate(random_state=5).fit(themed[0]).transform(themed[0][:9])
    assert not np.allclose(other, model.transform(themed[0][:9]), atol=0.1)


def test_random_state_none_draws_a_new_seed(themed):
    one, other = (small_kate(epochs=1, random_state=None).fit(themed[0]) for _ in "ab")
    assert one.fingerprint_ != other.fingerprint_


def test_training_does_not_touch_the_global_seeds(themed):
    np.random.seed(3)
    expected = np.random.rand()
    np.random.seed(3)
    small_kate(epochs=1).fit(themed[0])
    assert np.random.rand() == expected


def test_clone_and_get_params_round_trip():
    model = KATE(32, k=4, alpha=0.5, stop_words=["foo"], stemmer=None)
    assert clone(model).get_params() == model.get_params()
    names = set(inspect.signature(KATE).parameters)
    assert set(model.get_params()) == names


def test_in_a_pipeline_with_texts_and_a_classifier(themed):
    pipeline = make_pipeline(small_kate(), LogisticRegression())
    assert pipeline.fit(*themed).score(*themed) > 0.95


def test_in_a_pipeline_behind_count_vectorizer(themed):
    pipeline = make_pipeline(CountVectorizer(), small_kate(), LogisticRegression())
    assert pipeline.fit(*themed).score(*themed) > 0.95


def test_grid_search_with_its_own_score(themed):
    search = GridSearchCV(small_kate(epochs=2), {"n_components": [3, 6]}, cv=2)
    search.fit(themed[0])
    assert search.best_params_["n_components"] in (3, 6)
    assert np.isfinite(search.best_score_)
    assert search.best_score_ < 0


def test_score_is_by_the_loss_of_the_training_whatever_is_set_since(themed):
    model = small_kate(epochs=1).fit(themed[0])
    score = model.score(themed[0])
    model.set_params(loss="binary", recipe="paper", batch_size=3)
    assert model.score(themed[0]) == score
    assert model.recipe_.loss == "words"
    binary = small_kate(epochs=1, loss="binary").fit(themed[0])
    assert binary.score(themed[0]) != pytest.approx(score, rel=1e-2)


def test_score_leaves_the_keras_model_compiled_as_it_is(themed):
    model = small_kate(epochs=1).fit(themed[0])
    model.autoencoder_.compile("sgd", "mse", jit_compile=False)
    optimizer = model.autoencoder_.optimizer
    model.score(themed[0])
    assert model.autoencoder_.optimizer is optimizer


def test_the_reconstruction_loss_of_both_networks(model, themed):
    dense = model.reconstruction_loss(themed[0])
    competing = model.reconstruction_loss(themed[0], competition=True)
    assert model.score(themed[0]) == -dense
    assert competing != pytest.approx(dense, rel=1e-3)
    counts = count_words(themed[0], model.vocabulary_)
    assert model.reconstruction_loss(counts) == dense
    with pytest.raises(InputError, match="at least one document"):
        model.reconstruction_loss([])


def test_score_is_higher_for_the_corpus_it_knows(model, themed):
    unseen = themed_documents(90, seed=1)[0]
    assert unseen[0] not in themed[0]
    # The same words as often, in documents that mix the themes.
    counts = count_words(unseen, model.vocabulary_).toarray()
    generator = np.random.default_rng(0)
    words = np.repeat(
        np.tile(np.arange(counts.shape[1]), len(counts)), counts.ravel().astype(int)
    )
    generator.shuffle(words)
    borders = np.cumsum(counts.sum(axis=1).astype(int))[:-1]
    mixed = [
        np.bincount(part, minlength=counts.shape[1])
        for part in np.split(words, borders)
    ]
    assert model.score(counts) > model.score(np.array(mixed)) + 0.1


def test_feature_names_and_pandas_output(model, themed):
    names = [f"kate{i}" for i in range(6)]
    assert model.get_feature_names_out().tolist() == names
    framed = (
        small_kate(epochs=1).set_output(transform="pandas").fit_transform(themed[0])
    )
    assert isinstance(framed, pd.DataFrame)
    assert framed.columns.tolist() == names


@pytest.mark.parametrize(
    "convert",
    [sparse.csr_matrix, sparse.csc_array, np.asarray, lambda x: x.astype(int)],
    ids=["csr_matrix", "csc_array", "ndarray", "integers"],
)
def test_counts_in_any_form_give_the_same_vectors(convert, themed):
    counts = CountVectorizer().fit_transform(themed[0]).toarray().astype("float32")
    expected = small_kate(epochs=2).fit_transform(counts)
    model = small_kate(epochs=2).fit(convert(counts))
    np.testing.assert_array_equal(model.transform(convert(counts)), expected)


def test_counts_name_their_words_by_the_columns_of_a_frame(themed):
    vectorizer = CountVectorizer()
    counts = vectorizer.fit_transform(themed[0]).toarray()
    frame = pd.DataFrame(counts, columns=vectorizer.get_feature_names_out())
    model = small_kate(epochs=1).fit(frame)
    assert "moon" in model.vocabulary_
    assert small_kate(epochs=1).fit(counts).vocabulary_.words[:2] == ("x0", "x1")


def test_a_model_of_counts_refuses_texts_but_saves_and_loads(themed, tmp_path):
    counts = CountVectorizer().fit_transform(themed[0])
    model = small_kate(epochs=1).fit(counts)
    with pytest.raises(InputError, match="fitted on counts"):
        model.transform(["moon"])
    with pytest.raises(InputError, match="fitted on counts"):
        model.explain("moon")
    model.save(tmp_path / "model")
    again = kate_keras.load(tmp_path / "model")
    np.testing.assert_array_equal(again.transform(counts), model.transform(counts))
    assert set(again.signatures_.functions) == {"encode_counts", "encode_sparse"}


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (-np.ones((4, 8)), "not negative"),
        (np.full((4, 8), np.nan), "finite and not negative"),
        (np.ones((4, 3)), "fewer than n_components=6"),
        (np.zeros((4, 8)), "at least 2 documents with words"),
        (np.eye(8) * 1.1e-7, "at least 1.2e-07.*Received: 1.1e-07"),
    ],
)
def test_counts_that_cannot_be_learned_from(counts, message):
    with pytest.raises(InputError, match=message):
        small_kate().fit(counts)


@pytest.mark.parametrize("separation", [None, 0.0])
def test_weights_too_large_for_vectors_are_an_error_that_says_what_to_do(separation):
    # Finite, but their squares are not.
    model = small_kate(learning_rate=1e25, separation=separation, epochs=2)
    with pytest.raises(InputError, match="lower `learning_rate`"):
        model.fit(np.eye(8, dtype="float32")[np.arange(40) % 8])


@pytest.mark.parametrize(
    ("policy", "variant"),
    [("mixed_float16", "kate"), ("mixed_bfloat16", "deep"), ("float64", "kate")],
)
def test_it_computes_in_single_precision_by_every_policy(
    policy, variant, themed, tmp_path
):
    texts = themed[0][:60]
    usual = keras.config.dtype_policy()
    expected = small_kate(epochs=2, variant=variant).fit(texts)
    keras.config.set_dtype_policy(policy)
    try:
        model = small_kate(epochs=2, variant=variant).fit(texts)
        model.save(tmp_path / "model")
        loaded = kate_keras.load(tmp_path / "model")
        np.testing.assert_array_equal(model.transform(texts), expected.transform(texts))
        for found in (loaded, loaded.partial_fit(texts, epochs=1)):
            assert found.transform(texts).dtype == np.float32
            assert found.autoencoder_.get_layer("tied_dense").compute_dtype == "float32"
        assert keras.config.dtype_policy().name == policy
    finally:
        keras.config.set_dtype_policy(usual)
    again = kate_keras.load(tmp_path / "model")
    np.testing.assert_array_equal(again.transform(texts), expected.transform(texts))
    assert again.fingerprint_ == expected.fingerprint_


def test_words_are_encoded_as_they_were_learned_however_they_are_written(tmp_path):
    # Neither composed nor decomposed: what people type.
    words = [
        "\u09b8\u09ae\u09df",
        "\u092a\u095c\u093e",
        "vi\u00ea\u0323t",
        "moon",
        "orbit",
        "oil",
    ]
    texts = [" ".join(np.roll(words, n)[: 2 + n % 4]) for n in range(40)]
    model = small_kate(epochs=2)
    vectors = model.fit_transform(texts)
    np.testing.assert_array_equal(model.transform(texts), vectors)
    known = [batch["known_words"] for batch in model.encode_batches(texts)]
    assert np.concatenate(known).tolist() == [2 + n % 4 for n in range(40)]
    model.save(tmp_path / "model")
    light = kate_keras.load(tmp_path / "model", light=True)
    np.testing.assert_allclose(light.transform(texts), vectors, atol=1e-5)


def test_a_checkpoint_that_is_no_path_is_refused(themed):
    with pytest.raises(InputError, match="`checkpoint`.*Received: 5"):
        small_kate().fit(themed[0], checkpoint=5)


def test_counts_with_other_columns_are_refused(themed):
    model = small_kate(epochs=1).fit(np.eye(8))
    with pytest.raises(
        InputError, match="one column per word of the model, 8.*9 columns"
    ):
        model.transform(np.eye(9))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "no documents"),
        (
            ["moon rocket orbit launch shuttle planet"],
            "at least 2 documents.*1 documents",
        ),
        (["", "  ", "!!"], "No words are left"),
        (["the and of", "a an"], "No words are left"),
        (["moon rocket", "moon"], "2 words, fewer than n_components=6"),
        ("moon rocket", "must be a list or another iterable of strings.*list of one"),
        (["moon", None], "Document 1 must be a string. Received: None.*dropped"),
        (["moon", b"moon"], "Document 1 must be a string.*decoded"),
        ([["moon", "dog"]], "Document 0 must be a string.*joined: ' '.join"),
        (["moon", "bad \ud800 text"], "Document 1 is not valid Unicode.*character 4"),
        (7, "must be a list or another iterable"),
    ],
)
def test_texts_that_cannot_be_learned_from(texts, message):
    with pytest.raises(InputError, match=message):
        small_kate().fit(texts)


def test_transform_refuses_what_is_no_text_and_names_it(model):
    with pytest.raises(InputError, match="Document 2 must be a string. Received: 3.5"):
        model.transform(["moon", "", 3.5])
    with pytest.raises(InputError, match="list or another iterable"):
        model.transform("moon")


def test_transform_before_fit_says_so():
    from sklearn.exceptions import NotFittedError

    for call in (
        lambda m: m.transform(["a"]),
        lambda m: m.topics(),
        lambda m: m.save("x"),
    ):
        with pytest.raises(NotFittedError):
            call(KATE())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_components": 0}, "`n_components` must be"),
        ({"n_components": 2.5}, "`n_components` must be"),
        ({"k": 0}, "`k` must be"),
        ({"k": 7}, r"`k` must be .* n_components \(6\)"),
        ({"alpha": -1.0}, "`alpha`"),
        ({"output_bias": "ones"}, "`output_bias` must be one of"),
        ({"recipe": "best"}, "`recipe`"),
        ({"variant": "vae"}, "`variant` must be one of"),
        ({"variant": "plain"}, "'plain' has no `k`"),
        ({"strength": 0.5}, "'kate' has no `strength`"),
        ({"loss": "hinge"}, "`loss`"),
        ({"weighting": "tf"}, "`weighting`"),
        ({"read_out": "pca"}, "`read_out` must be one of"),
        ({"alpha": float("nan")}, "`alpha`"),
        ({"random_state": -1}, "`random_state`"),
        ({"random_state": 2**32}, "`random_state`"),
        ({"inference": "x"}, "`inference`"),
        ({"stemmer": "klingon"}, "`stemmer`"),
        ({"stop_words": "german"}, "`stop_words`"),
        ({"epochs": 0}, "`epochs`"),
        ({"batch_size": 0}, "`batch_size`"),
        ({"patience": 0}, "`patience`"),
        ({"learning_rate": 0.0}, "`learning_rate`"),
        ({"input_dropout": 1.0}, "`input_dropout`"),
        ({"weight_decay": -1.0}, "`weight_decay`"),
        ({"validation_fraction": 0.0}, "`validation_fraction`"),
        ({"validation_fraction": 1.0}, "`validation_fraction`"),
        ({"max_features": 0}, "`max_features`"),
        ({"max_df": 1.5}, "`max_df`"),
        ({"min_df": -1}, "`min_df`"),
    ],
)
def test_an_option_out_of_its_range_is_refused_when_fitting(options, message, themed):
    with pytest.raises(ValueError, match=message):
        small_kate(**options).fit(themed[0])


@pytest.mark.parametrize(
    ("read_out", "inference"),
    [*product(["activations", "centered", "whitened"], ["dense", "sparse"])]
    + [("linear", "dense")],
)
@pytest.mark.parametrize("weighting", ["log", "log-idf"])
def test_every_option_is_accepted_saved_and_kept(
    read_out, inference, weighting, themed, tmp_path
):
    model = small_kate(
        epochs=1, read_out=read_out, inference=inference, weighting=weighting
    ).fit(themed[0])
    vectors = model.transform(themed[0])
    if read_out in WHITENING_MODES:
        assert not model.transform([""]).any() and vectors.any(axis=1).all()
    if read_out == "activations" and inference == "sparse":
        assert ((vectors != 0).sum(axis=1) <= 2).all()
    if read_out == "activations" and inference == "dense":
        assert np.abs(vectors).max() <= 1
    model.save(tmp_path / "model")
    again = kate_keras.load(tmp_path / "model")
    np.testing.assert_array_equal(again.transform(themed[0]), vectors)


def test_a_vector_is_the_sum_of_what_its_words_add(model, themed):
    """By hand: shares of words `x_j W_j`, and the read-out's matrix, in float64."""
    autoencoder = model.autoencoder_
    assert autoencoder.read_out == "linear"
    counts = count_words(themed[0][:9], model.vocabulary_)
    inputs = autoencoder.get_layer("log_count")(counts.toarray()).numpy().astype(float)
    whitening = autoencoder.encoder.get_layer("read_out").whitening.numpy()
    vectors_of_words = autoencoder.kernel.astype(float) @ whitening
    expected = [
        sum(x[j] * vectors_of_words[j] for j in np.flatnonzero(x)) for x in inputs
    ]
    found = model.transform(themed[0][:9])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert np.abs(found).max() > 0.1


@pytest.mark.parametrize(
    ("options", "read_out"),
    [
        ({}, "linear"),
        ({"variant": "no-amplification", "alpha": None}, "linear"),
        ({"inference": "sparse"}, "whitened"),
        ({"variant": "no-competition", "k": None}, "whitened"),
        ({"variant": "deep"}, "whitened"),
        ({"variant": "plain", "k": None, "read_out": "linear"}, "linear"),
        ({"recipe": "paper"}, "activations"),
    ],
)
def test_the_read_out_is_the_variants_unless_it_is_chosen(options, read_out, themed):
    model = small_kate(**{"epochs": 1, **options}).fit(themed[0][:60])
    assert model.autoencoder_.read_out == read_out
    assert np.isfinite(model.transform(themed[0][:3])).all()


@pytest.mark.parametrize(
    ("options", "received"),
    [
        ({"variant": "deep"}, "variant='deep'"),
        ({"variant": "variational", "k": None}, "variant='variational'"),
        ({"inference": "sparse"}, "inference='sparse'"),
    ],
)
def test_a_linear_read_out_needs_one_layer_and_no_competition(
    options, received, themed
):
    with pytest.raises(InputError, match=f"`read_out` must be .*{received}.*'linear'"):
        small_kate(read_out="linear", **options).fit(themed[0])


def test_an_amplification_is_saved_loaded_and_trained_again(themed, tmp_path):
    model = small_kate(epochs=4, alpha=0.25).fit(themed[0])
    model.save(tmp_path / "model")
    again = kate_keras.load(tmp_path / "model")
    assert again.alpha == again.autoencoder_.competition().alpha == 0.25
    assert again.history_ == model.history_
    assert again.fit(themed[0]).fingerprint_ == model.fingerprint_


def test_the_rules_of_the_default_hold_after_loading_too(themed, tmp_path):
    model = small_kate(epochs=2).fit(themed[0])
    model.save(tmp_path / "model")
    again = kate_keras.load(tmp_path / "model")
    assert again.alpha is None
    # Two winners count as six.
    assert again.autoencoder_.competition().alpha == 6.26
    assert again.fit(themed[0]).fingerprint_ == model.fingerprint_


def test_half_wins_and_is_amplified_by_the_rule():
    counts = np.random.default_rng(0).poisson(0.2, (30, 150)).astype("float32")
    model = KATE(128, epochs=1, verbose=False).fit(counts)
    competition = model.autoencoder_.competition()
    assert competition.k == 64
    # 6.26 (6 / 64)^1.5
    assert competition.alpha == pytest.approx(0.179693, rel=1e-5)


@pytest.mark.parametrize("d", [4, 20])
def test_ten_documents_train_by_the_default(d):
    texts = themed_documents(10)[0]
    model = KATE(d, verbose=False).fit(texts)
    # Better than to give every word the same share.
    x = np.log1p(count_words(texts, model.vocabulary_).toarray())
    x /= x.max(axis=1, keepdims=True)
    even = x.sum(axis=1).mean() * np.log(x.shape[1])
    assert model.reconstruction_loss(texts) < even - 0.2
    vectors = model.transform(texts)
    assert vectors.shape == (10, d)
    assert np.isfinite(vectors).all()
    assert (vectors.std(axis=0) > 0).all()


@pytest.mark.parametrize("recipe", ["default", "paper"])
def test_the_learning_rate_of_every_epoch_is_recorded(recipe, themed):
    options = {"k": None, "learning_rate": None, "recipe": recipe}
    model = small_kate(epochs=3, **options).fit(themed[0][:40])
    rates = model.history_["learning_rate"]
    # A third of the cosine: 0.02 + 0.98 (1 + 0.5) / 2, then (1 - 0.5) / 2.
    expected = (
        [2, 2, 2] if recipe == "paper" else 10**-2.5 * np.array([1, 0.755, 0.265])
    )
    assert rates == pytest.approx(expected, rel=1e-5)


def test_numpy_scalars_are_options_too(themed, tmp_path):
    options = {
        "n_components": np.int64(4),
        "alpha": np.float32(2),
        "epochs": np.int32(1),
    }
    model = small_kate(**options).fit(themed[0])
    model.save(tmp_path / "model")
    assert kate_keras.load(tmp_path / "model").fingerprint_ == model.fingerprint_


def test_set_params_after_fit_does_not_change_what_is_saved(themed, tmp_path):
    model = small_kate(epochs=1).fit(themed[0])
    model.set_params(epochs=7, n_components=9)
    assert len(model.get_feature_names_out()) == 6
    model.save(tmp_path / "model")
    again = kate_keras.load(tmp_path / "model")
    assert (again.epochs, again.n_components) == (1, 6)
    np.testing.assert_array_equal(again.transform(["moon"]), model.transform(["moon"]))


def test_a_refit_that_fails_leaves_the_fitted_model_whole(themed, tmp_path):
    model = small_kate(epochs=1).fit(themed[0])
    vectors, topics = model.transform(["moon"]), model.topics(3)
    for bad in (["a b"], np.zeros((3, 9))):
        with pytest.raises(InputError):
            model.fit(bad)
    np.testing.assert_array_equal(model.transform(["moon"]), vectors)
    assert model.topics(3) == topics
    model.save(tmp_path / "model")
    assert kate_keras.load(tmp_path / "model").topics(3) == topics


def test_words_of_topics_are_chosen_by_the_documents_learned_from(model, themed):
    counts = count_words(themed[0], model.vocabulary_)
    expected = topic_ends(model.frequent_activations(counts))
    np.testing.assert_array_equal(model.autoencoder_.topic_ends, expected)


def test_a_refit_on_texts_forgets_the_columns_of_counts(themed):
    model = small_kate(epochs=1).fit(np.eye(8))
    assert model.n_features_in_ == 8
    assert not hasattr(model.fit(themed[0]), "n_features_in_")


def test_feature_names_before_fit_are_refused():
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        KATE().get_feature_names_out()


def test_frames_of_texts_dicts_and_tables_are_refused_with_the_remedy(model, themed):
    frame = pd.DataFrame({"text": themed[0]})
    with pytest.raises(InputError, match=r"frame\['text'\]"):
        model.transform(frame)
    np.testing.assert_array_equal(model.transform(frame["text"][:3]),
                                  model.transform(themed[0][:3]))  # fmt: skip
    for bad in ({"a": "moon"}, np.array([["moon", "rocket"]])):
        with pytest.raises(InputError, match="must be a list or another iterable"):
            model.transform(bad)


def test_a_frame_with_its_columns_in_another_order_is_refused(themed):
    vectorizer = CountVectorizer()
    counts = vectorizer.fit_transform(themed[0]).toarray()
    frame = pd.DataFrame(counts, columns=vectorizer.get_feature_names_out())
    model = small_kate(epochs=1).fit(frame.astype("Int64"))
    assert model.transform(frame).shape == (240, 6)
    with pytest.raises(InputError, match="in their order"):
        model.transform(frame[frame.columns[::-1]])


def test_documents_that_are_all_the_same_are_refused():
    with pytest.raises(InputError, match="same activations"):
        small_kate(epochs=1).fit(["moon rocket orbit bread soup piano violin"] * 30)


def test_the_paper_recipe_is_that_of_the_paper(themed):
    options = {"k": None, "recipe": "paper", "batch_size": None}
    model = small_kate(n_components=8, epochs=1, **options).fit(themed[0])
    competition = model.autoencoder_.get_layer("competition")
    # Two fifths of the units, as there is no room for its 6 of 20.
    assert (competition.k, competition.alpha) == (3, 6.26)
    assert model.encoder_.get_layer("read_out").mode == "activations"
    assert model.autoencoder_.get_layer("input_dropout").rate == 0
    assert model._recipe().batch_size == 50


def test_unseen_forms_of_the_training_corpus_fold_into_one_word():
    texts = ["computer computers computing", "a cat sat", "dogs dog ran", "cats"] * 5
    model = small_kate(n_components=2, k=1, epochs=1).fit(texts)
    assert model.vocabulary_["computers"] == model.vocabulary_["computing"]
    vectors = model.transform(["computer", "computing", "Computers!", "cats", "CAT"])
    np.testing.assert_array_equal(vectors[0], vectors[1])
    np.testing.assert_array_equal(vectors[0], vectors[2])
    np.testing.assert_array_equal(vectors[3], vectors[4])
    assert not np.array_equal(vectors[0], vectors[3])


def test_both_normal_forms_of_an_accent_are_one_word():
    texts = ["caf\u00e9 cafe tea", "cafe\u0301 milk tea", "milk cow"] * 5
    model = small_kate(n_components=2, k=1, epochs=1).fit(texts)
    vectors = model.transform(["caf\u00e9", "cafe\u0301", "cafe"])
    np.testing.assert_array_equal(vectors[0], vectors[1])
    assert not np.array_equal(vectors[0], vectors[2])


def test_resuming_needs_a_file_and_a_seed(tmp_path, themed):
    with pytest.raises(InputError, match="`resume` needs the file to go on from"):
        small_kate().fit(themed[0], resume=True)
    with pytest.raises(InputError, match="`resume` needs a `random_state`"):
        path = tmp_path / "file"
        small_kate(random_state=None).fit(themed[0], checkpoint=path, resume=True)


def test_a_checkpoint_is_opened_before_the_corpus_is_read(tmp_path):
    (tmp_path / "letter").write_text("dear")

    def texts():
        raise AssertionError("read")
        yield

    with pytest.raises(InputError, match="is not a checkpoint"):
        small_kate().fit(texts(), checkpoint=tmp_path / "letter")
    with pytest.raises(InputError, match="`patience`"):
        small_kate(patience=object()).fit(texts(), checkpoint=tmp_path / "none")
