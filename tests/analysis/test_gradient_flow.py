"""The flow through the competition, against backpropagation and finite differences."""

import numpy as np
import pytest
import tensorflow as tf

from kate_keras import InputError
from kate_keras.analysis import gradient_flow
from kate_keras.layers import KCompetitive, KSparse

FIGURE_1 = [[0.8, 0.2, 0.1, -0.1, -0.3, -0.6]]


def draw(rng, shape=(7, 12)):
    h = np.tanh(rng.normal(size=shape))
    # Zeros neither win nor give; a sign may be missing altogether.
    h[rng.random(shape) < 0.1] = 0
    h[0] = np.abs(h[0])
    h[1] = 0
    return h, rng.normal(size=shape)


def backpropagated(layer, h, g):
    inputs = tf.constant(h)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        out = layer(inputs, training=True)
    return tape.gradient(out, inputs, output_gradients=tf.constant(g)).numpy()


def differences(layer, h, g, step=1e-6):
    """Central differences of `sum(g * layer(h))`, entry by entry."""
    found = np.zeros_like(h)
    for place in np.ndindex(h.shape):
        both = []
        for sign in (1, -1):
            moved = h.copy()
            moved[place] += sign * step
            both.append((layer(tf.constant(moved), training=True).numpy() * g).sum())
        found[place] = (both[0] - both[1]) / (2 * step)
    return found


@pytest.mark.parametrize("alpha", [0.0, 0.3, 2 / 5, 6.26])
@pytest.mark.parametrize("k", [1, 2, 5, 12])
def test_the_gradient_is_that_of_backpropagation(k, alpha):
    h, g = draw(np.random.default_rng(k))
    layer = KCompetitive(k, alpha, dtype="float64")
    flow = gradient_flow(layer, h, g)
    np.testing.assert_allclose(flow.gradient, backpropagated(layer, h, g), atol=1e-12)
    assert not (flow.direct * flow.through_alpha).any()


def test_the_gradient_is_that_of_finite_differences():
    h, g = draw(np.random.default_rng(3))
    # The layer jumps at 0 and where two units change places.
    h = np.where(h == 0, np.linspace(0.01, 0.02, h.size).reshape(h.shape), h)
    layer = KCompetitive(5, 6.26, dtype="float64")
    found = gradient_flow(layer, h, g).gradient
    np.testing.assert_allclose(found, differences(layer, h, g), atol=1e-6)


def test_the_papers_figure_unit_by_unit():
    flow = gradient_flow(KCompetitive(2, 6.26), FIGURE_1, [[1.0, 9, 9, 9, 9, 0.5]])
    assert flow.role[0].tolist() == [
        "positive winner", "loser", "loser", "loser", "loser", "negative winner"
    ]  # fmt: skip
    np.testing.assert_allclose(
        flow.energy[0], [6.26 * 0.3, -0.2, -0.1, -0.1, -0.3, 6.26 * 0.4]
    )
    np.testing.assert_allclose(flow.direct[0], [1, 0, 0, 0, 0, 0.5])
    np.testing.assert_allclose(flow.through_alpha[0], [0, 6.26, 6.26, 3.13, 3.13, 0])
    totals = flow.totals()
    assert totals["winners"] == 2
    assert totals["losers"] == 4
    assert totals["energy_given"] == pytest.approx(0.7)
    assert totals["energy_received"] == pytest.approx(0.7 * 6.26)
    assert totals["direct"] == pytest.approx(1.5)
    assert totals["through_alpha"] == pytest.approx(3 * 6.26)
    assert totals["share_through_alpha"] == pytest.approx(18.78 / 20.28)


@pytest.mark.parametrize(
    ("alpha", "boosts"), [(0.0, False), (0.24, False), (0.26, True), (6.26, True)]
)
def test_amplification_boosts_the_signal_above_two_in_k(alpha, boosts):
    rng = np.random.default_rng(0)
    # Units enough of each sign for k / 2 = 4 winners.
    h = np.concatenate([rng.random((5, 10)), -rng.random((5, 10))], axis=1)
    totals = gradient_flow(KCompetitive(8, alpha), h, np.ones_like(h)).totals()
    assert totals["amplification"] == pytest.approx(alpha * 8 / 2)
    assert (totals["amplification"] > 1) is boosts
    # With equal gradients a loser gets more than a winner just there.
    flow = gradient_flow(KCompetitive(8, alpha), h, np.ones_like(h))
    assert bool(flow.through_alpha.max() > 1) is boosts


@pytest.mark.parametrize(
    ("layer", "direct"),
    [
        (KSparse(2), [1, 1, 0, 0, 0, 0]),
        (KCompetitive(2, alpha=0.0), [1, 0, 0, 0, 0, 1]),
    ],
)
def test_without_amplification_losers_get_nothing(layer, direct):
    flow = gradient_flow(layer, FIGURE_1, np.ones((1, 6)))
    assert not flow.through_alpha.any()
    assert flow.totals()["amplification"] == 0
    assert flow.totals()["share_through_alpha"] == 0
    np.testing.assert_array_equal(flow.direct, [direct])


@pytest.mark.parametrize("k", [1, 2, 3, 5, 6])
def test_the_largest_by_value_flow_as_backpropagation_says(k):
    # Of the second document some survivors are below 0, and one of the third is 0.
    h = np.array([FIGURE_1[0], [-0.4, -0.1, 0.3, -0.2, -0.5, -0.6], [0] * 6])
    upstream = np.random.default_rng(k).normal(size=h.shape)
    layer = KSparse(k, dtype="float64")
    tensor = tf.constant(h)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        z = layer(tensor, training=True)
    expected = tape.gradient(z, tensor, output_gradients=tf.constant(upstream))
    flow = gradient_flow(layer, h, upstream)
    np.testing.assert_allclose(flow.gradient, expected)
    won = np.isin(flow.role, ("positive winner", "negative winner"))
    assert (won.sum(axis=1) == k).all()
    assert (z.numpy()[~won] == 0).all()
    if k == 3:
        assert flow.role[1, 3] == "negative winner"


def test_a_sign_without_a_winner_drops_its_energy():
    # k = 1 has one positive place and no negative one.
    flow = gradient_flow(KCompetitive(1, 2.0), FIGURE_1, np.ones((1, 6)))
    np.testing.assert_allclose(flow.energy[0], [0.6, -0.2, -0.1, 0, 0, 0])
    np.testing.assert_allclose(flow.gradient[0], [1, 2, 2, 0, 0, 0])
    nothing = gradient_flow(KCompetitive(2, 2.0), np.zeros((1, 3)), np.ones((1, 3)))
    assert nothing.role.tolist() == [["idle"] * 3]
    assert set(nothing.totals().values()) == {0.0}


def test_a_document_is_printed_unit_by_unit():
    text = str(gradient_flow(KCompetitive(2, 2.0), FIGURE_1, np.ones((1, 6))))
    assert text.splitlines()[2].split() == ["1", "loser", "-0.200", "0.000", "2.000"]
    assert len(text.splitlines()) == 7


@pytest.mark.parametrize(
    ("h", "g"), [([1.0], [1.0]), ([[1.0, 2]], [[1.0]]), (np.zeros((0, 3)),) * 2]
)
def test_arrays_of_other_shapes_are_refused(h, g):
    with pytest.raises(InputError, match=r"one shape, \(batch, units\)"):
        gradient_flow(KCompetitive(1), h, g)


def test_more_winners_than_units_are_refused():
    with pytest.raises(ValueError, match="`k` must not exceed"):
        gradient_flow(KCompetitive(7), FIGURE_1, np.ones((1, 6)))
