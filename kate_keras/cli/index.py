"""`kate index`: a corpus to an index of similar documents."""

import argparse
from pathlib import Path

from tqdm import tqdm

from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    add_light_option,
    open_corpus,
    report_skipped,
    say,
    show_facts,
    whole_number,
)


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

    corpus = open_corpus(options, options.corpus)
    with IndexWriter(
        options.output, options.model, light=options.light, snippet=options.snippet
    ) as writer:
        with tqdm(unit=" documents", disable=None) as bar:
            for n_documents in writer.add(corpus):
                bar.update(n_documents)
        report_skipped(corpus)
        if options.prune:
            if corpus.n_skipped:
                say("nothing was taken out, as some documents could not be read")
            else:
                writer.remove_others()
        say("preparing search and map")
        writer.finish()
    index = DocumentIndex(options.output)
    facts = {
        "index": options.output,
        "documents": len(index),
        "added": writer.n_added,
        "changed": writer.n_changed,
        "unchanged": writer.n_unchanged,
        "removed": writer.n_removed,
        "skipped": corpus.n_skipped,
        "documents_without_known_words": index.count_unknown(),
        "search": "exact" if index.facts.probes is None else "approximate",
        "recall": round(index.facts.recall, 4),
        "fingerprint": index.facts.fingerprint,
    }
    show_facts(facts, options.json)
