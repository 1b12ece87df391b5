"""The way back through the competition, in closed form."""

import tensorflow as tf


def competition_gradient(
    activations: tf.Tensor,
    upstream: tf.Tensor,
    won: tuple[tf.Tensor, tf.Tensor],
    alpha: float,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Splits the gradient of the competition's input into its two ways.

    A winner's gradient comes straight through. A loser's output is 0, but its
    activation is part of the energy that the winners of its sign were given, so it
    receives `alpha` times the sum of their gradients.

    Args:
        activations: Input `h` of the competition, shape `(batch, units)`.
        upstream: Gradient `g` at its output, of the same shape and dtype.
        won: Masks of the positive and of the negative winners; see `winners`.
        alpha: Amplification of the losers' energy.

    Returns:
        `direct` and `through_alpha`, of the shape of `activations`. They sum to the
        gradient at the input.

    Example:
        >>> import tensorflow as tf
        >>> from kate_keras.layers import winners
        >>> from kate_keras.layers.competition_gradient import competition_gradient
        >>> h = tf.constant([[0.8, 0.2, 0.1, -0.1, -0.3, -0.6]])
        >>> won = winners(h, k=2)
        >>> direct, through = competition_gradient(h, tf.ones_like(h), won, alpha=2.0)
        >>> direct.numpy().tolist()
        [[1.0, 0.0, 0.0, 0.0, 0.0, 1.0]]
        >>> through.numpy().tolist()
        [[0.0, 2.0, 2.0, 2.0, 2.0, 0.0]]

    Reference:
        Chen and Zaki 2017, section 3.1; the chain rule through the layer's three
        steps: activations, the two energies, survivors.
    """
    positive, negative = won
    zeros = tf.zeros_like(upstream)
    direct = tf.where(positive | negative, upstream, zeros)

    def shared(own: tf.Tensor) -> tf.Tensor:
        """What a loser of that sign receives, shape `(batch, 1)`."""
        return alpha * tf.reduce_sum(tf.where(own, upstream, zeros), -1, keepdims=True)

    through = tf.where((activations > 0) & ~positive, shared(positive), zeros)
    through = tf.where((activations < 0) & ~negative, shared(negative), through)
    return direct, through
