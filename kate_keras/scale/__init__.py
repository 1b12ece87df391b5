"""Corpora that outgrow one machine: the same results, on Ray.

Needs `pip install 'kate_keras[scale]'`.
"""

from kate_keras.extras import attach_extra

__getattr__, __dir__, __all__ = attach_extra(
    __name__, __file__, "scale", "Ray", ("pyarrow", "ray")
)
