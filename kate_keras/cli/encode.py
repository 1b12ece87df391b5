"""`kate encode`: documents to a file of vectors."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from kate_keras.artifact import encode_text_batches
from kate_keras.artifact.folders import check_file_target, file_written_aside
from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    open_corpus,
    report_skipped,
    show_facts,
)
from kate_keras.errors import InputError
from kate_keras.estimator import KATE, load
from kate_keras.text import Corpus

FORMATS = (".npz", ".npy", ".jsonl")


def add_commands(commands: Any) -> None:
    """Adds `kate encode`."""
    parser = commands.add_parser("encode", help="write the vectors of a corpus")
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("corpus", metavar="CORPUS")
    parser.add_argument(
        "-o",
        "--output",
        metavar="VECTORS",
        type=Path,
        required=True,
        help=".npz (ids, vectors, known_words, fingerprint), .npy (vectors) or .jsonl",
    )
    add_json_option(parser)
    add_corpus_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Encodes and writes."""
    if options.output.suffix not in FORMATS:
        raise InputError(
            f"-o must end in one of {', '.join(FORMATS)}. Received: {options.output}"
        )
    check_file_target(options.output)
    model = load(options.model)
    model.require_texts()
    corpus = open_corpus(options, options.corpus)
    with file_written_aside(options.output) as path:
        n_documents, n_unknown = _WRITERS[options.output.suffix](model, corpus, path)
    report_skipped(corpus)
    facts = {
        "vectors": str(options.output),
        "documents": n_documents,
        "documents_without_known_words": n_unknown,
        "skipped": corpus.n_skipped,
        "dimensions": model.n_components,
        "fingerprint": model.fingerprint_,
    }
    show_facts(facts, options.json)


def _encode(model: KATE, corpus: Corpus, ids: list[str]) -> Iterator[dict[str, Any]]:
    """Yields batches of outputs; `ids` grows with the documents read."""

    def texts() -> Iterator[str]:
        for document in tqdm(corpus, unit=" documents", disable=None):
            ids.append(document.id)
            yield document.text

    yield from encode_text_batches(model.signatures_, texts())


def _write_arrays(model: KATE, corpus: Corpus, path: Path) -> tuple[int, int]:
    ids: list[str] = []
    batches = list(_encode(model, corpus, ids))
    vectors = np.concatenate([batch["embedding"] for batch in batches])
    known = np.concatenate([batch["known_words"] for batch in batches])
    with path.open("wb") as file:
        if path.suffix == ".npy":
            np.save(file, vectors, allow_pickle=False)
        else:
            np.savez(
                file,
                ids=np.array(ids),
                vectors=vectors,
                known_words=known,
                fingerprint=np.array(model.fingerprint_),
            )
    return len(ids), int((known == 0).sum())


def _write_lines(model: KATE, corpus: Corpus, path: Path) -> tuple[int, int]:
    ids: list[str] = []
    written = unknown = 0
    with path.open("w", encoding="utf-8") as file:
        for batch in _encode(model, corpus, ids):
            known = batch["known_words"].tolist()
            for vector, n_known in zip(batch["embedding"], known, strict=True):
                # str of a float32 is its shortest exact form; float64's is longer.
                numbers = ", ".join(str(value) for value in vector)
                name = json.dumps(ids[written], ensure_ascii=False)
                file.write(
                    f'{{"id": {name}, "known_words": {n_known}, '
                    f'"embedding": [{numbers}], '
                    f'"fingerprint": "{model.fingerprint_}"}}\n'
                )
                written += 1
                unknown += n_known == 0
    return written, unknown


_WRITERS = {".npz": _write_arrays, ".npy": _write_arrays, ".jsonl": _write_lines}
