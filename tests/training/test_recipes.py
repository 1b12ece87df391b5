"""Recipes: their rules by hand, on both sides of each limit."""

import dataclasses

import pytest

from kate_keras import InputError
from kate_keras.training import (
    RECIPES,
    customized_recipe,
    resolve_recipe,
    scaled_alpha,
    scaled_learning_rate,
    scaled_separation,
    scaled_weight_decay,
    update_recipe,
)


def test_an_unknown_recipe_is_refused_with_the_names():
    with pytest.raises(InputError, match="'paper', 'default'.*'fast'"):
        resolve_recipe("fast")


def test_choices_replace_what_the_recipe_says():
    options = {"epochs": 3, "alpha": None, "n_components": 5, "batch_size": 7}
    recipe = customized_recipe("default", options)
    expected = dataclasses.replace(
        RECIPES["default"], epochs=3, batch_size=7, min_steps=1, read_out="linear"
    )
    assert recipe == expected
    assert recipe.batch(10) == 7
    assert customized_recipe("paper", {}) == RECIPES["paper"]


def test_alpha_is_the_choice_if_there_is_one():
    assert customized_recipe("paper", {"alpha": 2.5}).alpha_for(k=6) == 2.5
    assert RECIPES["paper"].alpha_for(k=32) == 6.26


@pytest.mark.parametrize(
    ("d", "paper", "default"),
    [
        (1, 1, 1),
        # 8/5 of half of 3 is 2.4.
        (3, 1, 2),
        (5, 2, 4),
        (15, 6, 12),
        (19, 6, 15),
        (20, 6, 16),
        (27, 6, 16),
        (28, 7, 16),
        (33, 8, 16),
        (34, 8, 17),
        (128, 32, 64),
        (512, 128, 256),
    ],
)
def test_k_is_a_share_of_the_components_but_not_too_few(d, paper, default):
    assert RECIPES["paper"].k(d) == paper
    assert RECIPES["default"].k(d) == default


@pytest.mark.parametrize(
    ("variant", "bias"),
    [("kate", 0.5), ("no-amplification", 0.5), ("k-sparse", 0), ("deep", 0)],
)
def test_units_of_which_winners_gain_start_on_one_side(variant, bias):
    assert customized_recipe("default", {"variant": variant}).unit_bias == bias
    assert customized_recipe("paper", {"variant": variant}).unit_bias == 0


@pytest.mark.parametrize(
    ("n_documents", "batch"), [(2, 8), (799, 8), (900, 9), (10_000, 100), (99_999, 100)]
)
def test_small_corpora_get_small_batches(n_documents, batch):
    assert RECIPES["default"].batch(n_documents) == batch
    assert RECIPES["paper"].batch(max(50, n_documents)) == 50


@pytest.mark.parametrize(
    ("k", "alpha"),
    [
        (1, 6.26),
        (5, 6.26),
        (6, 6.26),
        (7, 4.967687),  # (6 / 7)^1.5 = 0.857143 * 0.925820 = 0.793560
        (24, 0.7825),  # (1 / 4)^1.5 = 1 / 8
        (54, 0.231852),  # (1 / 9)^1.5 = 1 / 27
    ],
)
def test_the_amplification_falls_from_six_winners_on(k, alpha):
    assert scaled_alpha(k) == pytest.approx(alpha, rel=1e-5)
    assert RECIPES["default"].alpha_for(k) == scaled_alpha(k)


@pytest.mark.parametrize(
    ("n_words", "rate"),
    [(1, 1e-3 * 10**0.5), (1000, 1e-3 * 10**0.5), (2500, 2e-3), (40_000, 5e-4)],
)
def test_the_step_falls_with_the_root_of_the_vocabulary(n_words, rate):
    assert scaled_learning_rate(n_words) == pytest.approx(rate)
    assert RECIPES["default"].learning_rate_for(n_words) == scaled_learning_rate(
        n_words
    )
    assert RECIPES["paper"].learning_rate_for(n_words) == 2.0
    chosen = customized_recipe("default", {"learning_rate": 0.5})
    assert chosen.learning_rate_for(n_words) == 0.5


@pytest.mark.parametrize(
    ("sizes", "decay"),
    [
        ((24, 128, 1), 0.0),
        ((156, 128, 1), 0.0),  # 19,968 weights
        ((157, 128, 1), 8.0),  # 20,096
        ((156, 512, 1), 0.0),  # 512 count as 128
        ((1999, 128, 10_000), 8.0),
        ((2000, 129, 9999), 8.0),
        ((4000, 128, 1), 8 * 2 ** (1 / 6)),
        ((20_000, 128, 1), 8 * 10 ** (1 / 6)),
        ((20_001, 128, 1), 8 * 10 ** (1 / 6)),
        ((2499, 8, 1), 0.0),  # 19,992 weights
        ((2500, 8, 1), 1.25 ** (1 / 6)),  # 20,000; 16^(-3/4) = 1 / 8
        ((1250, 16, 1), 8 / 2**2.25),
        ((10_000, 2, 1), 8 * 5 ** (1 / 6) / 2**4.5),
        ((2000, 128, 12_500), 6.4),
    ],
)
def test_many_weights_decay_by_their_dimensions_and_their_documents(sizes, decay):
    assert scaled_weight_decay(*sizes) == pytest.approx(decay)
    found = RECIPES["default"].weight_decay_for(*sizes)
    assert found == scaled_weight_decay(*sizes)
    assert RECIPES["paper"].weight_decay_for(*sizes) == 0
    chosen = customized_recipe("default", {"weight_decay": 0.5})
    assert chosen.weight_decay_for(*sizes) == 0.5


@pytest.mark.parametrize(
    ("variant", "decay"),
    [("kate", 8.0), ("deep", 0.0), ("k-sparse", 4.0), ("plain", 0.0)],
)
def test_relatives_decay_less_or_not_at_all_unless_told(variant, decay):
    recipe = customized_recipe("default", {"variant": variant})
    assert recipe.weight_decay_for(2000, 128, 1) == decay
    assert recipe.separation_for(2000, 128) == (0.15 if decay else 0.0)
    options = {"variant": variant, "weight_decay": 3.0, "separation": 0.5}
    recipe = customized_recipe("default", options)
    assert recipe.weight_decay_for(20_000, 128, 1) == 3.0
    assert recipe.separation_for(20_000, 128) == 0.5


@pytest.mark.parametrize(
    ("variant", "units", "share"),
    [
        ("kate", 1, 0.1),
        ("kate", 128, 0.1),
        ("kate", 512, 0.025),
        ("no-competition", 128, 0.1),
        ("k-sparse", 128, 0.0),
    ],
)
def test_biases_of_saturating_units_decay_and_less_where_there_are_many(
    variant, units, share
):
    recipe = customized_recipe("default", {"variant": variant})
    assert recipe.bias_decay_for(units) == pytest.approx(share)
    assert customized_recipe("paper", {}).bias_decay_for(units) == 0


def test_what_was_learned_does_not_decay_and_is_not_moved_apart_in_an_update():
    recipe = update_recipe(RECIPES["default"], 20_000)
    assert recipe.weight_decay_for(20_000, 128, 1) == 0
    assert recipe.separation_for(20_000, 128) == 0


@pytest.mark.parametrize(
    ("sizes", "separation"),
    [
        ((156, 128), 0.05),  # as many weights as above
        ((157, 128), 0.15),
        ((1999, 128), 0.15),
        ((2000, 2), 0.05),
        ((20_000, 2), 0.3 * 10 ** (1 / 6)),  # 64^(1/6) = 2
        ((2000, 64), 0.15 * 2 ** (1 / 6)),
        ((2000, 129), 0.15 * (128 / 129) ** 0.5),
        ((2000, 512), 0.075),
        ((2000, 1152), 0.05),
        ((2000, 1500), 0.05),
        ((4000, 32), 0.15 * 2**0.5),  # 2^(1/6) * 4^(1/6)
        ((20_000, 128), 0.15 * 10 ** (1 / 6)),
        ((20_001, 128), 0.15 * 10 ** (1 / 6)),
        ((9, 2), 0.05),
    ],
)
def test_topics_are_moved_apart_by_how_much_their_weights_decay(sizes, separation):
    assert scaled_separation(*sizes) == pytest.approx(separation)
    assert RECIPES["default"].separation_for(*sizes) == scaled_separation(*sizes)
    chosen = customized_recipe("default", {"separation": 0.0})
    assert chosen.separation_for(*sizes) == 0


def test_the_papers_topics_are_left_as_they_are_trained():
    assert RECIPES["paper"].separation == 0


def test_an_amplification_of_zero_is_a_choice():
    assert customized_recipe("default", {"alpha": 0.0}).alpha_for(24) == 0.0


def test_the_paper_starts_from_zeros_and_drops_its_learning_rate_by_steps():
    paper = RECIPES["paper"]
    assert (paper.schedule, paper.output_bias) == ("plateau", "zeros")


@pytest.mark.parametrize(
    ("field", "limits", "beyond"),
    [
        ("alpha", (None, 0, 1e9), (-0.001, float("inf"), float("nan"))),
        ("learning_rate", (None, 1e-9, 1e9), (0.0, -1.0, float("inf"), float("nan"))),
        ("weight_decay", (None, 0, 1e9), (-0.001, float("inf"), float("nan"))),
        ("fewest_winners", (1, 100), (0, -1, 1.5, None)),
        ("unit_bias", (0, 0.5, 1), (-0.001, 1.001, float("nan"), None)),
        ("decay_share", (0, 0.5, 1), (-0.001, 1.001, float("nan"), None)),
        ("bias_decay", (0, 0.1, 1), (-0.001, 1.001, float("nan"), None)),
        ("separation", (None, 0, 0.5, 1), (-0.001, 1.001, float("nan"), True)),
        ("schedule", ("cosine", "plateau"), ("linear", None)),
        ("decoder", ("auto", "exact", "sampled"), ("both", None)),
        ("output_bias", ("frequencies", "zeros"), ("ones", None)),
    ],
)
def test_choices_out_of_their_range_are_refused(field, limits, beyond):
    for value in limits:
        recipe = dataclasses.replace(RECIPES["default"], **{field: value})
        assert getattr(recipe, field) == value
    for value in beyond:
        with pytest.raises(InputError, match=f"`{field}` must be .*Received"):
            dataclasses.replace(RECIPES["default"], **{field: value})
