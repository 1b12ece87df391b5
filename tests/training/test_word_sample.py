"""The sample of words: each as often as it should, and sums without bias."""

import numpy as np
import pytest

from kate_keras.training.word_sample import WordSample, inclusion_probabilities


class Fixed:
    """A generator whose uniform number is known."""

    def __init__(self, number):
        self.number = number

    def random(self):
        return self.number


def every_draw(sample, steps=1000):
    """The draws of evenly spread uniform numbers, as columns of ones and zeros."""
    drawn = np.zeros((steps, len(sample.probabilities)))
    for step in range(steps):
        drawn[step, sample.draw(Fixed((step + 0.5) / steps))] = 1
    return drawn


def test_probabilities_are_in_proportion_up_to_one():
    # 2 of 1 + 2 + 3 + 10: the last is capped, the rest share 1 in proportion.
    expected = [1 / 6, 1 / 3, 1 / 2, 1]
    found = inclusion_probabilities(np.array([1.0, 2.0, 3.0, 10.0]), 2)
    np.testing.assert_allclose(found, expected)


def test_capping_one_word_can_cap_another():
    found = inclusion_probabilities(np.array([1.0, 1.0, 5.0, 100.0]), 3)
    np.testing.assert_allclose(found, [0.5, 0.5, 1, 1])


@pytest.mark.parametrize("total", [4, 5])
def test_a_sample_as_large_as_the_vocabulary_has_every_word(total):
    found = inclusion_probabilities(np.array([1.0, 2.0, 3.0, 10.0]), total)
    np.testing.assert_array_equal(found, np.ones(4))
    sample = WordSample(np.array([1, 2, 3, 10]), total)
    assert sample.draw(Fixed(0.3)).tolist() == [0, 1, 2, 3]


def test_each_word_is_drawn_as_often_as_its_probability_says():
    sample = WordSample(np.random.default_rng(0).integers(0, 500, 60), size=12)
    drawn = every_draw(sample)
    np.testing.assert_allclose(drawn.mean(axis=0), sample.probabilities, atol=2e-3)
    assert set(drawn.sum(axis=1)) <= {12, 13}


def test_the_draw_by_hand():
    # Probabilities 1, 1/7, 2/7, 4/7 end at 1, 1.143, 1.429, 2: points u and u + 1.
    sample = WordSample(np.array([81, 1, 4, 16]), size=2)
    draws = [sample.draw(Fixed(u)).tolist() for u in (0.0, 0.14, 0.15, 0.42, 0.43)]
    assert draws == [[0, 1], [0, 1], [0, 2], [0, 2], [0, 3]]


def test_a_word_in_no_document_can_be_drawn():
    assert (WordSample(np.array([0, 0, 9]), size=2).probabilities > 0).all()


@pytest.mark.parametrize("own", [[], [7], [3, 3, 59, 0]])
def test_a_weighted_sum_over_the_slice_is_that_over_the_vocabulary(own):
    generator = np.random.default_rng(1)
    values = generator.random(60)
    sample = WordSample(generator.integers(0, 500, 60), size=12)
    sums = []
    for step in range(2000):
        entries = {"columns": np.array(own, np.int32)}
        batch = sample.add_to(entries, Fixed((step + 0.5) / 2000))
        assert len(set(batch["words"])) == len(batch["words"])
        np.testing.assert_array_equal(batch["words"][batch["columns"]], own)
        weights = np.exp(batch["log_weights"])
        np.testing.assert_array_equal(weights[batch["columns"]], 1)
        sums.append(values[batch["words"]] @ weights)
    assert np.mean(sums) == pytest.approx(values.sum(), rel=2e-3)
    assert np.std(sums) > 0


def test_the_expected_number_of_words_is_the_mean_over_batches():
    generator = np.random.default_rng(2)
    present = generator.random((200, 60)) < generator.random(60) ** 4
    frequency = present.sum(axis=0)
    sample = WordSample(frequency, size=12)
    lengths = []
    for _ in range(2000):
        rows = present[generator.integers(0, 200, 5)]
        batch = sample.add_to({"columns": np.nonzero(rows)[1]}, generator)
        lengths.append(len(batch["words"]))
    expected = sample.expected_words(frequency, 200, 5)
    assert np.mean(lengths) == pytest.approx(expected, rel=0.02)
