"""`kate search`: the documents of an index that are most like a text."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kate_keras.cli.options import (
    add_json_option,
    positive,
    show_json,
)
from kate_keras.cli.standard_streams import printable
from kate_keras.errors import InputError
from kate_keras.loading import load

if TYPE_CHECKING:
    from kate_keras.index import DocumentIndex


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate search`."""
    parser.add_argument("index", metavar="INDEX")
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("-n", type=positive, default=10, help="(default: %(default)s)")
    parser.add_argument(
        "--label",
        metavar="LABEL",
        action="append",
        default=[],
        help="only documents with this label; more than once, with any of them",
    )
    parser.add_argument(
        "--exact",
        action="store_true",
        help="compare every vector, where the index would look through a part",
    )
    parser.add_argument(
        "--model",
        metavar="MODEL",
        type=Path,
        help="encode TEXT with this model folder, and TensorFlow, instead of the "
        "index's own copy",
    )
    add_json_option(parser)


def check(index: "DocumentIndex", labels: list[str]) -> None:
    """Refuses to search where nothing can be found.

    Raises:
        InputError: If there are no documents, or none of a label.
    """
    if not len(index):
        raise InputError(
            "The index holds no documents: all were deleted, or its making was "
            "interrupted. Run `kate index` to add some, or again as before."
        )
    there = index.labels() if labels else {}
    for label in labels:
        if label not in there:
            raise InputError(f"The index has no document with the label {label!r:.80}.")


def run(options: argparse.Namespace) -> None:
    """Prints what was found."""
    from kate_keras.index import DocumentIndex
    from kate_keras.index.tables import reached

    model = None if options.model is None else load(options.model)
    with reached(options.index):
        index = DocumentIndex(options.index)
        check(index, options.label)
        (matches,) = index.search(
            [options.text],
            options.n,
            labels=options.label,
            exact=options.exact,
            model=model,
        )
    if options.json:
        show_json([{"similarity": m.similarity, **asdict(m.document)} for m in matches])
        return
    if not matches:
        of_labels = " with such a label" if options.label else ""
        print(
            "nothing found: the index knows no word of the text, or none of any "
            f"document{of_labels}"
        )
    for match in matches:
        document = match.document
        labels = f"  [{', '.join(document.labels)}]" if document.labels else ""
        print(f"{match.similarity:+.3f}  {printable(document.id + labels)}")
        print(f"        {printable(document.snippet)}")
