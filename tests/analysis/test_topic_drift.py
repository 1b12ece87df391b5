"""Shifts of mean activations by hand, and what chance makes of them."""

import numpy as np
import pytest

from kate_keras.analysis import activation_statistics, topic_drift


def test_shifts_are_in_standard_deviations_of_the_earlier_documents():
    before = activation_statistics(np.array([[1.0, 0.0, 5.0], [3.0, 4.0, 5.0]]))
    assert before == {"documents": 2, "mean": [2, 2, 5], "sd": [1, 2, 0]}
    found = topic_drift(before, np.array([[4.0, 1.0, 9.0], [5.0, 2.0, 9.0]]))
    # (4.5 - 2) / 1, (1.5 - 2) / 2, and a unit that was the same everywhere.
    assert found.shifts == (2.5, -0.25, 0.0)
    assert found.distance == pytest.approx((2.5**2 + 0.25**2) / 3)
    assert found.documents == 2


def test_documents_that_are_alike_have_no_chance():
    before = activation_statistics(np.array([[0.0], [2.0]]))
    found = topic_drift(before, np.ones((5, 1)))
    assert found.distance == 0
    assert found.by_chance == pytest.approx(0, abs=1e-30)


@pytest.mark.parametrize("n_new", [60, 61, 600])
def test_chance_is_that_of_the_sizes_that_are_compared(n_new):
    generator = np.random.default_rng(0)
    before = activation_statistics(generator.normal(3, 2, (400, 30)))
    found = topic_drift(before, generator.normal(3, 2, (n_new, 30)))
    # Each mean has a variance of sd^2 / n.
    assert found.by_chance == pytest.approx(1 / n_new + 1 / 400, rel=0.15)
    assert found.by_chance < found.limit < 3 * found.by_chance
    assert found.distance < 1.5 * found.limit
    moved = topic_drift(before, generator.normal(4, 2, (n_new, 30)))
    assert moved.distance == pytest.approx(0.25, rel=0.2)
    assert moved.distance > 3 * moved.limit


def test_one_time_in_twenty_the_limit_is_exceeded_by_chance():
    generator = np.random.default_rng(2)
    beyond = 0
    for _ in range(200):
        # Units that go together, as those of a network do.
        own = generator.normal(size=(150, 3)) @ generator.normal(size=(3, 12))
        found = topic_drift(activation_statistics(own[:100]), own[100:])
        beyond += found.distance > found.limit
    assert 3 <= beyond <= 22


def test_no_documents_have_no_statistics():
    assert activation_statistics(np.zeros((0, 3))) is None
