import numpy as np
import pytest

from kate_keras.analysis import topic_ends


def by_loops(activations, at_end):
    """Ends document by document."""
    n, d = activations.shape
    rows = [row - activations.mean(axis=0) for row in activations.astype(float)]
    ends = np.zeros((2, d, d))
    for end, sign in enumerate((1, -1)):
        for i in range(d):
            # A single document is the mean, and lies nowhere.
            heights = [sign * g[i] / (sum(g**2) ** 0.25 or 1) for g in rows]
            last = sorted(heights, reverse=True)[at_end - 1]
            there = [g for g, h in zip(rows, heights, strict=True) if h >= last]
            if len(there) < n:
                ends[end, :, i] = np.mean(there, axis=0)
    return ends


@pytest.mark.parametrize(
    ("n", "at_end"), [(1, 1), (2, 1), (3, 1), (19, 9), (20, 10), (900, 10), (2000, 20)]
)
def test_a_hundredth_but_ten_and_no_more_than_half(n, at_end):
    activations = np.random.default_rng(n).normal(size=(n, 4)).astype("float32")
    found = topic_ends(activations)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, by_loops(activations, at_end), atol=1e-6)


def test_all_that_tie_with_the_last_are_at_the_end():
    # 30 of 100 documents are alike: not the first ten of them, but all.
    activations = np.zeros((100, 2))
    activations[60:90] = 1.0, 5.0
    found = topic_ends(activations)
    assert found[0, :, 0] == pytest.approx([1.0 - 0.3, 5.0 - 1.5])
    # The other 70 tie at the lower end.
    assert found[1, :, 0] == pytest.approx([-0.3, -1.5])


def test_a_document_that_lies_there_alone_counts_for_more_than_a_longer_one():
    # Around the mean of zero: ten that move all five units by 2, ten of 1.9 in the
    # first alone, and the same below. 2 / 20^(1/4) is .95, 1.9 / 1.9^(1/2) is 1.38.
    activations = np.zeros((40, 5))
    activations[:10], activations[10:20], activations[20:30, 0] = 2.0, -2.0, 1.9
    activations[30:, 0] = -1.9
    found = topic_ends(activations)
    assert found[0, :, 0] == pytest.approx([1.9, 0, 0, 0, 0])
    assert found[1, :, 0] == pytest.approx([-1.9, 0, 0, 0, 0])
    assert found[0, :, 1] == pytest.approx([2.0] * 5)


def test_a_unit_that_says_the_same_of_all_has_no_ends():
    activations = np.random.default_rng(0).normal(size=(50, 3))
    activations[:, 1] = 0.1
    found = topic_ends(activations)
    assert not found[:, :, 1].any()
    assert found[:, 0, 0].all()
    assert topic_ends(np.zeros((0, 3))) is None


def test_the_input_stays_as_it_is():
    activations = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
    before = activations.copy()
    topic_ends(activations)
    np.testing.assert_array_equal(activations, before)
