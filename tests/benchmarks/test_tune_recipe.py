import pytest

from benchmarks.quality.tune_recipe import CHOICES, latest_held_out, render
from kate_keras import KATE
from kate_keras.text import Document


def test_the_latest_posts_of_every_group_are_held_out():
    # 18 % of 10 posts are 2, of 5 posts 1; numbers, not spelling, tell the order.
    first = [
        Document("", f"a/{number}") for number in (9, 10, 100, 2, 3, 4, 5, 6, 7, 8)
    ]
    second = [Document("", f"b/{number}") for number in (5, 4, 3, 2, 1)]
    learn, held_out = latest_held_out(first + second)
    assert held_out == [1, 2, 10]
    assert sorted(learn + held_out) == list(range(15))


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_is_one_that_the_estimator_takes(choice):
    assert set(CHOICES[choice]) <= set(KATE().get_params())


def record(choice, seed, accuracy):
    figures = {"accuracy": accuracy, "precision": {"0.001": 0.5, "0.02": 0.25}}
    place = {"corpus": "20news", "n_words": 2000, "n_components": 128}
    return {**place, "choice": choice, "seed": seed, **figures, "mscd": 0.125}


def test_the_table_shows_means_spreads_and_the_best():
    records = [
        record("log input", 0, 0.5),
        record("default", 0, 0.7),
        record("default", 1, 0.8),
    ]
    rows = render(records).splitlines()
    # The mean of .7 and .8, and their sample deviation .1 / sqrt(2).
    (default,) = [row for row in rows if row.startswith("| default")]
    assert default.startswith("| default | **0.750** ± 0.071 |")
    assert default.endswith("| 2 |")
    (log,) = [row for row in rows if row.startswith("| log input")]
    assert log.startswith("| log input | 0.500 |") and log.endswith("| 1 |")
    assert "## 20news, V = 2,000, d = 128" in rows
