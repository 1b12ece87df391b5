"""A model as one page that a colleague can open: `make_report`, `kate report`."""

from kate_keras.report.page import make_report

__all__ = ["make_report"]
