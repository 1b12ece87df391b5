"""`kate encode`: documents to a file of vectors."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from kate_keras.artifact.folders import check_file_target, file_written_aside
from kate_keras.cli.cluster_options import (
    add_cluster_options,
    cluster_arguments,
    refuse_download,
    say_skipped,
)
from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    add_light_option,
    check_apart,
    open_corpus,
    reading_facts,
    report_skipped,
    show_facts,
)
from kate_keras.errors import InputError
from kate_keras.loading import load
from kate_keras.vector_files import WRITERS, check_format


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate encode`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("corpus", metavar="CORPUS", nargs="+")
    parser.add_argument(
        "-o",
        "--output",
        metavar="VECTORS",
        type=Path,
        required=True,
        help=".npz (ids, vectors, known_words, fingerprint), .npy (vectors alone), "
        ".jsonl or .parquet (id, known_words and embedding of every document); with "
        "--address a folder of .parquet files",
    )
    add_cluster_options(
        parser,
        "have processes of a Ray encode, each a part of the corpus, which may be "
        "several sources: ",
    )
    add_light_option(parser)
    add_json_option(parser)
    add_corpus_options(parser)


def run(options: argparse.Namespace) -> None:
    """Encodes and writes."""
    for source in options.corpus:
        check_apart(options.output, source)
    if options.address is not None:
        _encode_shards(options)
        return
    if len(options.corpus) > 1:
        raise InputError(
            "Several corpora are encoded in parts, to a folder. Expected: --address, "
            "such as --address local. Received: no --address"
        )
    check_format(options.output)
    check_file_target(options.output)
    model = load(options.model, light=options.light)
    corpus = open_corpus(options, *options.corpus)
    n_unknown = 0
    with (
        file_written_aside(options.output) as path,
        WRITERS[path.suffix](path, model.n_components, model.fingerprint_) as file,
        tqdm(unit=" documents", disable=None) as bar,
    ):
        ids: list[str] = []

        def texts() -> Iterator[str]:
            for document in corpus:
                ids.append(document.id)
                yield document.text

        for batch in model.encode_batches(texts()):
            size = len(batch["embedding"])
            file.write(ids[:size], batch["embedding"], batch["known_words"])
            del ids[:size]
            n_unknown += int((batch["known_words"] == 0).sum())
            bar.update(size)
    report_skipped(corpus)
    facts = {
        "vectors": str(options.output),
        **reading_facts(corpus),
        "documents_without_known_words": n_unknown,
        "dimensions": model.n_components,
        "fingerprint": model.fingerprint_,
    }
    show_facts(facts, options.json)


def _encode_shards(options: argparse.Namespace) -> None:
    """Encodes on a Ray, to a folder."""
    from kate_keras.scale import encode_corpus

    refuse_download(options)
    facts, messages = encode_corpus(
        options.model,
        options.corpus,
        options.output,
        light=options.light,
        **cluster_arguments(options),
    )
    say_skipped(facts, messages)
    show_facts({"vectors": str(options.output), **facts}, options.json)
