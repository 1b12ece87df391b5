"""`kate index`: a corpus to an index of similar documents."""

import argparse
from pathlib import Path

from tqdm import tqdm

from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    add_light_option,
    check_apart,
    open_corpus,
    reading_facts,
    report_skipped,
    share,
    show_facts,
    whole_number,
)
from kate_keras.cli.standard_streams import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate index`."""
    parser.description = (
        "Puts the documents of a corpus into an index, or brings it up to date: new "
        "documents are added, changed ones replaced. Run it again after an "
        "interruption; it goes on where it stopped."
    )
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("corpus", metavar="CORPUS")
    parser.add_argument(
        "-o",
        "--output",
        metavar="INDEX",
        required=True,
        help="folder, or an address in object storage such as s3://bucket/index",
    )
    parser.add_argument(
        "--prune",
        action="store_true",
        help="take out documents that the corpus no longer has",
    )
    parser.add_argument(
        "--most-pruned",
        metavar="SHARE",
        type=share,
        default=0.5,
        help="of the index; if more would go, it is taken for the wrong corpus and "
        "nothing is done (default: %(default)s)",
    )
    parser.add_argument(
        "--snippet",
        metavar="N",
        type=whole_number,
        help="characters of every document to keep, for a new index (default: 300)",
    )
    add_light_option(parser)
    add_json_option(parser)
    add_corpus_options(parser)


def run(options: argparse.Namespace) -> None:
    """Indexes."""
    from kate_keras.index import DocumentIndex, IndexWriter
    from kate_keras.index.tables import local_folder, reached

    folder = local_folder(str(options.output))
    if folder is not None:
        check_apart(folder, options.corpus)
    corpus = open_corpus(options, options.corpus)
    with IndexWriter(
        options.output, options.model, light=options.light, snippet=options.snippet
    ) as writer:
        if options.prune:
            # Before anything is written, of the wrong corpus too.
            ids = {document.id for document in corpus}
            if not corpus.n_skipped:
                writer.check_others(ids, options.most_pruned)
        with tqdm(unit=" documents", disable=None) as bar:
            for n_documents in writer.add(corpus):
                bar.update(n_documents)
        report_skipped(corpus)
        if options.prune:
            if corpus.n_skipped:
                say("nothing was taken out, as some documents could not be read")
            else:
                writer.remove_others(options.most_pruned)
        say("preparing search and map")
        writer.finish()
    with reached(options.output):
        index = DocumentIndex(options.output)
        n_documents, n_unknown = len(index), index.count_unknown()
        known = index.facts
    read = reading_facts(corpus)
    facts = {
        "index": options.output,
        "documents": n_documents,
        "read": read["documents"],
        "empty": read["empty"],
        "added": writer.n_added,
        "changed": writer.n_changed,
        "unchanged": writer.n_unchanged,
        "removed": writer.n_removed,
        "skipped": read["skipped"],
        "documents_without_known_words": n_unknown,
        "search": "exact" if known.probes is None else "approximate",
        "recall": round(known.recall, 4),
        "fingerprint": known.fingerprint,
    }
    show_facts(facts, options.json)
