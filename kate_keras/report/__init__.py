"""A model as one page that a colleague can open: `make_report`, `kate report`.

Needs `pip install 'kate_keras[report]'`.
"""

from kate_keras.extras import attach_extra

__getattr__, __dir__, __all__ = attach_extra(
    __name__, __file__, "report", "the extra `report`", ("jinja2", "matplotlib")
)
