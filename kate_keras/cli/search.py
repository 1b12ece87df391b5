"""`kate search`: the documents of an index that are most like a text."""

import argparse
from dataclasses import asdict
from pathlib import Path

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.loading import load


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


def run(options: argparse.Namespace) -> None:
    """Prints what was found."""
    from kate_keras.index import DocumentIndex

    index = DocumentIndex(options.index)
    model = None if options.model is None else load(options.model)
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
        print(
            "nothing found: no word of the text is known, or no document has the label"
        )
    for match in matches:
        document = match.document
        labels = f"  [{', '.join(document.labels)}]" if document.labels else ""
        print(f"{match.similarity:+.3f}  {document.id}{labels}")
        print(f"        {document.snippet}")
