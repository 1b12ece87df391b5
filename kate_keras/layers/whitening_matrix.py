"""The matrix that whitens, with a gradient that is right where eigenvalues meet."""

import math

import tensorflow as tf


def whitening_matrix(
    covariance: tf.Tensor, shrinkage: float = 0.0, epsilon: float = 0.0
) -> tf.Tensor:
    """Returns `(S + (shrinkage * mean variance + epsilon) I)^(-1/2)`, symmetric.

    It is made from the eigenvectors and eigenvalues of `S`, but not differentiated
    through them. Eigenvectors turn without limit where eigenvalues meet: their
    gradient has the terms `1 / (l_i - l_j)`, and `tf.linalg.eigh` puts 0 in place of
    an infinite one. A matrix function has no such terms. With `G` the gradient from
    above, `U` the eigenvectors and `r_i` the roots of the eigenvalues of the matrix in
    brackets, the gradient by that matrix is (Daleckii and Krein)

        U (K * U'GU) U'        K_ij = (1/r_i - 1/r_j) / (r_i^2 - r_j^2)
                                    = -1 / (r_i r_j (r_i + r_j))

    The difference cancels by algebra, so that nothing is expanded, truncated or
    clipped, and equal eigenvalues are a case like any other. Replacing
    `1 / (l_i - l_j)` by a Taylor series (Wang et al.) or a Padé approximant (Song et
    al.) gives a finite gradient too, but not this one: what is bounded, times
    `1/r_i - 1/r_j`, is 0 where the eigenvalues are equal.

    Derivatives of derivatives are right as well: `K` is applied by solving
    `R Z + Z R = -R^(-1) G R^(-1)`, where `R` is the root of the matrix; the gradient of
    that equation's solution solves the same equation again.

    XLA's eigendecomposition is good to about 1e-6, in float64 too.

    Args:
        covariance: `S`, float32 or float64 tensor of shape `(..., units, units)`,
            positive semi-definite. Only its symmetric part counts; eigenvalues below 0
            are taken for rounding, and for 0.
        shrinkage: How many times the mean variance is added to each variance, at
            least 0. See `ReadOut`.
        epsilon: What is added besides, at least 0. With `shrinkage` and `epsilon` both
            0 a matrix without an inverse gives NaN.

    Returns:
        Tensor of the shape and dtype of `covariance`.

    Raises:
        ValueError: If an argument is out of its range, or `covariance` is not square.
        TypeError: If `covariance` is neither float32 nor float64.

    Example:
        >>> import tensorflow as tf
        >>> from kate_keras.layers import whitening_matrix
        >>> whitening_matrix(tf.constant([[4.0, 0.0], [0.0, 0.25]])).numpy()
        array([[0.5, 0. ],
               [0. , 2. ]], dtype=float32)

    Reference:
        Daleckii and Krein 1965, as in Higham, "Functions of Matrices", SIAM 2008,
        chapter 3. The routes not taken: Wang, Dang, Hu, Fua and Salzmann, "Robust
        Differentiable SVD", TPAMI 2021; Song, Sebe and Wang, "Why Approximate Matrix
        Square Root Outperforms Accurate SVD in Global Covariance Pooling?", ICCV 2021.
    """
    for name, value in (("shrinkage", shrinkage), ("epsilon", epsilon)):
        if not math.isfinite(value) or value < 0:
            raise ValueError(
                f"`{name}` must be finite and at least 0. Received: {name}={value!r}"
            )
    covariance = tf.convert_to_tensor(covariance)
    _check_matrix(covariance)
    units = tf.shape(covariance)[-1]
    mean_variance = tf.linalg.trace(covariance) / tf.cast(units, covariance.dtype)
    shift = (shrinkage * mean_variance + epsilon)[..., None]
    symmetric = 0.5 * (covariance + tf.linalg.matrix_transpose(covariance))
    # The mean variance is a part of the matrix, and has its share of the gradient.
    identity = tf.eye(units, dtype=covariance.dtype)
    return _inverse_root(symmetric + shift[..., None] * identity, least=shift)


def _check_matrix(covariance: tf.Tensor) -> None:
    if covariance.dtype not in (tf.float32, tf.float64):
        raise TypeError(
            "`covariance` must be float32 or float64; cast it first. "
            f"Received: dtype={covariance.dtype.name}"
        )
    shape = covariance.shape
    if shape.rank is not None and (
        shape.rank < 2 or not shape[-1:].is_compatible_with(shape[-2:-1])
    ):
        raise ValueError(
            "`covariance` must have the shape (..., units, units). "
            f"Received: shape={tuple(shape)}"
        )


def _inverse_root(matrix: tf.Tensor, least: tf.Tensor) -> tf.Tensor:
    """Returns `A^(-1/2)` of a symmetric matrix.

    Args:
        matrix: `A`, shape `(..., units, units)`.
        least: What no eigenvalue is below but by rounding, shape `(..., 1)`.

    Returns:
        Tensor of the shape of `matrix`.
    """
    values, axes = tf.linalg.eigh(tf.stop_gradient(matrix))
    roots = tf.sqrt(tf.maximum(values, tf.stop_gradient(least)))
    sums = roots[..., :, None] + roots[..., None, :]

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def solve(root: tf.Tensor, right: tf.Tensor) -> tuple:
        """Solves `R Z + Z R = right` for `Z`, where `R = A^(1/2)` is `root`."""

        def gradient(upstream: tf.Tensor) -> tuple:
            by_right = solve(root, upstream)
            turned = tf.linalg.matrix_transpose(solve(root, right))
            return -(by_right @ turned + turned @ by_right), by_right

        rotated = tf.matmul(axes, right @ axes, transpose_a=True)
        return tf.matmul(axes @ (rotated / sums), axes, transpose_b=True), gradient

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def inverse_root(matrix: tf.Tensor) -> tuple:
        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            # Made anew from `matrix`, so that a second derivative finds its way.
            inverse = inverse_root(matrix)
            return -solve(matrix @ inverse, inverse @ upstream @ inverse)

        return tf.matmul(axes / roots[..., None, :], axes, transpose_b=True), gradient

    return inverse_root(matrix)
