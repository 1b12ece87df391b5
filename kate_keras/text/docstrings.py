"""Docstrings of the installed Python: real texts with labels, on every machine."""

import ast
import sysconfig
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from kate_keras.text.document import Document
from kate_keras.text.records import Record

# TensorFlow is not among them: its generated wrappers would be a third of the corpus.
PACKAGES = ("numpy", "scipy", "sklearn", "pandas", "matplotlib", "keras")
SKIPPED_FOLDERS = frozenset(
    "test tests idlelib lib2to3 site-packages dist-packages __pycache__".split()
)
FEWEST_WORDS = 20
# A file without them, of which there are many, has no docstring of that length.
TRIPLE_QUOTES = (b'"""', b"'''")

Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def read_docstrings() -> Iterator[Record]:
    """Yields the docstrings of the standard library and of scientific packages.

    They are read from the source files; nothing is imported. A document's id is the
    dotted name of what it documents, its label the top-level module or package. Left
    out are docstrings of fewer than 20 words and those met before. Which packages
    there are, and their versions, decide what the corpus holds.
    """
    texts: set[int] = set()
    names: set[str] = set()
    number = 0
    for root, top in _roots():
        for path in _sources(root / top if top else root):
            for name, text in _docstrings(path, _module(path.relative_to(root))):
                # The hash of a long text stands for it: 8 bytes for a kilobyte.
                if len(text.split()) < FEWEST_WORDS or hash(text) in texts:
                    continue
                if name in names or not _is_unicode(text):
                    continue
                texts.add(hash(text))
                names.add(name)
                number += 1
                label = name.partition(".")[0]
                yield Record(number, Document(text, name, (label,)))


def _roots() -> Iterator[tuple[Path, str]]:
    """Yields folders that modules are named from, and the package to read in each."""
    yield Path(sysconfig.get_path("stdlib")), ""
    for package in PACKAGES:
        # For a top-level name this looks for files and imports nothing.
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            yield Path(folder).parent, Path(folder).name


def _sources(folder: Path) -> Iterator[Path]:
    """Yields the Python files below a folder, in one order on every system."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in SKIPPED_FOLDERS and not path.is_symlink():
                yield from _sources(path)
        elif path.suffix == ".py":
            yield path


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _docstrings(path: Path, module: str) -> Iterator[tuple[str, str]]:
    """Yields dotted names and docstrings of a file; none if it does not parse."""
    try:
        source = path.read_bytes()
        if not any(quotes in source for quotes in TRIPLE_QUOTES):
            return
        with warnings.catch_warnings():
            # Other people's invalid escapes are no concern of the reader's.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    yield from _definitions(tree, module)


def _definitions(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    """Walks modules, classes, `if` and `try`, but not the inside of functions."""
    if isinstance(node, Definition):
        text = ast.get_docstring(node)
        if text:
            yield name, text
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _definitions(child, f"{name}.{child.name}")
        elif isinstance(child, ast.stmt | ast.excepthandler):
            yield from _definitions(child, name)


def _is_unicode(text: str) -> bool:
    """Whether a docstring has a UTF-8 form; an escape may name a lone surrogate."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
