from .page import (
    make_report as make_report,
)
