from itertools import combinations

import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.analysis import inverted_rbo, mscd, topic_diversity


def test_mscd_worked_by_hand():
    # Cosines of the pairs: 1 (equal), 0 and 0; sqrt((1 + 0 + 0) / 3).
    kernel = np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 3.0]])
    assert mscd(kernel) == pytest.approx(np.sqrt(1 / 3))
    assert mscd(-kernel) == pytest.approx(np.sqrt(1 / 3))


def test_mscd_of_topics_that_have_decayed():
    generator = np.random.default_rng(0)
    kernel = generator.normal(size=(50, 3)).astype("float32")
    expected = mscd(kernel)
    # Squares below 1e-45 are zero in float32.
    assert mscd(kernel * np.float32([1, 1e-25, 1e-30])) == pytest.approx(expected)
    # What is zero has no direction, and resembles nothing: two pairs of three are 0.
    pair = mscd(kernel[:, :2])
    assert mscd(kernel * np.float32([1, 1, 0])) == pytest.approx(pair / np.sqrt(3))


def test_one_topic_resembles_no_other():
    assert mscd(np.ones((3, 1))) == 0.0
    assert inverted_rbo([["a", "b"]]) == 1.0
    assert topic_diversity([["a", "b"]]) == 1.0


def test_diversity_is_the_share_of_distinct_words():
    # a b c d among the six.
    assert topic_diversity([["a", "b"], ["b", "c"], ["b", "d"]]) == pytest.approx(4 / 6)
    assert topic_diversity(np.array([[1, 2], [2, 1]])) == 0.5


def test_inverted_rbo_worked_by_hand():
    # In common at depth 1, 2, 3: 0, 2 (a, b), 2. Agreement: 0, 1, 2/3.
    # (1 - .9) / .9 * (.81 * 1 + .729 * 2/3) + .729 * 2/3 = .144 + .486 = .63
    assert inverted_rbo([list("abc"), list("bad")]) == pytest.approx(1 - 0.63)
    # p = .5: 1 * (.25 + .125 * 2/3) + .125 * 2/3 = 5/12
    assert inverted_rbo([list("abc"), list("bad")], p=0.5) == pytest.approx(7 / 12)


def test_inverted_rbo_of_the_same_and_of_other_words():
    same, other = ["a", "b", "c"], ["d", "e", "f"]
    assert inverted_rbo([same, same]) == pytest.approx(0)
    assert inverted_rbo([same, other]) == pytest.approx(1)
    # Of three pairs one is the same.
    assert inverted_rbo([same, other, same]) == pytest.approx(2 / 3)


def test_top_words_weigh_most():
    topic = list("abcd")
    top, bottom = ["a", "x", "y", "z"], ["x", "y", "z", "d"]
    assert inverted_rbo([topic, top]) < inverted_rbo([topic, bottom])


def test_inverted_rbo_equals_the_plain_loop():
    generator = np.random.default_rng(0)
    topics = [generator.permutation(15)[:10] for _ in range(6)]
    overlaps = []
    for first, second in combinations(topics, 2):
        shared = [len(set(first[:d]) & set(second[:d])) / d for d in range(1, 11)]
        seen = sum(0.9**d * share for d, share in enumerate(shared, 1))
        overlaps.append(0.1 / 0.9 * seen + 0.9**10 * shared[-1])
    assert inverted_rbo(topics) == pytest.approx(1 - np.mean(overlaps))


@pytest.mark.parametrize("measure", [topic_diversity, inverted_rbo])
def test_topics_of_another_form_are_refused(measure):
    with pytest.raises(InputError, match="the same number of words"):
        measure([["a", "b"], ["a"]])
    with pytest.raises(InputError, match="each name a word once"):
        measure([["a", "a"]])
    with pytest.raises(InputError, match="at least one topic"):
        measure([])
