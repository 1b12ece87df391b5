import numpy as np
import pytest
import tensorflow as tf

from kate_keras.layers import GaussianCode, gaussian_divergence


def made(mean, log_variance, **options):
    """A layer that gives every document these moments, whatever its input."""
    layer = GaussianCode(len(mean), **{"seed": 0, **options})
    layer.build((None, 3))
    layer.mean_bias.assign(mean)
    layer.log_variance_bias.assign(log_variance)
    return layer


def inputs(rows):
    return np.zeros((rows, 3), "float32")


def test_the_divergence_by_hand():
    # (m, s^2) = (0, 1): 0. (1, 1): 1/2. (0, 4): (4 - 1 - ln 4)/2 = 0.806853.
    # (3, 1/2): (9 + 1/2 - 1 + ln 2)/2 = 4.596574.
    mean = np.array([0.0, 1.0, 0.0, 3.0])
    log_variance = np.log([1.0, 1.0, 4.0, 0.5])
    expected = [0.0, 0.5, 0.806853, 4.596574]
    np.testing.assert_allclose(
        gaussian_divergence(mean, log_variance), expected, atol=1e-6
    )


def test_the_divergence_is_that_of_an_integral():
    # By quadrature of p log(p / q) with p = N(-0.7, 0.3) and q = N(0, 1).
    z, step = np.linspace(-12, 12, 200_001, retstep=True)
    p = np.exp(-((z + 0.7) ** 2) / 0.6) / np.sqrt(0.6 * np.pi)
    difference = -((z + 0.7) ** 2) / 0.6 - 0.5 * np.log(0.3) + z**2 / 2
    expected = (p * difference).sum() * step
    found = gaussian_divergence(np.array(-0.7), np.log(0.3))
    assert float(found) == pytest.approx(expected, rel=1e-6)


def test_training_adds_the_weighted_mean_over_the_documents():
    # The two units above: 1/2 + 0.806853 per document, weighted by 3.
    layer = made([1.0, 0.0], [0.0, np.log(4)], kl_weight=3.0)
    layer(inputs(6), training=True)
    assert float(layer.losses[0]) == pytest.approx(3 * 1.306853, rel=1e-5)


def test_samples_have_the_moments_of_the_distribution():
    layer = made([1.0, -2.0], np.log([0.25, 9.0]))
    samples = layer(inputs(100_000), training=True).numpy()
    np.testing.assert_allclose(samples.mean(axis=0), [1, -2], atol=5 * 3 / 316)
    np.testing.assert_allclose(samples.std(axis=0), [0.5, 3], rtol=0.02)
    assert abs(np.corrcoef(samples.T)[0, 1]) < 0.02


@pytest.mark.parametrize("training", [False, None])
def test_outside_training_it_is_the_mean_without_a_loss(training):
    layer = made([1.0, -2.0], [0.0, 0.0])
    output = layer(inputs(4), training=training)
    np.testing.assert_array_equal(output, [[1, -2]] * 4)
    assert layer.losses == []


def test_gradient_passes_through_the_sample_to_both_moments():
    layer = made([0.5], [0.2])
    with tf.GradientTape() as tape:
        sample = layer(inputs(1), training=True)
    by_mean, by_log_variance = tape.gradient(
        sample, [layer.mean_bias.value, layer.log_variance_bias.value]
    )
    # z = m + exp(l / 2) e, so dz/dm = 1 and dz/dl = (z - m) / 2.
    np.testing.assert_allclose(by_mean, [1.0])
    np.testing.assert_allclose(by_log_variance, (sample[0] - 0.5) / 2, rtol=1e-5)


def test_seeded_it_repeats_itself_but_not_from_step_to_step():
    def steps(seed):
        layer = made([0.0, 0.0], [0.0, 0.0], seed=seed)
        return [layer(inputs(5), training=True).numpy() for _ in range(2)]

    first, second = steps(3)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal([first, second], steps(3))
    assert not np.array_equal(first, steps(4)[0])


def test_jit_compiled_it_samples_the_same_distribution():
    # Not the same samples: XLA has a generator of its own.
    layer = made([1.0], [np.log(4)])
    call = tf.function(lambda x: layer(x, training=True), jit_compile=True)
    samples = call(inputs(100_000)).numpy()
    assert samples.mean() == pytest.approx(1, abs=5 * 2 / 316)
    assert samples.std() == pytest.approx(2, rel=0.02)


def test_half_precision_keeps_a_divergence_beyond_its_range():
    # 400 units with m = 20: 200 nats each, 80,000 in all; float16 ends at 65,504.
    layer = made([20.0] * 400, [0.0] * 400, dtype="mixed_float16")
    layer(inputs(2), training=True)
    assert float(layer.losses[0]) == pytest.approx(80_000, rel=1e-3)


@pytest.mark.parametrize("units", [0, 1.5, True, None, "2"])
def test_units_that_are_no_positive_number_are_refused(units):
    with pytest.raises(ValueError, match="`units` must be a whole number"):
        GaussianCode(units)


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_weight_out_of_range_is_refused(weight):
    with pytest.raises(ValueError, match="`kl_weight` must be finite and at least 0"):
        GaussianCode(2, weight)
