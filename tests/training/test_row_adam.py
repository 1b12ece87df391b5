"""Adam on rows, against Keras's Adam and a plain NumPy loop."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from kate_keras.training.row_adam import RowAdam

GENERATOR = np.random.default_rng(0)
START = GENERATOR.normal(size=(5, 3)).astype("float32")
GRADIENTS = GENERATOR.normal(size=(12, 5, 3)).astype("float32")
RATE = 0.05


def moved(optimizer, gradients, start=START):
    variable = keras.Variable(start)
    for gradient in gradients:
        optimizer.apply_gradients([(gradient, variable)])
    return variable.numpy()


def rows_of(gradient, rows):
    values = tf.constant(gradient[rows], tf.float32)
    return tf.IndexedSlices(values, tf.constant(rows, tf.int64))


@pytest.mark.parametrize("start", [START, START[:, 0]])
def test_dense_gradients_are_steps_of_adam(start):
    gradients = [tf.constant(g if start.ndim == 2 else g[:, 0]) for g in GRADIENTS]
    expected = moved(keras.optimizers.Adam(RATE), gradients, start)
    found = moved(RowAdam(RATE), gradients, start)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("start", [START, START[:, 0]])
def test_rows_that_are_touched_in_every_step_take_steps_of_adam(start):
    gradients = [g if start.ndim == 2 else g[:, 0] for g in GRADIENTS]
    expected = moved(keras.optimizers.Adam(RATE), map(tf.constant, gradients), start)
    order = [3, 1, 4, 0, 2]
    rows = [rows_of(g, order) for g in gradients]
    found = moved(RowAdam(RATE), rows, start)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rows", [None, [3, 1, 4, 0, 2]])
def test_weights_decay_as_in_adamw(rows):
    # AdamW's factor per step, 1 - .05 x .02 = .999, is exp(-.001) to six digits.
    gradients = list(map(tf.constant, GRADIENTS))
    expected = moved(keras.optimizers.AdamW(RATE, weight_decay=0.02), gradients)
    if rows:
        gradients = [rows_of(g, rows) for g in GRADIENTS]
    found = moved(RowAdam(RATE, weight_decay=0.02), gradients)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    without = moved(RowAdam(RATE), gradients)
    assert np.abs(found - without).max() > 0.005


def test_biases_decay_by_their_share():
    gradients = [tf.constant(g[:, 0]) for g in GRADIENTS]
    found = moved(
        RowAdam(RATE, weight_decay=0.2, bias_decay=0.1), gradients, START[:, 0]
    )
    expected = moved(RowAdam(RATE, weight_decay=0.02), gradients, START[:, 0])
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    # Weights do not.
    gradients = list(map(tf.constant, GRADIENTS))
    found = moved(RowAdam(RATE, weight_decay=0.2, bias_decay=0.1), gradients)
    expected = moved(RowAdam(RATE, weight_decay=0.2), gradients)
    np.testing.assert_array_equal(found, expected)


def test_what_is_left_out_of_the_decay_keeps_its_weights():
    optimizer, variable = RowAdam(RATE, weight_decay=0.5), keras.Variable(START)
    optimizer.exclude_from_weight_decay(var_list=[variable])
    for gradient in GRADIENTS:
        optimizer.apply_gradients([(tf.constant(gradient), variable)])
    kept = moved(RowAdam(RATE), list(map(tf.constant, GRADIENTS)))
    np.testing.assert_array_equal(variable.numpy(), kept)


def numpy_rows(touched, decay=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """The formulas of the docstring, row by row and step by step."""
    w = START.astype("float64")
    m, v, last = np.zeros_like(w), np.zeros_like(w), np.zeros(5)
    for step, (gradient, rows) in enumerate(zip(GRADIENTS, touched, strict=True), 1):
        rate = RATE * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
        for row in rows:
            s, g = step - last[row], gradient[row]
            ways = sum(beta_1**i for i in range(1, int(s) + 1))
            way = ways * m[row] + (1 - beta_1) * g
            m[row] = beta_1**s * m[row] + (1 - beta_1) * g
            v[row] = beta_2**s * v[row] + (1 - beta_2) * g**2
            w[row] *= np.exp(-RATE * decay * s)
            w[row] -= rate * way / (np.sqrt(v[row]) + epsilon)
            last[row] = step
    return w


@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_rows_that_miss_steps_catch_up(decay):
    touched = [[i % 5, (i + 2) % 5][: 1 + i % 2] for i in range(12)]
    rows = [rows_of(g, t) for g, t in zip(GRADIENTS, touched, strict=True)]
    found = moved(RowAdam(RATE, weight_decay=decay), rows)
    expected = numpy_rows(touched, decay)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sparse", [False, True])
def test_double_precision_takes_the_same_steps_in_a_graph(sparse):
    def trained(dtype):
        variable = keras.Variable(np.full((3, 2), 0.5), dtype=dtype)
        optimizer = RowAdam(0.01, weight_decay=0.1)
        optimizer.build([variable])

        @tf.function
        def step():
            g = tf.constant([[1.0, -2.0]], dtype)
            rows = tf.IndexedSlices(g, tf.constant([1]), tf.constant([3, 2]))
            gradient = rows if sparse else tf.tile(g, [3, 1])
            optimizer.apply_gradients([(gradient, variable)])

        for _ in range(3):
            step()
        return variable.numpy()

    found = {dtype: trained(dtype) for dtype in ("float32", "float64")}
    np.testing.assert_allclose(found["float32"], found["float64"], rtol=1e-5)
    assert np.abs(found["float64"][1] - 0.5).min() > 0.02


def test_a_row_without_gradient_stays():
    found = moved(RowAdam(RATE), [rows_of(g, [0, 2]) for g in GRADIENTS])
    np.testing.assert_array_equal(found[[1, 3, 4]], START[[1, 3, 4]])
    assert (found[[0, 2]] != START[[0, 2]]).all()


def test_the_way_that_was_missed_is_that_of_adam_with_zero_gradients():
    # Late in training, where Adam's corrections are 1: a gradient, then six steps of
    # nothing, then zeros that make the row catch up.
    none = tf.zeros((5, 3))
    touched = [rows_of(g, [0, 1, 2, 3, 4]) for g in (GRADIENTS[0], np.zeros((5, 3)))]
    untouched = rows_of(GRADIENTS[0], [])
    found, expected = (
        moved_late(optimizer, gradients)
        for optimizer, gradients in (
            (RowAdam(RATE), [touched[0], *[untouched] * 6, touched[1]]),
            (keras.optimizers.Adam(RATE), [tf.constant(GRADIENTS[0]), *[none] * 7]),
        )
    )
    np.testing.assert_allclose(found - START, expected - START, rtol=0.01)


def moved_late(optimizer, gradients, step=20_000):
    variable = keras.Variable(START)
    optimizer.build([variable])
    optimizer.iterations.assign(step)
    for last in getattr(optimizer, "_last_steps", []):
        last.assign(tf.fill(last.shape, float(step)))
    for gradient in gradients:
        optimizer.apply_gradients([(gradient, variable)])
    return variable.numpy()


def test_the_learning_rate_may_change_and_the_config_round_trips():
    optimizer = RowAdam(RATE, beta_1=0.8, beta_2=0.99, epsilon=1e-5)
    again = RowAdam.from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config()
    assert (again.beta_1, again.beta_2, again.epsilon) == (0.8, 0.99, 1e-5)
    variable = keras.Variable(START)
    optimizer.learning_rate = 0.0
    optimizer.apply_gradients([(tf.ones((5, 3)), variable)])
    np.testing.assert_array_equal(variable.numpy(), START)
