"""Divergence of word frequencies by hand, against SciPy, and by chance."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from kate_keras.analysis import word_drift


def test_a_worked_divergence():
    # p = (3/4, 1/4), q = (1/4, 3/4), m = (1/2, 1/2): 3/4 log2(3/2) + 1/4 log2(1/2).
    found = word_drift(np.array([3, 1]), 4, np.array([2, 6]), 8, ["sun", "fog"])
    expected = 0.75 * np.log2(1.5) - 0.25
    assert found.divergence == pytest.approx(expected, rel=1e-12)
    (rose,), (fell,) = found.rose, found.fell
    assert (rose.word, rose.before, rose.after) == ("fog", 0.25, 0.75)
    assert (fell.word, fell.before, fell.after) == ("sun", 0.75, 0.25)


def test_the_same_share_of_more_documents_is_no_drift():
    found = word_drift(np.array([3, 1, 0]), 4, np.array([9, 3, 0]), 12, "abc")
    assert found.divergence == 0
    assert found.rose == found.fell == ()


def test_nothing_in_common_is_one_bit_and_nothing_at_all_is_none():
    assert word_drift(
        np.array([2, 0]), 2, np.array([0, 5]), 5, "ab"
    ).divergence == pytest.approx(1)
    for before, after in (([0, 0], [1, 2]), ([1, 2], [0, 0])):
        found = word_drift(np.array(before), 3, np.array(after), 3, "ab")
        assert found.divergence == 0
        assert found.rose == found.fell == ()


def test_against_scipy_and_the_words_by_what_they_add():
    generator = np.random.default_rng(0)
    before, after = generator.integers(0, 40, (2, 50))
    words = [f"w{j}" for j in range(50)]
    found = word_drift(before, 60, after, 70, words, n_words=4)
    expected = jensenshannon(before, after, base=2) ** 2
    assert found.divergence == pytest.approx(expected, rel=1e-9)
    p, q = before / before.sum(), after / after.sum()

    def entropy(x):
        return -x * np.log2(np.where(x > 0, x, 1))

    terms = entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2
    for changes, sign in ((found.rose, 1), (found.fell, -1)):
        own = [j for j in np.argsort(-terms) if sign * (q[j] - p[j]) > 0][:4]
        assert [change.word for change in changes] == [f"w{j}" for j in own]


def test_words_of_shorter_documents_rise_only_if_more_hold_them():
    # Half of the words: both fell, though "sun" is more of all words than it was.
    found = word_drift(np.array([8, 8]), 8, np.array([4, 2]), 8, ["sun", "fog"])
    assert found.rose == ()
    assert [(c.word, c.before, c.after) for c in found.fell] == [("fog", 1, 0.25)]


def test_chance_is_what_two_samples_of_one_source_differ_by():
    generator = np.random.default_rng(1)
    shares = generator.uniform(0.01, 0.3, 400)
    before, after, other = (
        generator.binomial(n, p)
        for n, p in ((900, shares), (300, shares), (300, np.roll(shares, 1)))
    )
    words = [""] * 400
    same = word_drift(before, 900, after, 300, words)
    assert same.divergence == pytest.approx(same.by_chance, rel=0.15)
    moved = word_drift(before, 900, other, 300, words)
    assert moved.divergence > 5 * moved.by_chance
    assert word_drift(before, 900, after, 300, words).by_chance == same.by_chance
