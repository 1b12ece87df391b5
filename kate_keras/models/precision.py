"""Models that compute in a precision of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras

# In which a model that is saved gives the same vectors again.
SINGLE = "float32"


@contextmanager
def precision(policy: str | keras.DTypePolicy = SINGLE) -> Iterator[None]:
    """Makes layers of this dtype policy in the block, whatever Keras' is set to.

    Args:
        policy: Keras' name of a dtype policy, or one.

    Example:
        >>> import keras
        >>> from kate_keras.models.precision import precision
        >>> with precision("mixed_bfloat16"):
        ...     layer = keras.layers.Dense(2)
        >>> layer.compute_dtype, keras.layers.Dense(2).compute_dtype
        ('bfloat16', 'float32')
    """
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(usual)
