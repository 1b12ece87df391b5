"""The log: lines for people, or JSON for machines."""

import logging
import time
from typing import Any

import orjson

from serving.metrics import LOST_LINES

# What the access log adds to a record.
FIELDS = (
    *("request_id", "method", "route", "status", "milliseconds", "documents"),
    *("trace_id", "model", "version", "fingerprint"),
)


class LogHandler(logging.StreamHandler):
    """Writes to stderr; what cannot be written, as its disk is full, is counted.

    The log cannot tell of its own end, the metrics can.
    """

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802
        """Counts a line that is lost."""
        LOST_LINES.inc()


class JSONFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record's line."""
        moment = time.gmtime(record.created)
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", moment)
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for field in FIELDS:
            value = getattr(record, field, None)
            if value is not None:
                line[field] = value
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def set_up(level: str, form: str) -> None:
    """Sends the log of the whole process to stderr.

    Args:
        level: Least severe level, such as `info`.
        form: `"text"` or `"json"`.
    """
    handler = LogHandler()
    handler.setFormatter(
        JSONFormatter()
        if form == "json"
        else logging.Formatter("%(levelname)s:     %(message)s")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler])
