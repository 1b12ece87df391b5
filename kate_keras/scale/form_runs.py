"""How often forms and stems occur in a shard, in a file that can be merged."""

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from kate_keras.text.word_choice import FoldedForms

# Parts of the stems, by a hash of their names; a task merges one or several.
BUCKETS = 256
SCHEMA = pa.schema(
    {
        "stem": pa.string(),
        # Null in the row of the stem itself.
        "form": pa.string(),
        "total": pa.float64(),
        # In how many documents the stem is; of a form that is not counted.
        "documents": pa.int64(),
        # Where in the corpus the form is met first.
        "first": pa.int64(),
    }
)


def write_runs(
    path: Path, stretches: Iterable[tuple[list[str], FoldedForms]], place: int
) -> list[list[int]]:
    """Writes the forms and stems of a shard, one record batch for each stretch.

    Args:
        path: Arrow file to write.
        stretches: The forms of each stretch, and what became of them.
        place: Where the shard is in the corpus: greater than the place of any form of
            an earlier shard.

    Returns:
        For each stretch where the rows of each bucket begin, and where the last ends.
    """
    offsets = []
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, SCHEMA) as writer:
        for forms, folded in stretches:
            batch, splits = _batch(forms, folded, place)
            writer.write_batch(batch)
            offsets.append(splits)
            place += len(forms)
    return offsets


def _batch(
    forms: list[str], folded: FoldedForms, place: int
) -> tuple[pa.RecordBatch, list[int]]:
    names, groups, frequencies = folded
    of_stems = np.array([_bucket(name) for name in names], np.int64)
    columns = np.flatnonzero(groups >= 0)
    buckets = np.concatenate([of_stems, of_stems[groups[columns]]])
    order = np.argsort(buckets, kind="stable")
    stem_of_row = np.concatenate([np.arange(len(names)), groups[columns]])
    own = [forms[column] for column in columns]
    none: list[Any] = [None] * len(names)
    batch = pa.record_batch(
        [
            pa.array(names, pa.string()).take(pa.array(stem_of_row)),
            pa.array(none + own, pa.string()),
            np.concatenate([frequencies.stems, frequencies.forms[columns]]),
            np.concatenate([frequencies.documents, np.zeros(len(own), np.int64)]),
            np.concatenate([np.zeros(len(names), np.int64), place + columns]),
        ],
        schema=SCHEMA,
    )
    splits = np.searchsorted(buckets[order], np.arange(BUCKETS + 1))
    return batch.take(pa.array(order)), splits.tolist()


def _bucket(name: str) -> int:
    """The bucket of a stem, the same in every process."""
    return zlib.crc32(name.encode()) % BUCKETS


def read_buckets(
    paths: Sequence[Path],
    offsets: Sequence[Sequence[Sequence[int]]],
    first: int,
    end: int,
) -> pa.Table:
    """Reads the rows of consecutive buckets from the files of all shards.

    Args:
        paths: Files of `write_runs`.
        offsets: What it returned for each.
        first: First bucket.
        end: The one after the last.
    """
    tables = []
    for path, runs in zip(paths, offsets, strict=True):
        with pa.memory_map(str(path)) as file:
            reader = pa.ipc.open_file(file)
            for number, splits in enumerate(runs):
                start, stop = splits[first], splits[end]
                batch = reader.get_batch(number).slice(start, stop - start)
                # A copy, so that the file can be closed.
                tables.append(pa.Table.from_batches([batch.take(_all(batch))]))
    return pa.concat_tables(tables) if tables else SCHEMA.empty_table()


def _all(batch: pa.RecordBatch) -> pa.Array:
    return pa.array(np.arange(batch.num_rows))
