"""`KATE.partial_fit`: what it learns, what stays, and that it is repeatable."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from conftest import small_kate, themed_documents

import kate_keras
from kate_keras import InputError
from kate_keras.artifact.manifest import canonical
from kate_keras.text import count_words

# Words of the known themes in company that they did not keep.
NEW = ["rocket bread violin", "moon cheese piano concert", "orbit soup melody"] * 40
# Large batches: few steps of a large size.
OPTIONS = {"epochs": 3, "batch_size": 40, "learning_rate": 0.05}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("updates") / "model"


@pytest.fixture(scope="module")
def updated(folder, themed):
    """A model that has learned `NEW` since it was saved; tests must not change it."""
    model = small_kate(**OPTIONS).partial_fit(themed[0], themed[1])
    model.save(folder)
    return model.partial_fit(NEW)


@pytest.fixture
def before(updated, folder):
    return kate_keras.load(folder).set_params(verbose=False)


def test_the_first_call_is_a_fit(before, themed):
    first = small_kate(**OPTIONS).fit(themed[0])
    assert first.fingerprint_ == before.fingerprint_
    assert first.updates_ == before.updates_ == []
    with pytest.raises(InputError, match="`old` must be left out in a first fit"):
        small_kate(**OPTIONS).partial_fit(themed[0], old=themed[0])


def test_new_documents_are_reconstructed_better(before, updated):
    old, new = (
        model.reconstruction_loss(NEW, competition=True) for model in (before, updated)
    )
    assert new < old - 0.1


def test_words_stay_and_what_is_known_of_them_grows(before, updated):
    assert updated.vocabulary_.words == before.vocabulary_.words
    assert updated.vocabulary_.forms == before.vocabulary_.forms
    assert updated.vocabulary_.n_documents == 240 + 120
    grown = np.subtract(
        updated.vocabulary_.document_frequency, before.vocabulary_.document_frequency
    )
    rocket, guitar = (updated.vocabulary_[word] for word in ("rocket", "guitar"))
    assert (grown[rocket], grown[guitar], grown.sum()) == (40, 0, 40 * 10)
    weights = [
        model.autoencoder_.get_layer("log_count").weights for model in (before, updated)
    ]
    for old, new in zip(*weights, strict=True):
        np.testing.assert_array_equal(old, new)


def test_axes_of_the_read_out_stay_and_its_origin_moves(before, updated):
    layers = [model.encoder_.get_layer("read_out") for model in (before, updated)]
    np.testing.assert_array_equal(layers[0].whitening, layers[1].whitening)
    assert not np.array_equal(layers[0].origin, layers[1].origin)
    for text in ("", "zebra"):
        assert not updated.transform([text]).any()


def test_a_centered_read_out_moves_as_the_empty_text_does(themed):
    model = small_kate(**OPTIONS, read_out="centered").fit(themed[0])
    nothing = count_words([""], model.vocabulary_)
    origin = model.encoder_.get_layer("read_out").origin.numpy()
    way = -model.activations(nothing)[0]
    model.partial_fit(NEW, epochs=1)
    way += model.activations(nothing)[0]
    moved = model.encoder_.get_layer("read_out").origin.numpy()
    np.testing.assert_allclose(moved, origin + way, atol=1e-6)


def test_the_same_seed_gives_the_same_update_loaded_or_not(before, updated, folder):
    assert before.partial_fit(NEW).fingerprint_ == updated.fingerprint_
    np.testing.assert_array_equal(before.transform(NEW), updated.transform(NEW))
    seeded = kate_keras.load(folder).set_params(verbose=False, random_state=5)
    assert seeded.partial_fit(NEW).fingerprint_ != updated.fingerprint_


def test_the_fingerprint_changes_and_where_it_came_from_is_kept(
    before, updated, tmp_path
):
    assert updated.fingerprint_ != before.fingerprint_
    (update,) = updated.updates_
    assert update["parent"] == before.fingerprint_
    assert (update["documents"], update["old_documents"]) == (120, 0)
    assert update["known_words"] == 40 * 10
    assert len(update["history"]["loss"]) == 10
    assert updated.history_ == before.history_
    assert updated.corpus_["documents"] == 360
    assert updated.corpus_["known_words"] == 2400 + 400
    assert updated.corpus_["known_share"] == before.corpus_["known_share"] == 1
    assert updated.activation_statistics_["documents"] == 120
    assert updated.options_ == before.options_
    # Topics stay those of the first corpus, as the axes of the vectors do.
    ends = updated.autoencoder_.topic_ends
    np.testing.assert_array_equal(ends, before.autoencoder_.topic_ends)
    updated.save(tmp_path / "updated")
    manifest = json.loads((tmp_path / "updated" / "manifest.json").read_text())
    assert manifest["updates"] == updated.updates_
    assert manifest["metrics"]["epochs"] == 10
    assert kate_keras.load(tmp_path / "updated").updates_ == updated.updates_


def test_learning_old_documents_again_forgets_less(before, updated, themed):
    rehearsed = before.partial_fit(NEW, old=(text for text in themed[0]))
    (update,) = rehearsed.updates_
    assert (update["documents"], update["old_documents"]) == (120, 240)
    rates = [
        own.updates_[0]["history"]["learning_rate"][0] for own in (before, updated)
    ]
    assert rates == pytest.approx([0.3 * 0.05, 0.1 * 0.05])
    # What was learned again is counted once.
    assert rehearsed.corpus_["documents"] == 360
    assert rehearsed.vocabulary_ == updated.vocabulary_
    assert rehearsed.activation_statistics_["documents"] == 360
    losses = [
        model.reconstruction_loss(themed[0], competition=True)
        for model in (rehearsed, updated)
    ]
    assert losses[0] < losses[1]


def test_counts_are_learned_by_a_model_of_counts(themed):
    generator = np.random.default_rng(0)
    counts = generator.poisson(0.5, (60, 8))
    names = [f"word{j}" for j in range(8)]
    frame = pd.DataFrame(counts, columns=names)
    model = small_kate(**OPTIONS).fit(frame)
    fingerprint = model.partial_fit(frame[:20], epochs=1).fingerprint_
    assert len(model.updates_) == 1
    for bad, message in (
        (frame[names[::-1]], "in their order"),
        (counts[:, :7], "one column per word of the model, 8.*7 columns"),
        (["word1 word2"], "fitted on counts"),
        (-counts, "not negative"),
    ):
        with pytest.raises(InputError, match=message):
            model.partial_fit(bad)
    assert model.fingerprint_ == fingerprint


@pytest.mark.parametrize(
    ("documents", "options", "message"),
    [
        ([], {}, "at least 2 documents with words.*0 documents"),
        (["zebra", "lion", "moon"], {}, "3 documents, 1 of them with words"),
        ("moon rocket", {}, "list or another iterable"),
        (["moon", None], {}, "Document 1 must be a string"),
        (NEW, {"epochs": 0}, "`epochs` must be"),
        (NEW, {"old": np.eye(3)}, "one column per word of the model"),
    ],
)
def test_what_cannot_be_learned_leaves_the_model_whole(
    documents, options, message, before, folder
):
    with pytest.raises(InputError, match=message):
        before.partial_fit(documents, **options)
    untouched = kate_keras.load(folder)
    assert before.fingerprint_ == untouched.fingerprint_
    np.testing.assert_array_equal(before.transform(NEW), untouched.transform(NEW))
    assert before.corpus_ == untouched.corpus_
    assert before.updates_ == []


@pytest.mark.parametrize("options", [{"variant": "variational"}, {"recipe": "paper"}])
def test_relatives_and_the_papers_recipe_go_on_too(options, themed):
    model = small_kate(
        **{"k": None, "learning_rate": None, "epochs": 1, "batch_size": 40, **options}
    ).fit(themed[0][:60])
    model.partial_fit(NEW[:30], epochs=1)
    full = model.recipe_.learning_rate_for(len(model.vocabulary_))
    (rate,) = model.updates_[0]["history"]["learning_rate"]
    assert rate == pytest.approx(0.1 * full)


def test_an_older_folder_without_records_goes_on_too(before, tmp_path):
    before.save(tmp_path / "model")
    manifest = tmp_path / "model" / "manifest.json"
    facts = json.loads(manifest.read_text())
    del facts["corpus"]["known_share"], facts["checksum"]
    del facts["updates"], facts["activation_statistics"]
    facts["checksum"] = hashlib.sha256(canonical(facts)).hexdigest()
    manifest.write_text(json.dumps(facts))
    before = kate_keras.load(tmp_path / "model")
    assert before.updates_ == [] and before.activation_statistics_ is None
    before.partial_fit(NEW, epochs=1)
    assert "known_share" not in before.corpus_
    assert before.activation_statistics_["documents"] == 120


def test_words_of_few_documents_and_far_documents_do_not_count(monkeypatch, themed):
    rare = [f"{text} rare{i % 15}" for i, text in enumerate(themed[0])]
    model = small_kate(epochs=1).fit(rare)
    counts = count_words(rare, model.vocabulary_)
    plain = count_words(themed_documents()[0], model.vocabulary_)
    assert not np.array_equal(counts.toarray(), plain.toarray())
    # Each rare word is in 16 documents, the others in more than 20.
    np.testing.assert_array_equal(
        model.frequent_activations(counts), model.activations(plain)
    )
    assert (
        len(model.frequent_activations(count_words(["rare1"], model.vocabulary_))) == 0
    )
    for most in (100, 200):
        monkeypatch.setattr("kate_keras.reading.MOST_COMPARED", most)
        # At even distances, from one end of the 240 to the other.
        places = [number * 240 // most for number in range(most)]
        assert places[-1] >= 237
        np.testing.assert_array_equal(
            model.frequent_activations(counts), model.activations(plain[places])
        )
