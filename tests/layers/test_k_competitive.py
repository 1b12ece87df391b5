"""KCompetitive against hand-worked numbers, a plain loop and finite differences."""

import math

import numpy as np
import pytest
import tensorflow as tf

from kate_keras.layers import PAPER_ALPHA, KCompetitive, winners

FIGURE_1 = np.array([[0.8, 0.2, 0.1, -0.1, -0.3, -0.6]], "float32")


def loop(h, k, alpha):
    """DESIGN's rules, one document and one unit at a time."""
    out = np.zeros_like(h)
    for i, row in enumerate(h):
        positive = [j for j in np.argsort(-row, kind="stable") if row[j] > 0]
        negative = [j for j in np.argsort(row, kind="stable") if row[j] < 0]
        win_p, lose_p = positive[: math.ceil(k / 2)], positive[math.ceil(k / 2) :]
        win_n, lose_n = negative[: k // 2], negative[k // 2 :]
        for j in win_p:
            out[i, j] = row[j] + alpha * sum(row[m] for m in lose_p)
        for j in win_n:
            out[i, j] = row[j] - alpha * sum(-row[m] for m in lose_n)
    return out


def closed_form_gradient(h, g, k, alpha):
    """DESIGN section 2, "Backward"."""
    positive, negative = (mask.numpy() for mask in winners(tf.constant(h), k))
    grad = np.where(positive | negative, g, 0)
    grad += np.where(
        (h > 0) & ~positive, alpha * (g * positive).sum(1, keepdims=True), 0
    )
    grad += np.where(
        (h < 0) & ~negative, alpha * (g * negative).sum(1, keepdims=True), 0
    )
    return grad


def compete(h, k, alpha=PAPER_ALPHA, **kwargs):
    return KCompetitive(k, alpha, **kwargs)(h, training=True).numpy()


@pytest.mark.parametrize("alpha", [0.0, 1.0, PAPER_ALPHA])
def test_figure_1_of_the_paper(alpha):
    expected = [[0.8 + 0.3 * alpha, 0, 0, 0, 0, -0.6 - 0.4 * alpha]]
    np.testing.assert_allclose(compete(FIGURE_1, 2, alpha), expected, rtol=1e-6)


def test_an_odd_k_gives_the_positive_side_the_extra_place():
    np.testing.assert_allclose(
        compete(FIGURE_1, 3, 1.0), [[0.9, 0.3, 0, 0, 0, -1.0]], rtol=1e-6
    )


def test_k_of_one_has_no_negative_winner_and_drops_their_energy():
    np.testing.assert_allclose(
        compete(FIGURE_1, 1, 1.0), [[1.1, 0, 0, 0, 0, 0]], rtol=1e-6
    )


def test_k_of_all_units_leaves_places_unused_and_changes_nothing():
    np.testing.assert_array_equal(compete(FIGURE_1, 6), FIGURE_1)


def test_too_few_of_a_sign_all_win_and_do_not_lend_their_places():
    h = np.array([[0.5, -0.1, -0.2, -0.3, -0.4, -0.6]], "float32")
    expected = [[0.5, 0, 0, 0, -0.4 - 0.6, -0.6 - 0.6]]
    np.testing.assert_allclose(compete(h, 4, 1.0), expected, rtol=1e-6)


def test_a_zero_never_wins():
    h = np.array([[0.0, 0.0, 0.3, 0.0]], "float32")
    np.testing.assert_allclose(compete(h, 4, 1.0), h)
    assert not np.any(winners(tf.zeros((2, 5)), 4))


def test_ties_go_to_the_lower_index_so_never_more_than_k_win():
    h = np.array([[0.5, 0.5, 0.5, -0.5, -0.5, -0.5]], "float32")
    np.testing.assert_allclose(compete(h, 2, 1.0), [[1.5, 0, 0, -1.5, 0, 0]])


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("k", [1, 2, 5, 8, 15, 16])
@pytest.mark.parametrize("alpha", [0.0, 0.7, PAPER_ALPHA])
def test_equals_the_plain_loop_ties_and_zeros_included(k, alpha, jit_compile):
    generator = np.random.default_rng(k)
    h = np.round(generator.normal(size=(40, 16)), 1).astype("float32")
    h[:3] = [[0.0], [1.0], [-1.0]]
    layer = KCompetitive(k, alpha)
    call = tf.function(lambda x: layer(x, training=True), jit_compile=jit_compile)
    output = call(h).numpy()
    np.testing.assert_allclose(output, loop(h, k, alpha), rtol=1e-5, atol=1e-5)
    assert ((output != 0).sum(axis=1) <= k).all()


def distinct_activations(rows, units, seed):
    """Rows whose units differ by far more than a finite-difference step."""
    generator = np.random.default_rng(seed)
    steps = np.arange(1, units + 1) / units - 0.5
    return np.stack([generator.permutation(steps) for _ in range(rows)]) + 0.01


@pytest.mark.parametrize("k", [1, 2, 3, 6, 10])
@pytest.mark.parametrize("alpha", [0.0, 0.3, PAPER_ALPHA])
def test_gradient_equals_finite_differences_and_the_closed_form(k, alpha):
    h = distinct_activations(4, 10, seed=k)
    g = np.random.default_rng(99).normal(size=h.shape)
    layer = KCompetitive(k, alpha, dtype="float64")
    with tf.GradientTape() as tape:
        x = tf.constant(h)
        tape.watch(x)
        value = tf.reduce_sum(layer(x, training=True) * g)
    gradient = tape.gradient(value, x).numpy()
    step, numeric = 1e-5, np.zeros_like(h)
    for index in np.ndindex(h.shape):
        up, down = h.copy(), h.copy()
        up[index] += step
        down[index] -= step
        numeric[index] = (
            ((loop(up, k, alpha) - loop(down, k, alpha)) * g).sum() / 2 / step
        )
    np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(
        gradient, closed_form_gradient(h, g, k, alpha), atol=1e-9
    )


def test_losers_learn_although_their_output_is_zero_unless_alpha_is_zero():
    for alpha, expected in ((2.0, 2.0), (0.0, 0.0)):
        with tf.GradientTape() as tape:
            x = tf.constant(FIGURE_1)
            tape.watch(x)
            output = KCompetitive(2, alpha)(x, training=True)
        assert output[0, 1] == 0
        assert tape.gradient(output, x)[0, 1] == expected


def test_a_zero_is_no_loser_of_either_sign_and_gets_no_gradient():
    with tf.GradientTape() as tape:
        x = tf.constant([[0.5, 0.3, 0.0, -0.2, -0.4]])
        tape.watch(x)
        output = KCompetitive(2, 2.0)(x, training=True)
    np.testing.assert_array_equal(tape.gradient(output, x), [[1, 2, 0, 2, 1]])


@pytest.mark.parametrize("shape", [(6,), (2, 6), (2, 3, 6), (2, 1, 3, 6), (0, 6)])
def test_any_leading_shape(shape):
    h = np.random.default_rng(1).normal(size=shape).astype("float32")
    expected = loop(h.reshape(-1, 6), 3, 0.5).reshape(shape)
    np.testing.assert_allclose(compete(h, 3, 0.5), expected, rtol=1e-5)


def test_inference_is_dense_unless_told_otherwise():
    np.testing.assert_array_equal(KCompetitive(2)(FIGURE_1), FIGURE_1)
    np.testing.assert_array_equal(KCompetitive(2)(FIGURE_1, training=False), FIGURE_1)
    sparse = KCompetitive(2, inference="sparse")(FIGURE_1)
    np.testing.assert_array_equal(sparse, compete(FIGURE_1, 2))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_sums_its_energy_in_float32(dtype):
    # 4,000 losers of 2**-10: a running half-precision sum would stall long before 3.9.
    h = tf.cast(tf.concat([[[1.0]], tf.fill([1, 4000], 2.0**-10)], axis=1), dtype)
    output = KCompetitive(2, 1.0, dtype=dtype)(h, training=True)
    expected = tf.cast(1.0 + 4000 * 2.0**-10, dtype)
    assert output.dtype == dtype
    assert output[0, 0] == expected


@pytest.mark.parametrize("k", [0, -1, 1.5, True])
def test_k_that_is_no_positive_number_is_refused(k):
    with pytest.raises(ValueError, match="`k` of KCompetitive must be .* Received: k="):
        KCompetitive(k)


def test_k_above_the_units_is_refused_and_equal_is_not():
    KCompetitive(6)(FIGURE_1, training=True)
    with pytest.raises(ValueError, match="must not exceed the number of units.*k=7"):
        KCompetitive(7)(FIGURE_1, training=True)


@pytest.mark.parametrize("alpha", [-0.1, math.nan, math.inf, None, "1"])
def test_alpha_that_is_negative_or_not_finite_is_refused(alpha):
    with pytest.raises(ValueError, match="`alpha` must be finite and at least 0"):
        KCompetitive(2, alpha=alpha)


def test_an_unknown_inference_is_refused_with_the_options():
    with pytest.raises(ValueError, match="'dense' .* 'sparse' .*'both'"):
        KCompetitive(2, inference="both")


def test_an_undefined_last_axis_is_refused():
    with pytest.raises(ValueError, match="needs a defined last axis"):
        KCompetitive(2).build((None, None))
