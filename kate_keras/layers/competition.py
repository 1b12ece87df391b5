"""Who wins a competition: the masks behind the competitive layers."""

import tensorflow as tf


def top_mask(scores: tf.Tensor, places: int) -> tf.Tensor:
    """Marks the `places` largest scores of every row.

    Args:
        scores: Floating-point tensor of shape `(batch, units)`.
        places: How many are marked. Ties go to the lower index.

    Returns:
        Boolean tensor of the shape of `scores`. It is a constant of the gradient.
    """
    if places == 0:
        return tf.zeros_like(scores, tf.bool)
    _, units = tf.math.top_k(scores, k=places, sorted=False)
    rows = tf.broadcast_to(tf.range(tf.shape(scores)[0])[:, None], tf.shape(units))
    ones = tf.ones_like(units)
    return tf.scatter_nd(tf.stack([rows, units], axis=-1), ones, tf.shape(scores)) > 0


def winners(activations: tf.Tensor, k: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Decides the competition of KATE by sign (Chen and Zaki 2017, section 3.1).

    Args:
        activations: Floating-point tensor of shape `(batch, units)`.
        k: Number of places: `ceil(k / 2)` positive and `floor(k / 2)` negative.

    Returns:
        Two boolean masks of the shape of `activations`: the positive winners (the
        largest strictly positive units) and the negative winners (the lowest strictly
        negative ones).

    Example:
        >>> import tensorflow as tf
        >>> from kate_keras.layers import winners
        >>> positive, negative = winners(tf.constant([[0.8, 0.2, -0.1, -0.6]]), k=2)
        >>> positive.numpy().tolist(), negative.numpy().tolist()
        ([[True, False, False, False]], [[False, False, False, True]])
    """
    positive = top_mask(activations, (k + 1) // 2) & (activations > 0)
    negative = top_mask(-activations, k // 2) & (activations < 0)
    return positive, negative


def compete(activations: tf.Tensor, k: int, alpha: float) -> tf.Tensor:
    """Lets winners take the losers' energy, sign by sign.

    With `E+` the sum of the positive losers and `E-` that of the absolute negative
    ones, a positive winner becomes `h + alpha * E+`, a negative winner
    `h - alpha * E-` and every loser 0 (Chen and Zaki 2017, section 3.1).

    Args:
        activations: Tensor of shape `(batch, units)`, float32 or float64.
        k: Number of winners at the most.
        alpha: Amplification of the losers' energy.

    Returns:
        Tensor of the shape and dtype of `activations`.
    """
    positive, negative = winners(activations, k)
    zeros = tf.zeros_like(activations)
    # By masks rather than maximum and minimum, which give a zero a share of gradient.
    positive_losers = tf.where((activations > 0) & ~positive, activations, zeros)
    negative_losers = tf.where((activations < 0) & ~negative, activations, zeros)
    gain = alpha * tf.reduce_sum(positive_losers, axis=-1, keepdims=True)
    drop = alpha * tf.reduce_sum(negative_losers, axis=-1, keepdims=True)
    raised = tf.where(positive, activations + gain, zeros)
    return tf.where(negative, activations + drop, raised)
