import numpy as np
import pytest
import tensorflow as tf
from finite_differences import gradient, relative_error

from kate_keras.layers import whitening_matrix

GENERATOR = np.random.default_rng(0)
WEIGHTS = GENERATOR.normal(size=(5, 5))
EQUAL = [1.0, 1.0, 2.0, 2.0, 3.0]


def covariance(variances):
    """A matrix with these eigenvalues along random axes."""
    axes = np.linalg.qr(np.random.default_rng(1).normal(size=(len(variances),) * 2))[0]
    product = (axes * np.array(variances)) @ axes.T
    return (product + product.T) / 2


def by_numpy(matrix, shrinkage=0.0, epsilon=0.0):
    values, axes = np.linalg.eigh((matrix + matrix.T) / 2)
    return (axes / np.sqrt(values + shrinkage * values.mean() + epsilon)) @ axes.T


def by_eigh(matrix, shrinkage=0.0, epsilon=0.0):
    """What one writes without this function: the gradient is TensorFlow's."""
    values, axes = tf.linalg.eigh((matrix + tf.transpose(matrix)) / 2)
    shifted = values + shrinkage * tf.reduce_mean(values) + epsilon
    return tf.matmul(axes / tf.sqrt(shifted), axes, transpose_b=True)


def gradient_of(whiten, matrix, weights=WEIGHTS, dtype="float64", **options):
    """The gradient of `sum(weights * whiten(matrix))`."""
    matrix = tf.constant(matrix, dtype)
    with tf.GradientTape() as tape:
        tape.watch(matrix)
        total = tf.reduce_sum(tf.cast(weights, dtype) * whiten(matrix, **options))
    return tape.gradient(total, matrix).numpy()


def differences(matrix, step, **options):
    return gradient(lambda m: np.sum(WEIGHTS * by_numpy(m, **options)), matrix, step)


def test_by_hand():
    # Along (1, 1) the variance is 4, along (1, -1) it is 1: divided by 2 and by 1.
    matrix = tf.constant([[2.5, 1.5], [1.5, 2.5]])
    np.testing.assert_allclose(
        whitening_matrix(matrix), [[0.75, -0.25], [-0.25, 0.75]], rtol=1e-6
    )


def test_shrinkage_and_epsilon_by_hand():
    # Variances 0 and 8, their mean 4; a quarter of it is 1: roots of 1 and of 9.
    matrix = tf.constant([[0.0, 0.0], [0.0, 8.0]])
    np.testing.assert_allclose(
        whitening_matrix(matrix, shrinkage=0.25), [[1, 0], [0, 1 / 3]], rtol=1e-6
    )
    # With 8 more: roots of 9 and 17.
    np.testing.assert_allclose(
        whitening_matrix(matrix, shrinkage=0.25, epsilon=8.0),
        [[1 / 3, 0], [0, 17**-0.5]],
        rtol=1e-6,
    )


def test_gradient_by_hand_where_all_eigenvalues_are_equal():
    # At s I the function is s^(-1/2), whose slope is -s^(-3/2) / 2 in every direction:
    # -1/16 at s = 4. Weights 1 and 3 across the diagonal are as good as 2 and 2.
    found = gradient_of(whitening_matrix, 4 * np.eye(2), [[8.0, 1.0], [3.0, 0.0]])
    np.testing.assert_allclose(found, [[-1 / 2, -1 / 8], [-1 / 8, 0]], rtol=1e-12)


@pytest.mark.parametrize(
    ("variances", "options", "step", "limit"),
    [
        ([1.0, 2.0, 3.0, 4.0, 5.0], {}, 1e-3, 1e-9),
        ([1.0, 2.0, 3.0, 4.0, 5.0], {"shrinkage": 0.1, "epsilon": 0.1}, 1e-3, 1e-9),
        (EQUAL, {}, 1e-3, 1e-9),
        (EQUAL, {"shrinkage": 0.1}, 1e-3, 1e-9),
        ([3.0] * 5, {"shrinkage": 8.0}, 1e-3, 1e-9),
        # As of three rows: three variances are 0, and equal.
        ([0.0, 0.0, 0.0, 1.0, 2.0], {"shrinkage": 0.1}, 1e-4, 1e-8),
        # Condition 1e8. The step is a hundredth of the least variance, below which
        # rounding, 1e-16, leaves six digits of the differences.
        ([1e-8, 1e-6, 1e-4, 1e-2, 1.0], {}, 1e-10, 1e-5),
        ([1e-8, 1e-8, 1e-4, 0.3, 1.0], {}, 1e-10, 1e-5),
        ([1e-8, 1e-8 + 1e-13, 1e-4, 1.0, 1.0], {}, 1e-10, 1e-5),
    ],
)
def test_gradient_equals_finite_differences(variances, options, step, limit):
    matrix = covariance(variances)
    found = gradient_of(whitening_matrix, matrix, **options)
    assert relative_error(found, differences(matrix, step, **options)) < limit


@pytest.mark.parametrize("gap", [10.0**-n for n in range(1, 17)])
def test_gradient_stays_right_while_two_eigenvalues_meet(gap):
    matrix = covariance([1.0, 1.0 + gap, 2.0, 3.0, 4.0])
    found = gradient_of(whitening_matrix, matrix)
    assert relative_error(found, differences(matrix, 1e-3)) < 1e-9


def test_apart_from_each_other_tensorflows_own_gradient_is_the_same():
    matrix = covariance([1.0, 2.0, 3.0, 4.0, 5.0])
    ours = gradient_of(whitening_matrix, matrix, shrinkage=0.1)
    theirs = gradient_of(by_eigh, matrix, shrinkage=0.1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-14)


def test_tensorflows_own_gradient_is_wrong_where_eigenvalues_are_equal():
    # Its 1 / (l_i - l_j) is x / (x^2 + 1e-20), which is 0 at x = 0: finite, but all
    # that turns the axes is lost. By hand, as above, -1/8 stands across the diagonal.
    found = gradient_of(by_eigh, 4 * np.eye(2), [[8.0, 1.0], [3.0, 0.0]])
    np.testing.assert_allclose(found, [[-1 / 2, 0], [0, 0]], atol=1e-12)
    matrix = covariance(EQUAL)
    expected = differences(matrix, 1e-3)
    assert relative_error(gradient_of(by_eigh, matrix), expected) > 0.1
    assert relative_error(gradient_of(whitening_matrix, matrix), expected) < 1e-9


def test_tensorflows_own_gradient_is_half_of_the_right_one_at_a_gap_of_1e_10():
    matrix = np.diag([1.0, 1.0 + 1e-10])
    across = [[0.0, 1.0], [1.0, 0.0]]
    assert gradient_of(by_eigh, matrix, across)[0, 1] == pytest.approx(-0.25, rel=1e-3)
    assert gradient_of(whitening_matrix, matrix, across)[0, 1] == pytest.approx(-0.5)


def test_in_float32_too_with_fewer_rows_than_units():
    # 26 of 32 variances are 0 but for rounding, and apart from each other by rounding.
    rows = np.random.default_rng(2).normal(size=(7, 32))
    matrix = np.cov(rows.T, bias=True)
    weights = np.random.default_rng(3).normal(size=(32, 32))
    options = {"weights": weights, "shrinkage": 0.1}
    exact = gradient_of(whitening_matrix, matrix, **options)
    ours = gradient_of(whitening_matrix, matrix, dtype="float32", **options)
    theirs = gradient_of(by_eigh, matrix, dtype="float32", **options)
    assert relative_error(ours, exact) < 1e-4
    assert relative_error(theirs, exact) > 0.1


@pytest.mark.parametrize("variances", [[1.0, 2.0, 3.0, 4.0, 5.0], EQUAL])
def test_the_derivative_of_the_derivative_is_right(variances):
    matrix, others = covariance(variances), GENERATOR.normal(size=(5, 5))

    def slope(m):
        return gradient_of(whitening_matrix, m, shrinkage=0.1)

    watched = tf.constant(matrix)
    with tf.GradientTape() as outer:
        outer.watch(watched)
        with tf.GradientTape() as inner:
            inner.watch(watched)
            total = tf.reduce_sum(WEIGHTS * whitening_matrix(watched, shrinkage=0.1))
        along = tf.reduce_sum(others * inner.gradient(total, watched))
    found = outer.gradient(along, watched).numpy()
    expected = gradient(lambda m: np.sum(others * slope(m)), matrix, 1e-3)
    assert relative_error(found, expected) < 1e-8


def test_only_the_symmetric_part_counts():
    matrix = covariance(EQUAL)
    skew = np.triu(np.ones((5, 5)), 1)
    np.testing.assert_allclose(
        whitening_matrix(matrix + skew - skew.T), whitening_matrix(matrix), rtol=1e-12
    )


def test_variances_that_rounding_made_negative_count_as_zero():
    matrix = np.diag([-1e-18, 1.0])
    np.testing.assert_allclose(
        whitening_matrix(matrix, epsilon=1e-20), np.diag([1e10, 1.0]), rtol=1e-12
    )


def test_a_stack_of_matrices_is_each_of_them():
    matrices = np.stack([covariance(EQUAL), covariance([1.0, 2.0, 3.0, 4.0, 5.0])])
    together = whitening_matrix(matrices, shrinkage=0.5).numpy()
    slopes = gradient_of(whitening_matrix, matrices, shrinkage=0.5)
    for one, matrix, slope in zip(together, matrices, slopes, strict=True):
        np.testing.assert_allclose(one, whitening_matrix(matrix, shrinkage=0.5))
        np.testing.assert_allclose(
            slope, gradient_of(whitening_matrix, matrix, shrinkage=0.5)
        )


@pytest.mark.parametrize("jit_compile", [False, True])
def test_in_a_graph_of_unknown_shape_it_is_the_same(jit_compile):
    signature = [tf.TensorSpec([None, None], tf.float64)]

    @tf.function(input_signature=signature, jit_compile=jit_compile)
    def slope(matrix):
        with tf.GradientTape() as tape:
            tape.watch(matrix)
            total = tf.reduce_sum(WEIGHTS * whitening_matrix(matrix, shrinkage=0.1))
        return tape.gradient(total, matrix)

    matrix = covariance(EQUAL)
    expected = gradient_of(whitening_matrix, matrix, shrinkage=0.1)
    np.testing.assert_allclose(slope(matrix), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["shrinkage", "epsilon"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_what_is_added_must_be_at_least_zero(name, value):
    with pytest.raises(ValueError, match=f"`{name}` must be finite and at least 0"):
        whitening_matrix(tf.eye(2), **{name: value})


@pytest.mark.parametrize("shape", [(3,), (2, 3), (4, 3, 2)])
def test_what_is_not_square_is_refused(shape):
    with pytest.raises(ValueError, match=r"\(\.\.\., units, units\).* Received"):
        whitening_matrix(tf.ones(shape))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "int32"])
def test_a_coarse_dtype_is_refused(dtype):
    with pytest.raises(TypeError, match=f"float32 or float64.*dtype={dtype}"):
        whitening_matrix(tf.eye(2, dtype=dtype))
