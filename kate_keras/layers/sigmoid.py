"""A sigmoid whose last bit does not depend on the batch."""

import keras
import tensorflow as tf


def sigmoid(inputs: tf.Tensor) -> tf.Tensor:
    """Returns `1 / (1 + exp(-a)) = (1 + tanh(a / 2)) / 2`, element by element.

    TensorFlow's own sigmoid rounds the elements of a vector register and those left
    over at the end of a tensor differently on a CPU, so that a document's vector would
    depend on how many others it is encoded with. Its tanh rounds all alike.

    Args:
        inputs: `a`, floating-point tensor of any shape.

    Returns:
        Tensor of the shape and dtype of `inputs`, from 0 to 1.

    Example:
        >>> import tensorflow as tf
        >>> from kate_keras.layers import sigmoid
        >>> sigmoid(tf.constant([0.0, 100.0])).numpy().tolist()
        [0.5, 1.0]
    """
    return 0.5 + 0.5 * keras.ops.tanh(0.5 * inputs)


keras.saving.register_keras_serializable(package="kate_keras")(sigmoid)
