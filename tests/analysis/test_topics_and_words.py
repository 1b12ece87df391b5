import numpy as np
import pytest
from scipy import sparse

from kate_keras import InputError
from kate_keras.analysis import similar_words, topic_word_ids, topics
from kate_keras.text import Vocabulary
from kate_keras.text.count_input import document_frequency

VOCABULARY = Vocabulary.from_words(["ape", "bee", "cat", "dog"])
KERNEL = np.array([[3.0, 0.0], [1.0, -2.0], [-1.0, -5.0], [0.0, 4.0]])


def test_topics_show_both_signs_strongest_first():
    first, second = topics(KERNEL, VOCABULARY, n_words=2)
    assert first.positive == (("ape", 3.0), ("bee", 1.0))
    assert first.negative == (("cat", -1.0),)
    assert second.index == 1
    assert second.positive == (("dog", 4.0),)
    assert second.negative == (("cat", -5.0), ("bee", -2.0))
    assert str(second) == "   1  + dog\n      - cat bee"


def test_a_words_influence_is_its_weight_times_its_spread_over_the_corpus():
    # In 1, 2, 4 and 3 of 4 documents; what is in every document tells none apart.
    presence = sparse.csr_array(
        np.array([[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 1, 0]], "float32")
    )
    vocabulary = VOCABULARY.seen_in(document_frequency(presence), presence.shape[0])
    (first, _) = topics(KERNEL, vocabulary, n_words=4)
    assert [word for word, _ in first.positive] == ["ape", "bee"]
    assert first.positive[0][1] == pytest.approx(3.0 * np.sqrt(0.25 * 0.75))
    assert first.positive[1][1] == pytest.approx(1.0 * np.sqrt(0.5 * 0.5))
    assert first.negative == ()


# Documents at the upper end of unit 0 have more of unit 0 and less of unit 1; at its
# lower end less of unit 0 alone. Unit 1 says the same of all.
ENDS = np.zeros((2, 2, 2))
ENDS[0, :, 0] = 2.0, -0.5
ENDS[1, :, 0] = -1.0, 0.0


def test_a_word_belongs_to_an_end_that_it_moves_and_that_has_more_of_it():
    kernel = np.array([[3.0, 0.0], [1.0, -2.0], [1.0, 5.0], [-2.0, 4.0]])
    first, second = topics(kernel, VOCABULARY, 4, ENDS)
    # Logits above the mean: ape 6, bee 2 + 1, cat 2 - 2.5 (so it is not there).
    assert [word for word, _ in first.positive] == ["ape", "bee"]
    expected = [np.cbrt(3 * 6**2), np.cbrt(1 * 3**2)]
    assert [value for _, value in first.positive] == pytest.approx(expected)
    assert first.negative == (("dog", pytest.approx(-np.cbrt(2 * 2**2))),)
    assert second.positive == second.negative == ()
    assert topic_word_ids(kernel, np.ones(4), 2, ENDS).tolist() == [[0, 1]]
    assert topic_word_ids(kernel, np.ones(4), 1, ENDS).tolist() == [[0], [3]]


def test_of_two_words_alike_the_one_of_more_documents_is_the_stronger():
    spread = np.array([0.1, 0.4, 0.4, 0.4])
    kernel = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    assert topic_word_ids(kernel, spread, 2, ENDS).tolist() == [[1, 0]]
    presence = sparse.csr_array(
        np.array([[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 1, 0]], "float32")
    )
    vocabulary = VOCABULARY.seen_in(document_frequency(presence), 4)
    (first, _) = topics(kernel, vocabulary, 2, ENDS)
    (bee, influence), (ape, other) = first.positive
    assert (bee, ape) == ("bee", "ape")
    # In 2 and 1 of 4 documents; weight 1 and lift 2 are those of both.
    assert influence == pytest.approx((1 / 4) ** (1 / 4) * np.cbrt(2**2))
    assert other == pytest.approx((3 / 16) ** (1 / 4) * np.cbrt(2**2))


def test_many_units_are_read_as_each_of_them_alone():
    # More than are read at a time.
    generator = np.random.default_rng(0)
    kernel, ends = generator.normal(size=(50, 70)), generator.normal(size=(2, 70, 70))
    vocabulary = Vocabulary.from_words([f"w{i}" for i in range(50)])
    for topic in topics(kernel, vocabulary, 50, ends)[::23]:
        pull = kernel[:, topic.index]
        lift = kernel @ ends[0][:, topic.index]
        both = {f"w{j}" for j in range(50) if pull[j] > 0 and lift[j] > 0}
        assert {word for word, _ in topic.positive} == both


def test_each_sign_is_a_topic_of_its_own_if_it_has_the_words():
    # Unit 0 lowers by the cat alone, too few for two words.
    ids = topic_word_ids(KERNEL, np.ones(4), n_words=2)
    assert ids.tolist() == [[0, 1], [2, 1]]
    # Unit 1 raises by the dog alone, unit 0 by ape and bee.
    ids = topic_word_ids(KERNEL, np.ones(4), n_words=1)
    assert ids.tolist() == [[0], [2], [3], [2]]
    assert topic_word_ids(KERNEL, np.ones(4), n_words=9).shape[0] == 0


def test_measured_topics_have_the_words_and_the_order_of_the_printed_ones():
    generator = np.random.default_rng(0)
    words = [f"w{i}" for i in range(30)]
    presence = sparse.csr_array((generator.random((40, 30)) < 0.3).astype("float32"))
    vocabulary = Vocabulary.from_words(words).seen_in(
        document_frequency(presence), presence.shape[0]
    )
    # Rounded, so that influences tie; the lower id comes first.
    kernel = generator.normal(size=(30, 5)).round(1)
    printed = [
        [word for word, _ in weights]
        for topic in topics(kernel, vocabulary, 6)
        for weights in (topic.positive, topic.negative)
    ]
    ids = topic_word_ids(kernel, vocabulary.spread(), 6)
    assert [[words[j] for j in topic] for topic in ids] == printed
    influence = kernel.T * vocabulary.spread()
    for topic, unit in zip(ids[::2], influence, strict=True):
        assert topic.tolist() == np.argsort(-unit, kind="stable")[:6].tolist()


def test_words_that_tie_at_the_last_place_go_by_their_id():
    kernel = np.array([[1.0], [2.0], [1.0], [1.0]])
    assert topic_word_ids(kernel, np.ones(4), n_words=2).tolist() == [[1, 0]]
    assert topics(kernel, VOCABULARY, 3)[0].positive == (
        ("bee", 2.0), ("ape", 1.0), ("cat", 1.0)
    )  # fmt: skip


def test_similar_words_by_cosine_without_the_word_itself():
    rows = np.array([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])
    found = similar_words(rows, VOCABULARY, "ape", n=10)
    assert [word for word, _ in found] == ["bee", "cat", "dog"]
    np.testing.assert_allclose([c for _, c in found], [1, np.sqrt(0.5), -1], rtol=1e-6)


def test_a_word_without_weight_is_similar_to_nothing():
    rows = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])
    assert {c for _, c in similar_words(rows, VOCABULARY, "ape", 3)} == {0.0}


def test_words_without_weight_are_similar_to_nothing_in_float32_too():
    rows = np.array([[0, 0], [0, 0], [1, 1], [-1, 0]], "float32")
    found = similar_words(rows, VOCABULARY, "ape", 4)
    assert [word for word, _ in found] == ["bee", "cat", "dog"]
    assert {cosine for _, cosine in found} == {0.0}


def test_an_unknown_word_is_refused_with_the_nearest_spellings():
    with pytest.raises(InputError, match="'catt' is not in the vocabulary.*mean cat"):
        similar_words(KERNEL, VOCABULARY, "catt", 3)
