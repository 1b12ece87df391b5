"""Activations to the vectors that are handed out."""

import math
from collections.abc import Iterable
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

ReadOutMode = Literal["activations", "centered", "whitened", "linear"]
MODES = ("activations", "centered", "whitened", "linear")
# Those that weigh and turn directions.
WHITENING_MODES = ("whitened", "linear")
# Shrinkage where all directions of a code count alike.
PLAIN_SHRINKAGE = 8.0
# Share of the mean square that is taken for none.
ROUNDING = 1e-12


@keras.saving.register_keras_serializable(package="kate_keras")
class ReadOut(keras.layers.Layer):
    """Turns activations into document vectors with the training corpus' statistics.

    Whitened, with `h(0)` the activations of a document without words, `G` the Gram
    matrix `W^T W` of the kernel, `u` the direction from the empty text's `g` to the
    training mean, `B` a basis of what is orthogonal to it and `S` the covariance of
    `g B`, whose mean variance is `s`:

        g = (h - h(0)) G
        v = g (B (S + shrinkage * s * I)^(-1/2) B^T + c u u^T)

    `G` gives every direction the weight that it has in the words of a reconstruction:
    `g` is the reconstruction's logits, put through the kernel again. `c` is such that
    the mean square along `u` is the average of those along the other axes. The way from
    the empty text to the mean document is what all documents have in common; where one
    lies along it says how much text there is, rather than what it is about. Measured
    from the mean, with all axes alike, a text of few words would be mostly `h(0)` less
    the mean, and any two of them would be alike. Now the empty text is the zero vector,
    and `u` counts as one axis among many.

    Args:
        mode: `"activations"`, unchanged (the paper); `"centered"`, less the training
            mean; `"whitened"`, also weighted by `G`, rotated to the principal axes,
            divided by `sqrt(variance + shrinkage * mean variance)` there, and rotated
            back, so that a dimension stays with its unit. Cosines and distances are
            those of the principal axes. `"linear"`, the same of pre-activations, which
            the model hands to it instead: `x W + b` less `b`, so that a vector is the
            sum of what its words add. `tanh` tells large pre-activations hardly apart,
            and what a code of few units knows of a document is mostly in these.
        shrinkage: How many times the mean variance is added to each; keeps the noise
            of weak axes small. In Ledoit and Wolf's terms, a covariance shrunk by
            `shrinkage / (1 + shrinkage)` towards the identity. `None`,
            `gram_shrinkage(units)` where `G` is known, else 8.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Activations (`"linear"`: pre-activations), tensor of shape `(batch,
            units)`.

    Returns:
        Vectors of the shape of `inputs`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.ReadOut("whitened", shrinkage=3.0)
        >>> layer.adapt([np.array([[2.0, 1.0], [2.0, -1.0]])], zero=np.zeros(2))
        >>> layer(np.array([[2.0, 1.0], [4.0, 0.0], [0.0, 0.0]], "float32")).numpy()
        array([[0.5, 0.5],
               [1. , 0. ],
               [0. , 0. ]], dtype=float32)

    Reference:
        The read-out is not in the paper. The shrunk covariance is that of Ledoit and
        Wolf, "A well-conditioned estimator for large-dimensional covariance matrices",
        Journal of Multivariate Analysis 2004, with a fixed intensity. Arora, Liang and
        Ma, "A simple but tough-to-beat baseline for sentence embeddings", ICLR 2017,
        take the direction that all texts have in common out altogether, and find it as
        the first principal axis.
    """

    def __init__(
        self,
        mode: ReadOutMode = "whitened",
        shrinkage: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if mode not in MODES:
            raise ValueError(f"`mode` must be one of {MODES}. Received: mode={mode!r}")
        if shrinkage is not None and (not np.isfinite(shrinkage) or shrinkage <= 0):
            raise ValueError(
                "`shrinkage` must be finite and above 0, or a direction without "
                f"variance would be divided by 0. Received: shrinkage={shrinkage!r}"
            )
        self.mode = mode
        self.shrinkage = None if shrinkage is None else float(shrinkage)
        self.supports_masking = True
        self.reset_state()

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights of an identity; `adapt` fills them."""
        units = input_shape[-1]
        if self.mode != "activations":
            # Named as in folders whose vectors are all measured from the mean.
            self.origin = self.add_weight(
                name="mean", shape=(units,), initializer="zeros", trainable=False
            )
        if self.mode in WHITENING_MODES:
            self.whitening = self.add_weight(
                name="whitening",
                shape=(units, units),
                initializer="identity",
                trainable=False,
            )
        self.built = True

    def reset_state(self) -> None:
        """Forgets what `update_state` gathered."""
        self._count = 0
        self._mean: Any = 0.0
        self._scatter: Any = 0.0

    def update_state(self, activations: np.ndarray) -> None:
        """Adds a batch to the running mean and scatter, in float64.

        Args:
            activations: Array of shape `(batch, units)`.
        """
        batch = np.asarray(activations, np.float64)
        if not len(batch):
            return
        count, mean = len(batch), batch.mean(axis=0)
        delta = mean - self._mean
        total = self._count + count
        between = np.outer(delta, delta) * (self._count * count / total)
        self._scatter = self._scatter + (batch - mean).T @ (batch - mean) + between
        self._mean = self._mean + delta * (count / total)
        self._count = total

    def finalize_state(
        self, zero: np.ndarray | None = None, gram: np.ndarray | None = None
    ) -> None:
        """Turns the gathered statistics into the layer's weights.

        Args:
            zero: `h(0)`, shape `(units,)`; see `adapt`.
            gram: `G`, shape `(units, units)`; see `adapt`.

        Raises:
            ValueError: If nothing was gathered, or the activations are constant.
        """
        if not self._count:
            raise ValueError(
                "ReadOut has no statistics: give `adapt` at least a batch."
            )
        if not self.built:
            self.build((None, len(self._mean)))
        if self.mode == "activations":
            return
        known = self.mode in WHITENING_MODES and zero is not None
        origin = np.asarray(zero, np.float64) if known else self._mean
        self.origin.assign(origin)
        if self.mode in WHITENING_MODES:
            weight, shrinkage = np.eye(len(origin)), PLAIN_SHRINKAGE
            if gram is not None:
                weight = np.asarray(gram, np.float64)
                shrinkage = gram_shrinkage(len(origin))
            if self.shrinkage is not None:
                shrinkage = self.shrinkage
            covariance = weight @ (self._scatter / self._count) @ weight
            way = (self._mean - origin) @ weight
            self.whitening.assign(weight @ _whitening(covariance, way, shrinkage))

    def adapt(
        self,
        batches: Iterable[np.ndarray],
        zero: np.ndarray | None = None,
        gram: np.ndarray | None = None,
    ) -> None:
        """Learns the statistics of batches of activations.

        Args:
            batches: Arrays of shape `(batch, units)`.
            zero: `h(0)`, activations of a document without words, shape `(units,)`;
                `None`, not known: vectors are measured from the mean, and all axes are
                alike. It has a part in the modes `"whitened"` and `"linear"` alone.
            gram: `G`, shape `(units, units)`; its scale has no part. `None`, the
                identity. It has a part in the same modes.

        Raises:
            ValueError: As `finalize_state`.
        """
        self.reset_state()
        for activations in batches:
            self.update_state(activations)
        self.finalize_state(zero, gram)

    def move_origin(self, way: np.ndarray) -> None:
        """Measures vectors from another origin; axes stay.

        Args:
            way: From the origin to the new one, shape `(units,)`.
        """
        if self.mode != "activations":
            # In float64, so that the empty text stays exactly zero where it was.
            self.origin.assign(self.origin.numpy().astype(np.float64) + way)

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the document vectors."""
        if self.mode == "activations":
            return inputs
        centered = inputs - self.origin
        if self.mode == "centered":
            return centered
        # One row at a time: a product of the whole batch sums in an order that
        # depends on the batch's size, and a vector must not depend on its neighbours.
        rows = keras.ops.expand_dims(centered, -2)
        return keras.ops.squeeze(keras.ops.matmul(rows, self.whitening), -2)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {**super().get_config(), "mode": self.mode, "shrinkage": self.shrinkage}


def gram_shrinkage(units: int) -> float:
    """Returns the shrinkage of a read-out whose directions a Gram matrix weighs.

        shrinkage = sqrt(units / 32)

    The matrix leaves weak directions little variance already. The more units, the more
    of the directions are weak, and the smaller the mean variance is beside the largest.

    Args:
        units: Size of the code.

    Example:
        >>> from kate_keras.layers.read_out import gram_shrinkage
        >>> [gram_shrinkage(units) for units in (32, 128, 512)]
        [1.0, 2.0, 4.0]
    """
    return math.sqrt(units / 32)


def _whitening(covariance: np.ndarray, way: np.ndarray, shrinkage: float) -> np.ndarray:
    """The matrix that whitens, shape `(units, units)`.

    Args:
        covariance: Of what it whitens, shape `(units, units)`.
        way: From the origin to the mean, shape `(units,)`.
        shrinkage: How many times the mean variance is added to each.
    """
    if not covariance.any():
        raise ValueError("All documents have the same activations: nothing to whiten.")
    length = np.linalg.norm(way)
    if not length:
        return _inverse_root(covariance, shrinkage)[0]
    # An orthonormal basis whose first vector is along the way.
    basis = np.linalg.svd(way[:, None])[0]
    along, others = basis[:, :1], basis[:, 1:]
    square = length**2 + (along.T @ covariance @ along).item()
    rest = others.T @ covariance @ others
    if np.trace(rest) < ROUNDING * square:
        rest *= 0.0
    root, variance = _inverse_root(rest, shrinkage)
    common = along @ along.T * np.sqrt(variance / square)
    whitening: np.ndarray = others @ root @ others.T + common
    return whitening


def _inverse_root(covariance: np.ndarray, shrinkage: float) -> tuple[np.ndarray, float]:
    """Whitens: returns the matrix, and the mean variance of what it has whitened.

    Where nothing varies, or there is no axis at all, the matrix is zero, and the
    variance that which axes alike would have, `1 / (1 + shrinkage)`.
    """
    variances, axes = np.linalg.eigh(covariance)
    variances = np.maximum(variances, 0.0)
    if not variances.any():
        return np.zeros_like(covariance), 1 / (1 + shrinkage)
    shrunk = variances + shrinkage * variances.mean()
    return (axes / np.sqrt(shrunk)) @ axes.T, float((variances / shrunk).mean())
