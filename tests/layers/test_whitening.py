import keras
import numpy as np
import pytest
import tensorflow as tf
from finite_differences import gradient, relative_error

from kate_keras.layers import ReadOut, Whitening

GENERATOR = np.random.default_rng(0)
MIXING = GENERATOR.normal(size=(5, 5))


def activations(rows, dtype="float32"):
    generator = np.random.default_rng(rows)
    return np.tanh(generator.normal(size=(rows, 5)) @ MIXING + 0.3).astype(dtype)


def whiten(rows, shrinkage, epsilon):
    """What the layer does in training, in NumPy."""
    centered = rows - rows.mean(axis=0)
    values, axes = np.linalg.eigh(centered.T @ centered / len(rows))
    scale = np.sqrt(values + shrinkage * values.mean() + epsilon)
    return centered @ (axes / scale) @ axes.T


def slopes(layer, rows, weights, **call):
    """The gradient of `sum(weights * layer(rows))` in training."""
    rows = tf.constant(rows)
    with tf.GradientTape() as tape:
        tape.watch(rows)
        total = tf.reduce_sum(weights * layer(rows, training=True, **call))
    return tape.gradient(total, rows).numpy()


def test_by_hand():
    # Two rows of each: variances 1 and 4, no correlation. Their mean is 2.5; .8 of it
    # is 2: divided by the roots of 3 and 6.
    rows = np.array([[1, 7], [3, 7], [1, 3], [3, 3]], "float64")
    layer = Whitening(shrinkage=0.8, epsilon=1e-30, dtype="float64")
    expected = [[-1, 2], [1, 2], [-1, -2], [1, -2]] / np.sqrt([3, 6])
    np.testing.assert_allclose(layer(rows, training=True), expected, rtol=1e-12)


@pytest.mark.parametrize("shrinkage", [0.0, 0.1, 2.0])
def test_variances_along_the_principal_axes_are_shrunk_and_nothing_correlates(
    shrinkage,
):
    rows = activations(400)
    outputs = Whitening(shrinkage, epsilon=1e-7)(rows, training=True).numpy()
    variances, axes = np.linalg.eigh(np.cov(rows.T, bias=True))
    expected = np.diag(variances / (variances + shrinkage * variances.mean() + 1e-7))
    np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(
        np.cov((outputs @ axes).T, bias=True), expected, atol=1e-4
    )


@pytest.mark.parametrize("rows", [40, 6, 3, 2])
@pytest.mark.parametrize("shrinkage", [0.0, 0.1])
def test_gradient_equals_finite_differences(rows, shrinkage):
    # With 3 rows three of five variances are 0, and equal; with 2 rows four.
    inputs = activations(rows, "float64")
    weights = np.random.default_rng(1).normal(size=inputs.shape)
    layer = Whitening(shrinkage, epsilon=1e-2, dtype="float64")
    found = slopes(layer, inputs, weights)
    expected = gradient(
        lambda x: np.sum(weights * whiten(x, shrinkage, 1e-2)), inputs, 1e-4
    )
    assert relative_error(found, expected) < 1e-8


def test_gradient_where_two_units_have_the_same_variance():
    rows = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], "float64")
    weights = np.random.default_rng(1).normal(size=rows.shape)
    found = slopes(Whitening(0.1, epsilon=1e-5, dtype="float64"), rows, weights)
    expected = gradient(lambda x: np.sum(weights * whiten(x, 0.1, 1e-5)), rows, 1e-3)
    assert relative_error(found, expected) < 1e-9


def white(rows, units, dtype):
    """Rows without any correlation, all units of variance 1 but for rounding."""
    draws = np.random.default_rng(2).normal(size=(rows, units))
    axes = np.linalg.qr(draws - draws.mean(axis=0))[0]
    return (np.sqrt(rows) * axes).astype(dtype)


@pytest.mark.parametrize("make", [activations, lambda n, t: white(n, 5, t)])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_gradient_in_float32_and_compiled_is_that_of_float64(make, jit_compile):
    rows = make(40, "float32")
    weights = np.random.default_rng(1).normal(size=rows.shape)
    exact = slopes(Whitening(dtype="float64"), rows.astype("float64"), weights)
    layer = Whitening()
    layer.build((None, 5))

    @tf.function(
        input_signature=[tf.TensorSpec([None, 5])] * 2, jit_compile=jit_compile
    )
    def compiled(rows, weights):
        with tf.GradientTape() as tape:
            tape.watch(rows)
            total = tf.reduce_sum(weights * layer(rows, training=True))
        return tape.gradient(total, rows)

    found = compiled(rows, weights.astype("float32")).numpy()
    assert relative_error(found, exact) < 1e-4


def test_momentum_by_hand():
    # Rows 0 and 2: mean 1, variance 1. They keep half their weight beside 4 and 4, so
    # weights are 1/2, 1/2, 1, 1: mean (0 + 1 + 4 + 4) / 3 = 3, and variance
    # (9/2 + 1/2 + 1 + 1) / 3 = 7/3.
    layer = Whitening(momentum=0.5)
    layer(np.array([[0], [2]], "float32"), training=True)
    assert [weight.numpy().item() for weight in layer.weights[:3]] == [2, 1, 1]
    layer(np.array([[4], [4]], "float32"), training=True)
    assert layer.moving_count.numpy() == 3
    assert layer.moving_mean.numpy() == pytest.approx(3)
    assert layer.moving_covariance.numpy() == pytest.approx(7 / 3)


def test_without_momentum_the_last_batch_alone_counts():
    layer = Whitening(momentum=0.0)
    layer(activations(300) + 100, training=True)
    layer(activations(40), training=True)
    np.testing.assert_allclose(
        layer.moving_covariance, np.cov(activations(40).T, bias=True), atol=1e-5
    )


def test_with_all_momentum_it_becomes_the_read_out():
    batches = [activations(rows) for rows in (7, 100, 1, 300)]
    layer, read_out = Whitening(0.5, 1.0, epsilon=1e-12), ReadOut("whitened", 0.5)
    for batch in batches:
        layer(batch, training=True)
    read_out.adapt(batches)
    np.testing.assert_allclose(layer.moving_mean, read_out.origin, atol=1e-6)
    np.testing.assert_allclose(layer.whitening, read_out.whitening, rtol=1e-4)
    np.testing.assert_allclose(
        layer(activations(20)), read_out(activations(20)), atol=1e-5
    )


@pytest.mark.parametrize("training", [False, None])
def test_outside_training_it_uses_what_it_has_seen_and_learns_nothing(training):
    layer = Whitening(0.2, epsilon=1e-7)
    np.testing.assert_array_equal(
        layer(activations(9), training=training), activations(9)
    )
    seen = layer(activations(40), training=True)
    before = [weight.numpy() for weight in layer.weights]
    np.testing.assert_allclose(
        layer(activations(40), training=training), seen, atol=1e-5
    )
    layer(activations(9) + 3, training=training)
    for weight, value in zip(layer.weights, before, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_outside_training_there_is_no_eigendecomposition():
    layer = Whitening()
    layer.build((None, 5))

    def operations(training):
        graph = tf.function(lambda x: layer(x, training=training))
        concrete = graph.get_concrete_function(tf.TensorSpec([None, 5])).graph
        return [operation.type for operation in concrete.get_operations()]

    assert operations(training=True).count("SelfAdjointEigV2") == 2
    assert "SelfAdjointEigV2" not in operations(training=False)


def test_outside_training_a_vector_does_not_depend_on_its_neighbours():
    layer = Whitening()
    layer(activations(40), training=True)
    together = layer(activations(300)).numpy()
    for start, size in ((0, 1), (3, 2), (11, 17), (100, 200)):
        alone = layer(activations(300)[start : start + size]).numpy()
        np.testing.assert_array_equal(alone, together[start : start + size])


def test_a_frozen_layer_answers_as_outside_training():
    layer = Whitening()
    layer(activations(40), training=True)
    layer.trainable = False
    expected = layer(activations(9))
    np.testing.assert_array_equal(layer(activations(9), training=True), expected)
    assert layer.moving_count.numpy() == 40


def test_what_is_masked_does_not_count():
    kept = activations(6, "float64")
    padded = np.concatenate([kept[:4], np.full((2, 5), 50.0), kept[4:]])
    mask = np.array([True] * 4 + [False] * 2 + [True] * 2)
    weights = np.where(mask[:, None], np.random.default_rng(1).normal(size=(8, 5)), 0)
    alone, masked = Whitening(dtype="float64"), Whitening(dtype="float64")
    expected = alone(kept, training=True).numpy()
    found = masked(padded.reshape(2, 4, 5), training=True, mask=mask.reshape(2, 4))
    np.testing.assert_allclose(found.numpy().reshape(8, 5)[mask], expected)
    for one, other in zip(alone.weights, masked.weights, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-12)
    gradients = slopes(masked, padded, weights, mask=mask)
    np.testing.assert_array_equal(gradients[~mask], 0)
    np.testing.assert_allclose(
        gradients[mask], slopes(alone, kept, weights[mask]), atol=1e-10
    )


def test_masks_of_a_model_reach_it():
    sequences = np.stack([activations(4), activations(5)[:4]])
    sequences[1, 2:] = 0
    inputs = keras.Input((4, 5))
    layer = Whitening()
    model = keras.Model(inputs, layer(keras.layers.Masking()(inputs)))
    model(sequences, training=True)
    assert layer.moving_count.numpy() == 6


def test_a_constant_batch_becomes_zeros_and_has_a_finite_gradient():
    # The matrix is I / sqrt(epsilon) = 10 I, and the batch's mean is taken out.
    weights = np.array([[3.0, 0.0], [0.0, 0.0], [0.0, 0.0]], "float32")
    layer = Whitening(epsilon=0.01)
    rows = np.full((3, 2), 7.0, "float32")
    np.testing.assert_array_equal(layer(rows, training=True), np.zeros((3, 2)))
    np.testing.assert_allclose(
        slopes(layer, rows, weights), [[20, 0], [-10, 0], [-10, 0]], rtol=1e-6
    )
    np.testing.assert_allclose(layer.whitening, 10 * np.eye(2), rtol=1e-6)


def test_a_batch_of_one_becomes_zeros_without_a_gradient():
    layer = Whitening()
    row = np.array([[3.0, -4.0]], "float32")
    np.testing.assert_array_equal(layer(row, training=True), [[0, 0]])
    np.testing.assert_array_equal(slopes(layer, row, 5.0), [[0, 0]])
    np.testing.assert_array_equal(layer.moving_mean, row[0])


@pytest.mark.parametrize("rows_before", [0, 40])
def test_an_empty_batch_and_one_that_is_masked_whole_teach_nothing(rows_before):
    layer = Whitening()
    layer.build((None, 5))
    if rows_before:
        layer(activations(rows_before), training=True)
    before = [weight.numpy() for weight in layer.weights[1:]]
    assert layer(activations(40)[:0], training=True).shape == (0, 5)
    masked = layer(activations(3), training=True, mask=np.zeros(3, bool))
    assert np.isfinite(masked).all()
    for weight, value in zip(layer.weights[1:], before, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_activations_that_are_not_finite_are_refused():
    rows = activations(40)
    rows[3, 2] = np.nan
    with pytest.raises(tf.errors.InvalidArgumentError, match="might not be valid"):
        Whitening()(rows, training=True)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "bfloat16"])
def test_under_a_coarse_policy_the_statistics_are_exact(policy):
    layer = Whitening(dtype=policy)
    rows = tf.cast(activations(400), layer.compute_dtype)
    outputs = layer(rows, training=True)
    assert outputs.dtype == layer.compute_dtype
    assert {weight.dtype for weight in layer.weights} == {"float32"}
    expected = np.cov(np.asarray(rows, "float64").T, bias=True)
    np.testing.assert_allclose(layer.moving_covariance, expected, atol=1e-5)


def test_a_model_trains_through_it_and_is_saved_and_loaded(tmp_path):
    # What is to be learned is a product of two inputs that correlate.
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(512, 4)) @ generator.normal(size=(4, 4))
    targets = np.sign(inputs[:, :1] * inputs[:, 1:2])
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(16, "tanh"),
            Whitening(),
            keras.layers.Dense(16, "tanh"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse")
    losses = model.fit(inputs, targets, 64, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.4 * losses[0]
    # The moving statistics say what those of the batches said.
    assert model.evaluate(inputs, targets, verbose=0) < 0.4 * losses[0]
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(inputs), model(inputs))
    assert again.layers[1].moving_count.numpy() > 1000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shrinkage": -0.1}, "`shrinkage` must be finite and at least 0"),
        ({"shrinkage": float("nan")}, "`shrinkage` must be finite and at least 0"),
        ({"momentum": -0.1}, "`momentum` must be from 0 to 1"),
        ({"momentum": 1.1}, "`momentum` must be from 0 to 1"),
        ({"momentum": float("nan")}, "`momentum` must be from 0 to 1"),
        ({"epsilon": 0.0}, "`epsilon` must be finite and above 0"),
        ({"epsilon": float("inf")}, "`epsilon` must be finite and above 0"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=f"{message}.*Received: "):
        Whitening(**options)
