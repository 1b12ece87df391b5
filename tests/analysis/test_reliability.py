from itertools import permutations

import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.analysis import dead_units, saturation, stability


def test_topics_are_matched_for_the_greatest_sum():
    # Words in common: of the first with both 3 and 2, of the second 3 and 0. Taking the
    # first 3 leaves 0; the best is 2 + 3, so (2/4 + 3/4) / 2.
    first = [[1, 2, 3, 4], [1, 2, 5, 6]]
    second = [[1, 2, 3, 5], [3, 4, 7, 8]]
    assert stability(first, second) == pytest.approx(0.625)
    assert stability(second, first) == pytest.approx(0.625)


def test_the_same_topics_in_another_order_are_stable():
    topics = [["cat", "dog"], ["sea", "boat"], ["sun", "moon"]]
    shuffled = [["moon", "sun"], ["dog", "cat"], ["boat", "sea"]]
    assert stability(topics, shuffled) == 1.0
    assert stability(topics, [["a", "b"]] * 3) == 0.0


def test_the_matching_is_the_best_of_all():
    generator = np.random.default_rng(1)
    first = [generator.permutation(12)[:5] for _ in range(5)]
    second = [generator.permutation(12)[:5] for _ in range(5)]
    best = max(
        np.mean([len(set(first[i]) & set(second[j])) / 5 for i, j in enumerate(order)])
        for order in permutations(range(5))
    )
    assert stability(first, second) == pytest.approx(best)


def test_a_topic_without_a_partner_counts_as_nothing():
    topics = [["cat", "dog"], ["sea", "boat"]]
    assert stability(topics, topics[:1]) == stability(topics[1:], topics) == 0.5


def test_topics_of_different_length_are_refused():
    with pytest.raises(InputError, match="same number of words per topic.*2 and 3"):
        stability([["a", "b"]], [["a", "b", "c"]])
    with pytest.raises(InputError, match="at least one topic"):
        stability([["a", "b"]], [])


def test_units_that_hardly_vary_are_dead():
    # Standard deviations 0, 0.0005, 0.002 and 0.5.
    activations = np.array(
        [[0.9, -0.5005, 0.002, 0.0], [0.9, -0.4995, -0.002, 1.0]], "float32"
    )
    assert dead_units(activations) == 2 / 4
    # Below the threshold, not at it.
    assert dead_units(activations[:, 3:], threshold=0.5) == 0.0
    assert dead_units(activations[:, 3:], threshold=0.50001) == 1.0


def test_saturation_counts_both_ends():
    activations = np.array([[0.991, -0.995, 0.5], [0.99, -0.99, 0.0]])
    assert saturation(activations) == pytest.approx(2 / 6)
