"""What happens when TensorFlow and Keras are imported, now or later.

`import kate_keras` imports neither, so that commands which need neither answer at once.
Two things have to happen when they are:

- TensorFlow prints informational lines to stderr while it is imported, from native code
  and whatever the log level. They would stand before every one-line message of the
  command, so they are left out; warnings and errors are passed on.
- Keras loads saved models by the registered names of their layers, so the layers and
  models of this package are registered as soon as Keras is there, whichever was
  imported first.
"""

import importlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

NOTICE = re.compile(
    rb"^(I\d{4} |\d{4}-\d\d-\d\d [\d:.]+: I |WARNING: All log messages before absl"
    rb"|To enable the following instructions)"
)
# What is imported as soon as a module is, so that what it holds is registered.
AFTER = {
    "keras": "kate_keras.layers",
    "kate_keras.layers": "kate_keras.models",
    "kate_keras.models": "kate_keras.training.losses",
}


def watch_imports() -> None:
    """Arranges for both; what has been imported already is seen to at once."""
    sys.meta_path.insert(0, ImportWatch())
    if "keras" in sys.modules:
        importlib.import_module(AFTER["keras"])


class ImportWatch(MetaPathFinder):
    """Finds the watched modules as Python would, and wraps their loaders."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Returns the module's specification; `None` for modules not watched."""
        if fullname != "tensorflow" and fullname not in AFTER:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = WatchedLoader(spec.loader)
        return spec


class WatchedLoader(Loader):
    """Executes a module as its own loader would, and then what is to follow."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Makes the empty module."""
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Fills the module."""
        spec = module.__spec__
        assert spec is not None  # noqa: S101  The import system sets it.
        # From here on the module is as if it had never been watched.
        spec.loader = module.__loader__ = self.loader
        if module.__name__ == "tensorflow":
            with without_notices():
                self.loader.exec_module(module)
        else:
            self.loader.exec_module(module)
            importlib.import_module(AFTER[module.__name__])


@contextmanager
def without_notices() -> Iterator[None]:
    """Holds back what is printed to stderr, and shows it at the end less the notices.

    Does nothing if the user set `TF_CPP_MIN_LOG_LEVEL` to 0 and so asked to see
    everything.
    """
    level = os.environ.get("TF_CPP_MIN_LOG_LEVEL")
    if level == "0":
        yield
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as printed:
        os.dup2(printed.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            if level is None:
                # It is read once; left there it would look like the user's own choice.
                del os.environ["TF_CPP_MIN_LOG_LEVEL"]
            printed.seek(0)
            os.write(2, b"".join(line for line in printed if not NOTICE.match(line)))
