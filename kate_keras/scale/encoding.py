"""Vectors of a corpus, made by many processes, in a folder of Parquet files."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kate_keras.artifact.folders import file_written_aside
from kate_keras.artifact.manifest import read_manifest
from kate_keras.loading import load
from kate_keras.scale.cluster import connected
from kate_keras.scale.finished import Finished, job_of
from kate_keras.scale.job import Facts, check_output_folder, reading_facts, run_job
from kate_keras.scale.shards import (
    AS_USUAL,
    SHARD_BYTES,
    Reading,
    Shard,
    list_shards,
    opened,
)
from kate_keras.scale.shared import Shared, made_of
from kate_keras.vector_files import ParquetFile

# Lists the shards of a folder of vectors that is complete. Readers of a folder of
# Parquet files pass over names that begin so.
MANIFEST = "_vectors.json"
FORMAT, FORMAT_VERSION = "kate_keras vectors", 1


def encode_corpus(
    model: Path,
    sources: Sequence[str],
    folder: Path,
    *,
    address: str,
    light: bool = False,
    reading: Reading = AS_USUAL,
    shard_bytes: int = SHARD_BYTES,
    verbose: bool = True,
) -> tuple[dict[str, Any], list[str]]:
    """Encodes a corpus, every shard in a process of its own.

    Nodes get the model from the driver and need not see its folder. A process has one
    batch of its shard in memory. A shard's file appears whole or not at all; after an
    interruption the same call goes on with those that are not there.

    Args:
        model: Model folder.
        sources: See `list_shards`.
        folder: Folder to make or to complete, which all nodes see: a `.parquet` file
            for each shard, with the columns `id`, `known_words` and `embedding`, in
            the order of the corpus.
        address: See `connected`.
        light: Whether to encode without TensorFlow.
        reading: How corpora are read.
        shard_bytes: See `list_shards`.
        verbose: Whether to show progress on stderr.

    Returns:
        How many documents were read, were empty, were skipped and have no known word
        (`documents`, `empty`, `skipped`, `documents_without_known_words`), the
        `dimensions` and the `fingerprint`; and the first few messages of what was
        skipped.

    Raises:
        InputError: If the folder is no model, the output holds other files, or as
            `run_job`.
    """
    manifest = read_manifest(model)
    folder = folder.absolute()
    check_output_folder(folder, MANIFEST)
    shards = list_shards(sources, shard_bytes=shard_bytes)
    fingerprint = manifest["fingerprint"]
    job = job_of(fingerprint, light, vars(reading))
    finished = Finished(folder, job, ".parquet")
    with connected(address) as ray:
        shared = Shared(f"{fingerprint} {light}", ray.put(_files(model)))
        done = run_job(
            ray,
            finished,
            shards,
            encode_shard,
            reading,
            shared,
            light,
            manifest=MANIFEST,
            verbose=verbose,
        )
    names = ("file", "bytes", "documents", "source")
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "fingerprint": fingerprint,
        "dimensions": manifest["dimensions"],
        "shards": [{name: own[name] for name in names} for own in done],
    }
    with file_written_aside(folder / MANIFEST) as path:
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    facts = {
        **reading_facts(done),
        "documents_without_known_words": sum(own["unknown"] for own in done),
        "dimensions": manifest["dimensions"],
        "fingerprint": fingerprint,
    }
    return facts, [message for own in done for message in own["messages"]]


def encode_shard(
    shard: Shard, finished: Finished, reading: Reading, shared: Shared, light: bool
) -> Facts:
    """Encodes the documents of a shard.

    Args:
        shard: Shard.
        finished: Where its vectors go.
        reading: How it is read.
        shared: The files of the model.
        light: Whether to encode without TensorFlow.

    Returns:
        What `Finished.finish` does; `unknown` is the number of documents without known
        words.
    """
    model = made_of(shared, lambda files: _loaded(files, light))
    n_unknown = 0
    with (
        opened(shard, reading) as corpus,
        finished.output(shard) as path,
    ):
        ids: list[str] = []

        def texts() -> Iterator[str]:
            for document in corpus:
                ids.append(document.id)
                yield document.text

        with ParquetFile(path, model.n_components, model.fingerprint_) as file:
            for batch in model.encode_batches(texts()):
                size = len(batch["embedding"])
                file.write(ids[:size], batch["embedding"], batch["known_words"])
                del ids[:size]
                n_unknown += int((batch["known_words"] == 0).sum())
        facts: dict[str, Any] = {**corpus.facts(), "unknown": n_unknown}
    return finished.finish(shard, facts)


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their names in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _loaded(files: dict[str, bytes], light: bool) -> Any:
    """Loads a model from the content of its folder."""
    with TemporaryDirectory(prefix="kate-model-") as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return load(folder, light=True) if light else load(folder)
