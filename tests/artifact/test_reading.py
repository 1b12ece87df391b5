"""What the SavedModel says of itself is what Python says of the model."""

import numpy as np
import pytest
import tensorflow as tf

TEXTS = [
    "The rocket and a moon, rocket! zyxxy and zyxxy", "", "unheardof", "cheese bread"
]  # fmt: skip


@pytest.fixture(scope="module")
def saved(model_folder):
    return tf.saved_model.load(str(model_folder / "saved_model")).signatures


def strings(tensor):
    return [item.decode() for item in np.ravel(tensor)]


@pytest.mark.parametrize("n_words", [1, 5, 10_000])
def test_topics_are_those_of_python(saved, model, n_words):
    found = saved["topics"](n_words=tf.constant(n_words))
    for topic in model.topics(n_words):
        for sign in ("positive", "negative"):
            words = strings(found[sign][topic.index])
            influence = found[f"{sign}_influence"][topic.index].numpy()
            expected = getattr(topic, sign)
            filled = len(expected)
            assert words[:filled] == [word for word, _ in expected]
            assert set(words[filled:]) <= {""}
            np.testing.assert_allclose(
                influence[:filled], [weight for _, weight in expected], rtol=1e-5
            )
            assert not influence[filled:].any()


@pytest.mark.parametrize("n", [0, 1, 7, 10_000])
def test_neighbours_are_those_of_python(saved, model, n):
    for word in ("rocket", "Rocket", "MOON"):
        found = saved["neighbours"](word=tf.constant(word), n=tf.constant(n))
        expected = model.similar_words(word.lower(), n)
        np.testing.assert_allclose(
            found["cosines"], [cosine for _, cosine in expected], atol=1e-6
        )
        assert sorted(strings(found["words"])) == sorted(word for word, _ in expected)


@pytest.mark.parametrize("word", ["zyxxy", "", "rocket moon", "!", "the"])
def test_what_is_not_one_known_word_has_no_neighbours(saved, word):
    found = saved["neighbours"](word=tf.constant(word), n=tf.constant(5))
    assert found["words"].shape == found["cosines"].shape == (0,)


def test_explanations_are_those_of_python_and_sum_up(saved, model):
    found = {k: v.numpy() for k, v in saved["explain"](text=tf.constant(TEXTS)).items()}
    assert len(found["row_splits"]) == len(found["unknown_row_splits"]) == 5
    assert found["row_splits"][1] == found["row_splits"][2] == found["row_splits"][3]
    for row, text in enumerate(TEXTS):
        start, end = found["row_splits"][row : row + 2]
        shares, words = found["shares"][start:end], strings(found["words"][start:end])
        np.testing.assert_allclose(
            shares.sum(axis=0) + found["bias"], found["pre_activation"][row], atol=1e-5
        )
        expected = model.explain(text, n_topics=model.n_components)
        for topic in expected.topics:
            assert found["pre_activation"][row, topic.index] == pytest.approx(
                topic.pre_activation, abs=1e-5
            )
            assert found["activation"][row, topic.index] == pytest.approx(
                topic.activation, abs=1e-5
            )
            own = dict(zip(words, shares[:, topic.index].tolist(), strict=True))
            assert own == pytest.approx(dict(topic.words), abs=1e-5)
        start, end = found["unknown_row_splits"][row : row + 2]
        unknown = strings(found["unknown_words"][start:end])
        assert tuple(dict.fromkeys(unknown)) == expected.unknown_words


def test_a_document_is_explained_whatever_stands_beside_it(saved):
    alone = saved["explain"](text=tf.constant(TEXTS[:1]))
    beside = saved["explain"](text=tf.constant([TEXTS[3], TEXTS[0], ""]))
    np.testing.assert_array_equal(
        alone["pre_activation"][0], beside["pre_activation"][1]
    )
    start, end = beside["row_splits"][1:3]
    np.testing.assert_array_equal(alone["shares"], beside["shares"][start:end])


def test_no_document_has_no_words(saved):
    found = saved["explain"](text=tf.constant([], tf.string))
    assert found["words"].shape == (0,)
    assert found["row_splits"].numpy().tolist() == [0]
    assert found["activation"].shape[0] == 0
