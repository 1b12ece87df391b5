"""The dtype of what a layer must not round."""


def exact_dtype(compute_dtype: str) -> str:
    """Returns float64 for a layer that computes in it, else float32.

    Half precision has no counts above 65,504, and loses small steps.

    Example:
        >>> from kate_keras.layers.exact_dtype import exact_dtype
        >>> [exact_dtype(dtype) for dtype in ("float16", "float32", "float64")]
        ['float32', 'float32', 'float64']
    """
    return "float64" if compute_dtype == "float64" else "float32"
