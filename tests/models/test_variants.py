"""Every relative of KATE: its network, its training, its round trip."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import small_kate, themed_documents
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kate_keras import InputError, load
from kate_keras.layers import LogCount
from kate_keras.models import (
    VARIANTS,
    ContractiveAutoencoder,
    DeepKATEAutoencoder,
    DenoisingAutoencoder,
    KATEAutoencoder,
    KSparseAutoencoder,
    PlainAutoencoder,
    VariationalAutoencoder,
    resolve_variant,
)
from kate_keras.models.competing import Competing
from kate_keras.text import count_words

UNCHOSEN = {
    "k": None,
    "alpha": None,
    "inference": "dense",
    "strength": None,
}
COMPETING = {"kate", "deep", "no-amplification", "no-energy", "k-sparse"}
MODELS = {
    "kate": lambda **o: KATEAutoencoder(12, 6, k=3, alpha=0.7, **o),
    "deep": lambda **o: DeepKATEAutoencoder(12, 6, k=5, alpha=0.7, **o),
    "k-sparse": lambda **o: KSparseAutoencoder(12, 6, k=3, **o),
    "plain": lambda **o: PlainAutoencoder(12, 6, **o),
    "no-competition": lambda **o: PlainAutoencoder(12, 6, "tanh", **o),
    "denoising": lambda **o: DenoisingAutoencoder(12, 6, "gaussian", 0.2, **o),
    "contractive": lambda **o: ContractiveAutoencoder(12, 6, strength=0.5, **o),
    "variational": lambda **o: VariationalAutoencoder(12, 6, n_hidden=5, **o),
}


def variant_kate(variant, **options):
    """A model of that variant, trained for no longer than the themes take."""
    k = 2 if variant in COMPETING else None
    epochs = 10 if variant == "variational" else 7
    return small_kate(variant=variant, **{"k": k, "epochs": epochs, **options})


@pytest.fixture(scope="module", params=VARIANTS)
def trained(request, themed):
    return variant_kate(request.param).fit(themed[0])


@pytest.fixture
def untrained(monkeypatch):
    """Lets `fit` leave the network as it was built."""
    monkeypatch.setattr("kate_keras.estimator.train", lambda *_, **__: {"loss": [0.0]})


@pytest.fixture(params=MODELS)
def made(request):
    model = MODELS[request.param](input_dropout=0.4, weighting="log-idf")
    weights = np.random.default_rng(0)
    model.set_weights([weights.normal(size=w.shape) for w in model.get_weights()])
    model.adapt_input(np.arange(1, 13), 20)
    return model


def counts(rows=5):
    return np.random.default_rng(1).poisson(0.8, (rows, 12)).astype("float32")


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def numpy_code(model, activation):
    """The code by NumPy alone, and the kernel and the bias of the decoder."""
    dense = model.get_layer("tied_dense")
    x = LogCount()(counts()).numpy() * model.get_layer("log_count").word_weights.numpy()
    code = activation(x @ dense.kernel.numpy() + dense.bias.numpy())
    return code, dense.kernel.numpy(), dense.reverse_bias.numpy()


# === The networks ===


@pytest.mark.parametrize(
    ("name", "activation"),
    [
        ("kate", np.tanh),
        ("k-sparse", lambda a: a),
        ("plain", sigmoid),
        ("no-competition", np.tanh),
        ("denoising", sigmoid),
        ("contractive", sigmoid),
    ],
)
def test_outside_training_it_is_one_layer_and_its_transpose(name, activation):
    model = MODELS[name](weighting="log-idf")
    weights = np.random.default_rng(0)
    model.set_weights([weights.normal(size=w.shape) for w in model.get_weights()])
    code, kernel, bias = numpy_code(model, activation)
    np.testing.assert_allclose(model.code(counts()), code, rtol=1e-3, atol=1e-4)
    expected = code @ kernel.T + bias
    np.testing.assert_allclose(model(counts()), expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(model.kernel, kernel)
    pre_activations = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(
        model.activate(pre_activations), activation(pre_activations), rtol=1e-5
    )


def test_without_competition_no_unit_loses_in_training_either():
    # All units positive: a competition of k = d would have places for half of them.
    model = MODELS["no-competition"]()
    weights = np.random.default_rng(0)
    model.set_weights([weights.random(w.shape) for w in model.get_weights()])
    kernel, bias, reverse_bias = (w.numpy() for w in model.trainable_weights)
    code = np.tanh(LogCount()(counts()).numpy() @ kernel + bias)
    assert (code > 0).all()
    logits = model(counts(), training=True)
    np.testing.assert_allclose(logits, code @ kernel.T + reverse_bias, rtol=1e-4)
    competed = model.logits(tf.sparse.from_dense(counts()), competition=True)
    np.testing.assert_allclose(competed, logits, rtol=1e-4)


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="'sigmoid' or 'tanh'.*activation='relu'"):
        PlainAutoencoder(12, 6, "relu")


def test_the_variational_network_by_numpy():
    model = MODELS["variational"](weighting="log-idf")
    weights = np.random.default_rng(0)
    model.set_weights([weights.normal(size=w.shape) for w in model.get_weights()])
    hidden, kernel, bias = numpy_code(model, np.tanh)
    gaussian, decoder = model.get_layer("gaussian_code"), model.get_layer("decoder")
    mean_kernel = gaussian.mean_kernel.numpy()
    code = hidden @ mean_kernel + gaussian.mean_bias.numpy()
    np.testing.assert_allclose(model.code(counts()), code, rtol=1e-3, atol=1e-4)
    mirrored = np.tanh(code @ decoder.kernel.numpy() + decoder.bias.numpy())
    expected = mirrored @ kernel.T + bias
    np.testing.assert_allclose(model(counts()), expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(model.kernel, kernel @ mean_kernel, rtol=1e-5)
    log_variance = hidden @ gaussian.log_variance_kernel.numpy()
    log_variance += gaussian.log_variance_bias.numpy()
    divergence = (code**2 + np.exp(log_variance) - 1 - log_variance) / 2
    np.testing.assert_allclose(model.divergence(counts()), divergence, rtol=1e-3)


def test_the_deep_network_by_numpy():
    model = MODELS["deep"](weighting="log-idf")
    weights = np.random.default_rng(0)
    # Small, or tanh would make ones of everything.
    model.set_weights([weights.normal(0, 0.3, w.shape) for w in model.get_weights()])
    hidden, kernel, bias = numpy_code(model, np.tanh)
    assert hidden.shape == (5, 24)
    inner = model.get_layer("inner_dense")
    inner_kernel, inner_bias = inner.kernel.numpy(), inner.bias.numpy()

    def logits(survivors):
        code = np.tanh(survivors @ inner_kernel + inner_bias)
        return (code @ inner_kernel.T + inner.reverse_bias.numpy()) @ kernel.T + bias

    code = np.tanh(hidden @ inner_kernel + inner_bias)
    np.testing.assert_allclose(model.code(counts()), code, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(model(counts()), logits(hidden), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(model.kernel, kernel @ inner_kernel, rtol=1e-4)
    # In training three positive and two negative units stay, with the others' energy.
    survivors = np.zeros_like(hidden)
    for row, h in zip(survivors, hidden, strict=True):
        for sign, places in ((1, 3), (-1, 2)):
            own = np.flatnonzero(sign * h > 0)
            ranked = own[np.argsort(-np.abs(h[own]), kind="stable")]
            energy = 0.7 * np.abs(h[ranked[places:]]).sum()
            row[ranked[:places]] = h[ranked[:places]] + sign * energy
    competed = model.logits(tf.sparse.from_dense(counts()), competition=True)
    np.testing.assert_allclose(competed, logits(survivors), rtol=1e-3, atol=1e-3)


def test_code_and_decoder_are_the_two_halves_of_the_network(made):
    code = made.code(counts())
    np.testing.assert_allclose(made.decode(code), made(counts()), rtol=1e-4, atol=1e-4)
    identity = made.encoder.get_layer("read_out")
    np.testing.assert_allclose(
        made.encoder(counts()), identity(code), rtol=1e-4, atol=1e-4
    )


def test_sparse_counts_give_the_code_of_dense_ones(made):
    sparse_counts = tf.sparse.from_dense(counts())
    np.testing.assert_allclose(
        made.code(sparse_counts), made.code(counts()), rtol=1e-4, atol=1e-5
    )


def test_it_reloads_as_itself(made, tmp_path):
    made.encoder.get_layer("read_out").adapt([np.random.rand(40, 6)])
    made.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again) is type(made)
    assert again.get_config() == made.get_config()
    for one, other in ((made, again), (made.encoder, again.encoder)):
        np.testing.assert_array_equal(one(counts()), other(counts()))
    data = tf.sparse.from_dense(counts())
    np.testing.assert_array_equal(
        made.logits(data, competition=True), again.logits(data, competition=True)
    )


def test_sparse_counts_give_the_logits_of_dense_ones(made):
    data = tf.sparse.from_dense(counts())
    np.testing.assert_allclose(made.logits(data), made(counts()), rtol=1e-3, atol=1e-4)
    competed = made.logits(data, competition=True)
    if isinstance(made, Competing):
        always = type(made).from_config({**made.get_config(), "inference": "sparse"})
        always.set_weights(made.get_weights())
        always.adapt_input(np.arange(1, 13), 20)
        assert not np.allclose(competed, made(counts()), rtol=1e-3, atol=1e-4)
    else:
        always = made
    np.testing.assert_allclose(competed, always(counts()), rtol=1e-3, atol=1e-4)


def test_logits_of_some_words_are_those_of_all_words_or_refused(made):
    dense = np.zeros((2, 12), "float32")
    dense[:, [5, 2]] = [[1, 3], [0, 2]]
    words = [7, 5, 2, 0]
    some = tf.sparse.from_dense(dense[:, words])
    if made.takes_word_slices():
        whole = made.logits(tf.sparse.from_dense(dense)).numpy()
        found = made.logits(some, tf.constant(words, tf.int64))
        np.testing.assert_allclose(found, whole[:, words], rtol=1e-4, atol=1e-5)
    else:
        with pytest.raises(ValueError, match="whole vocabulary only"):
            made.logits(some, tf.constant(words, tf.int64))


def test_noise_and_penalties_need_every_word():
    able = {name for name in MODELS if MODELS[name]().takes_word_slices()}
    assert able == {"kate", "deep", "k-sparse", "plain", "no-competition"}


def test_every_weight_is_listed_once(made):
    listed = [id(weight) for weight in made.network_weights()]
    assert len(listed) == len(set(listed))
    assert set(listed) == {id(w) for w in (*made.weights, *made.encoder.weights)}


def test_the_seed_fixes_every_initial_weight():
    for make in MODELS.values():
        one, same, other = (
            np.concatenate([w.ravel() for w in make(random_state=s).get_weights()])
            for s in (1, 1, 2)
        )
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, other)


def test_parts_of_a_model_draw_different_numbers():
    model = VariationalAutoencoder(6, 6, n_hidden=6)
    kernels = [weight.numpy() for weight in model.trainable_weights if weight.ndim == 2]
    assert len(kernels) == 4
    for one, other in itertools.combinations(kernels, 2):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.9


def test_noise_hides_other_words_than_the_input_dropout():
    # Equal draws would hide the same elements: half would be left, not a quarter.
    model = DenoisingAutoencoder(12, 6, "masking", 0.5, input_dropout=0.5)
    corrupted = keras.Model(model.input, model.get_layer("input_dropout").output)
    left = corrupted(np.ones((2000, 12), "float32"), training=True).numpy() > 0
    assert left.mean() == pytest.approx(0.25, abs=0.02)


def test_noise_is_only_in_the_input_and_only_in_training():
    model = DenoisingAutoencoder(12, 6, "masking", 1.0)
    clean = LogCount()(counts())
    noisy = keras.Model(model.input, model.get_layer("noise").output)
    np.testing.assert_array_equal(noisy(counts(), training=False), clean)
    np.testing.assert_array_equal(noisy(counts(), training=True), np.zeros((5, 12)))


@pytest.mark.parametrize(
    ("noise", "level"), [("masking", 0.01), ("gaussian", 0.1), ("salt-and-pepper", 0.1)]
)
def test_noise_has_the_strength_of_the_released_code(noise, level):
    model = DenoisingAutoencoder(12, 6, noise)
    assert model.get_layer("noise").level == model.strength == level


def test_an_unknown_noise_is_refused():
    with pytest.raises(ValueError, match="`noise` must be one of .*'masking'.*'pink'"):
        DenoisingAutoencoder(12, 6, "pink")


@pytest.mark.parametrize("weighting", ["log", "log-idf"])
def test_the_contraction_is_that_by_the_normalised_counts(weighting):
    model = ContractiveAutoencoder(12, 6, strength=0.5, weighting=weighting)
    model.adapt_input(np.arange(1, 13), 20)
    word_weights = (
        model.get_layer("log_count").word_weights if weighting == "log-idf" else 1.0
    )
    x = tf.convert_to_tensor(LogCount()(counts()))
    dense = model.get_layer("tied_dense")
    with tf.GradientTape() as tape:
        tape.watch(x)
        code = tf.sigmoid(tf.matmul(x * word_weights, dense.kernel) + dense.bias)
    jacobian = tape.batch_jacobian(code, x)
    expected = 0.5 * tf.reduce_mean(tf.reduce_sum(jacobian**2, axis=[1, 2]))
    model(counts(), training=True)
    (penalty,) = model.losses
    assert float(penalty) == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.parametrize("name", ["contractive", "variational"])
def test_the_penalty_is_part_of_the_loss_of_training_alone(name):
    model = MODELS[name]()
    loss = keras.losses.MeanSquaredError()
    model.compile(keras.optimizers.SGD(0.0), loss, jit_compile=False)
    history = model.fit(
        counts(), counts(), validation_data=(counts(), counts()), verbose=0
    )
    (trained,), (validated,) = history.history["loss"], history.history["val_loss"]
    reconstruction = float(loss(counts(), model(counts())))
    assert validated == pytest.approx(reconstruction, rel=1e-5)
    if name == "contractive":
        model(counts(), training=True)
        expected = reconstruction + float(model.losses[0])
        assert trained == pytest.approx(expected, rel=1e-5)
    assert trained > validated + 1e-3


# === The estimator ===


def test_the_loss_falls(trained):
    losses = trained.history_["loss"]
    # The first epoch already starts at the mean document.
    assert losses[-1] < 0.95 * losses[0]
    assert min(trained.history_["val_competition_loss"]) < losses[0]


def test_the_monitored_loss_is_that_of_the_network_that_is_trained(trained):
    same = trained.history_["val_competition_loss"] == trained.history_["val_loss"]
    assert same == (trained.variant not in COMPETING)


def test_both_reconstruction_losses(trained, themed):
    dense = trained.reconstruction_loss(themed[0])
    competing = trained.reconstruction_loss(themed[0], competition=True)
    assert trained.score(themed[0]) == -dense
    assert (dense == competing) == (trained.variant not in COMPETING)


def test_documents_of_a_theme_lie_together(trained, themed):
    texts, labels = themed_documents(seed=7)
    classifier = LogisticRegression().fit(trained.transform(themed[0]), themed[1])
    assert classifier.score(trained.transform(texts), labels) > 0.9


def test_saved_and_loaded_it_gives_the_same_vectors(trained, themed, tmp_path):
    trained.save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.variant == trained.variant
    assert again.fingerprint_ == trained.fingerprint_
    vectors = trained.transform(themed[0])
    np.testing.assert_array_equal(again.transform(themed[0]), vectors)
    assert again.topics(3) == trained.topics(3)
    assert again.score(themed[0]) == trained.score(themed[0])


def test_exported_it_answers_the_same(trained, themed, tmp_path):
    served = tf.saved_model.load(str(trained.export(tmp_path / "kate")))
    texts = tf.constant(themed[0][:20])
    vectors = served.signatures["encode"](texts)["embedding"]
    np.testing.assert_array_equal(vectors, trained.transform(themed[0][:20]))
    logits = served.signatures["reconstruct"](texts)["logits"]
    expected = trained.signatures_.reconstruct(texts)["logits"]
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_a_vector_does_not_depend_on_its_batch(trained, themed):
    together = trained.transform(themed[0][:33])
    alone = np.concatenate([trained.transform([text]) for text in themed[0][:33]])
    np.testing.assert_array_equal(together, alone)


def test_the_same_seed_gives_the_same_model(trained, themed):
    again = variant_kate(trained.variant).fit(themed[0])
    assert again.fingerprint_ == trained.fingerprint_


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_paper_recipe_trains_it_on_counts(variant):
    rates = np.kron(np.eye(3), np.ones((20, 5))) * 2 + 0.05
    data = sparse.csr_array(np.random.default_rng(0).poisson(rates).astype("float32"))
    options = {"recipe": "paper", "learning_rate": None, "epochs": 3}
    model = variant_kate(variant, **options).fit(data)
    losses = model.history_["val_competition_loss"]
    assert min(losses) < losses[0]
    assert model.transform(data).shape == (60, 6)


def test_a_text_without_known_words_is_the_zero_vector(trained):
    one, *others = trained.transform(["moon", "zyx", ""])
    assert one.all()
    assert not np.any(others)
    # Beside longer ones, and by the Keras model, where others round in other ways.
    words = np.zeros((5, len(trained.vocabulary_)), "float32")
    words[:2] = 1
    assert not trained.transform(words)[2:].any()
    assert not trained.encoder_(words).numpy()[2:].any()


def test_topics_and_neighbours_are_read_from_the_kernel(trained):
    kernel, vocabulary = trained.autoencoder_.kernel, trained.vocabulary_
    assert kernel.shape == (len(vocabulary), 6)
    spread, ends = vocabulary.spread(), trained.autoencoder_.topic_ends
    # Word by word and unit by unit, as the formula has it.
    for topic in trained.topics(3):
        for sign, end, shown in ((1, 0, topic.positive), (-1, 1, topic.negative)):
            influences = {}
            for word, row, s in zip(vocabulary.words, kernel, spread, strict=True):
                pull, lift = sign * row[topic.index], row @ ends[end][:, topic.index]
                if pull > 0 and lift > 0:
                    influences[word] = sign * s**0.5 * np.cbrt(pull * lift**2)
            strongest = sorted(influences, key=lambda w: -abs(influences[w]))[:3]
            assert {word for word, _ in shown} == set(strongest)
            assert dict(shown) == pytest.approx({w: influences[w] for w in strongest})
    unit = kernel / np.linalg.norm(kernel, axis=1, keepdims=True)
    cosines = unit @ unit[vocabulary["moon"]]
    (nearest, cosine), *_ = trained.similar_words("moon", 1)
    assert cosine == pytest.approx(np.sort(cosines)[-2], abs=1e-5)
    assert cosines[vocabulary[nearest]] == pytest.approx(cosine, abs=1e-5)


def test_explanations_are_exact_or_refused(trained):
    if trained.variant in ("deep", "variational"):
        with pytest.raises(InputError, match=f"layer away.*{trained.variant!r}"):
            trained.explain("rocket moon")
        return
    explanation = trained.explain("rocket moon", n_topics=6)
    activate = trained.autoencoder_.get_layer("activations")
    for topic in explanation.topics:
        total = topic.bias + sum(share for _, share in topic.words)
        assert topic.pre_activation == pytest.approx(total, abs=1e-5)
        expected = float(activate(np.array([total], "float32"))[0])
        assert topic.activation == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("variant", "k", "alpha"),
    [
        ("kate", 4, 1.5),
        ("deep", 24, 1.5),
        ("no-amplification", 4, 2 / 4),
        ("no-energy", 4, 0.0),
    ],
)
def test_what_distinguishes_the_variants_of_kate(variant, k, alpha, themed, untrained):
    own = {"alpha": 1.5} if variant in ("kate", "deep") else {}
    model = variant_kate(variant, k=k, **own).fit(themed[0][:40])
    competition = model.autoencoder_.get_layer("competition")
    assert (competition.k, competition.alpha) == (k, alpha)


def test_the_logits_without_competition_by_numpy(themed):
    model = variant_kate("no-competition", epochs=1).fit(themed[0][:40])
    x = np.log1p(count_words(themed[0], model.vocabulary_).toarray())
    x /= x.max(axis=1, keepdims=True)
    network = model.autoencoder_
    assert network.weighting == "log-idf"
    x *= network.get_layer("log_count").word_weights.numpy()
    dense = network.get_layer("tied_dense")
    code = np.tanh(x @ dense.kernel.numpy() + dense.bias.numpy())
    expected = code @ dense.kernel.numpy().T + dense.reverse_bias.numpy()
    logits = model.signatures_.reconstruct(tf.constant(themed[0]))["logits"]
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_strength_reaches_the_layer(themed, untrained):
    def layer(variant, name, strength):
        model = variant_kate(variant, strength=strength)
        return model.fit(themed[0][:40]).autoencoder_.get_layer(name)

    assert layer("denoising-masking", "noise", 0.25).level == 0.25
    assert layer("contractive", "tied_dense", 0.5).contraction == 0.5
    assert layer("variational", "gaussian_code", 2.0).kl_weight == 2.0
    assert layer("contractive", "tied_dense", None).contraction == 1e-4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variant": "vae"}, "`variant` must be one of .*'variational'.*'vae'"),
        ({"variant": "plain", "k": 2}, "'plain' has no `k`: leave it at None.*'kate'"),
        ({"variant": "no-energy", "alpha": 1.0}, "'no-energy' has no `alpha`"),
        ({"variant": "k-sparse", "alpha": 1.0}, "'k-sparse' has no `alpha`"),
        ({"variant": "contractive", "inference": "sparse"}, "has no `inference`"),
        ({"variant": "no-competition", "k": 2}, "'no-competition' has no `k`"),
        ({"variant": "kate", "strength": 0.1}, "'kate' has no `strength`"),
        ({"variant": "denoising-masking", "strength": 1.1}, "number from 0 to 1 "),
        ({"variant": "denoising-gaussian", "strength": -1.0}, "finite number from 0 f"),
        ({"variant": "variational", "strength": float("nan")}, "finite number from 0"),
        ({"variant": "contractive", "strength": float("inf")}, "finite number from 0"),
    ],
)
def test_options_that_a_variant_does_not_have_are_refused(options, message):
    chosen = {**UNCHOSEN, **options}
    with pytest.raises(InputError, match=message):
        resolve_variant(chosen.pop("variant"), chosen)


def test_the_limits_of_strength_are_allowed():
    for variant, strength in (
        ("denoising-masking", 0),
        ("denoising-masking", 1.0),
        ("denoising-gaussian", 1.5),
    ):
        options = {**UNCHOSEN, "strength": strength}
        assert resolve_variant(variant, options) is VARIANTS[variant]
