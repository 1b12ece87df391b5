"""Corpora that are known by name."""

from collections.abc import Iterator
from pathlib import PurePath

from kate_keras.errors import InputError
from kate_keras.text.docstrings import read_docstrings
from kate_keras.text.document import Document
from kate_keras.text.rcv1 import read_rcv1
from kate_keras.text.records import Reader, Record

SUBSETS = ("train", "test", "all")


def named_reader(source: str, *, download: bool) -> Reader | None:
    """Returns the reader of a known corpus, or `None` if the name is not known.

    Args:
        source: A name, perhaps with a colon and the subset.
        download: Whether a corpus that is not on this machine may be fetched.

    Raises:
        InputError: If the corpus is known but the subset is not.
    """
    if source == "docstrings":
        return read_docstrings
    name, colon, subset = source.partition(":")
    fetched = {"20newsgroups": read_20newsgroups, "rcv1": read_rcv1}
    if name not in fetched:
        return None
    if colon and subset not in SUBSETS:
        raise InputError(
            f"The parts of {name} are {', '.join(f'{name}:{s}' for s in SUBSETS)}. "
            f"Received: {source!r:.80}"
        )
    return lambda: _present(name, fetched[name](subset or "train", download), download)


def _present(name: str, records: Iterator[Record], download: bool) -> Iterator[Record]:
    """Passes records on, and says what to do if their corpus is not there."""
    try:
        yield from records
    except OSError as error:
        if download:
            raise InputError(f"{name} could not be downloaded: {error}") from None
        raise InputError(
            f"{name} is not on this machine. To fetch it, add --download "
            "(command line) or download=True."
        ) from None


def read_20newsgroups(subset: str, download: bool) -> Iterator[Record]:
    """Yields the posts of 20 Newsgroups ("bydate"), headers kept, in file order.

    Args:
        subset: `"train"`, `"test"` or `"all"`.
        download: Whether scikit-learn may fetch them.
    """
    from sklearn.datasets import fetch_20newsgroups

    posts = fetch_20newsgroups(
        subset=subset, shuffle=False, remove=(), download_if_missing=download
    )
    rows = zip(posts.data, posts.filenames, posts.target, strict=True)
    for number, (text, filename, target) in enumerate(rows, 1):
        # The group and the number of the post: the number alone may come twice.
        name = "/".join(PurePath(filename).parts[-2:])
        yield Record(number, Document(text, name, (posts.target_names[target],)))
