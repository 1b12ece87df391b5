"""`kate delete`: documents out of an index."""

import argparse

from kate_keras.cli.options import add_json_option, show_facts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate delete`."""
    parser.add_argument("index", metavar="INDEX")
    parser.add_argument("ids", metavar="ID", nargs="+")
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Takes them out."""
    from kate_keras.index import DocumentIndex, delete_documents
    from kate_keras.index.tables import reached

    ids = list(dict.fromkeys(options.ids))
    with reached(options.index):
        delete_documents(options.index, ids)
        n_documents = len(DocumentIndex(options.index))
    facts = {"index": options.index, "removed": len(ids), "documents": n_documents}
    show_facts(facts, options.json)
