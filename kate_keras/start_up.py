"""TensorFlow's import without its notices.

TensorFlow prints informational lines to stderr while it is imported, from native code
and whatever the log level. They would stand before every one-line message of the
command, so they are left out; warnings and errors are passed on.
"""

import os
import re
import sys
import tempfile

NOTICE = re.compile(
    rb"^(I\d{4} |\d{4}-\d\d-\d\d [\d:.]+: I |WARNING: All log messages before absl"
    rb"|To enable the following instructions)"
)


def import_tensorflow() -> None:
    """Imports TensorFlow; what it prints is shown unless it is a notice.

    Does nothing special if TensorFlow is imported already, or if the user set
    `TF_CPP_MIN_LOG_LEVEL` to 0 and so asked to see everything.
    """
    level = os.environ.get("TF_CPP_MIN_LOG_LEVEL")
    if "tensorflow" in sys.modules or level == "0":
        import tensorflow  # noqa: F401
    else:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
        try:
            _import_without_notices()
        finally:
            if level is None:
                # It is read once; left there it would look like the user's own choice.
                del os.environ["TF_CPP_MIN_LOG_LEVEL"]


def _import_without_notices() -> None:
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as printed:
        os.dup2(printed.fileno(), 2)
        try:
            import tensorflow  # noqa: F401
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            printed.seek(0)
            os.write(2, b"".join(line for line in printed if not NOTICE.match(line)))
