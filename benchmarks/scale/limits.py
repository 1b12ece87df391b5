"""Where the design breaks, worked out from the constants of the code."""

import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.scale.amounts import duration, number, size
from benchmarks.scale.costs import BATCH, Costs
from benchmarks.scale.plan import (
    EPOCHS,
    INDEX_BYTES,
    Assumptions,
    shards_of,
)
from kate_keras.scale.form_runs import BUCKETS
from kate_keras.scale.shards import SHARD_BYTES
from kate_keras.scale.vocabulary import MOST_ROWS, PLACES
from kate_keras.scale.work import AHEAD
from kate_keras.text.stem_spool import Stem

MIB = 2**20
GIB = 2**30
# Times that every worker reads all counts before the first step: checksums, the range
# of the word ids, document frequencies.
READINGS = 3
# What a process hashes or adds up, bytes a second.
READING_RATE = 1e9
# Usual on Linux, of a process.
OPEN_FILES = 1024
# Of a node's memory, for what tasks hand to each other, as Ray takes it.
STORE_SHARE = 0.3
# Of a small file on a shared file system, to open and read it.
NOTE_SECONDS = 2e-3
# Integers that a float32 tells apart.
EXACT_STEPS = 2**24


@dataclass(frozen=True)
class Limit:
    """One place where the design ends.

    Attributes:
        what: The part, and what it does.
        holds: Up to how many documents; infinite, any number.
        at_largest: What it would be for the largest size.
        instead: What replaces it.
    """

    what: str
    holds: float
    at_largest: str
    instead: str


def limits(costs: Costs, given: Assumptions) -> list[Limit]:
    """Lists the limits, the first to be met first."""
    of_shard = costs.shard_documents(SHARD_BYTES)
    shards = shards_of(costs, given.documents[-1])
    parts: list[Callable[..., list[Limit]]] = [_training, _vocabulary, _files]
    found = [one for part in parts for one in part(costs, given, of_shard, shards)]
    return sorted(found, key=lambda limit: limit.holds)


def _training(
    costs: Costs, given: Assumptions, of_shard: float, shards: int
) -> list[Limit]:
    largest, workers = given.documents[-1], given.cores
    free = given.memory * GIB - workers * costs.peaks["training"] * MIB
    all_counts = largest * costs.counts_bytes
    of_document = costs.step.of_document
    ring = given.nodes[-1] * workers
    hours = 3600 / (READINGS * costs.counts_bytes / READING_RATE)
    return [
        Limit(
            f"training keeps {INDEX_BYTES} bytes a document in each of "
            f"{workers} workers of a node: ends and lengths 16, lists of documents 24, "
            "order of the pass 8",
            free / (workers * INDEX_BYTES),
            f"{size(largest * INDEX_BYTES)} a worker",
            "tables of the shards, mapped; an order of shards, and of documents within "
            "a window of shards",
        ),
        Limit(
            f"batches are drawn from all documents, so counts "
            f"({costs.counts_bytes:.0f} bytes a document) have to fit in what workers "
            f"leave of a node's {given.memory:.0f} GiB; else a batch is {2 * BATCH} "
            "reads of a disk",
            free / costs.counts_bytes,
            f"{size(all_counts)}",
            "the same window of shards, read in sequence",
        ),
        Limit(
            f"every worker has every shard open: a descriptor each, {OPEN_FILES:,} "
            "usually",
            OPEN_FILES * of_shard,
            f"{shards:,} descriptors",
            "the window; descriptors can be raised at once",
        ),
        Limit(
            "`RowAdam` counts steps in float32, exact up to 2^24: at "
            f"{EPOCHS} passes in batches of {BATCH}",
            EXACT_STEPS * BATCH / EPOCHS,
            f"{number(EPOCHS * largest / BATCH)} steps",
            "an int64 for each row; or fewer passes",
        ),
        Limit(
            f"every worker reads all counts {READINGS} times before the first step "
            f"(checksums, ids, frequencies): an hour at {size(READING_RATE)} a second",
            hours,
            duration(READINGS * all_counts / READING_RATE),
            "frequencies from `vocabulary.json`, where they are; a shard's checksum "
            "when it is first read",
        ),
        Limit(
            f"every worker cuts the whole batch, {1e6 * of_document:.1f} µs a "
            "document, and again what a resumed pass has behind it: an hour",
            3600 / of_document,
            f"{duration(largest * of_document)} a pass",
            "each worker reads documents of its own; the words of the batch are "
            "gathered first (4 bytes each)",
        ),
        Limit(
            "one ring of all workers, and one that writes checkpoints (weights, two "
            "moments, the best)",
            np.inf,
            f"{duration(2 * (ring - 1) * given.latency / 1e6)} of latency with {ring} "
            f"workers; {size(16 * costs.n_words * costs.n_components)} a checkpoint",
            "a ring in each node, then one of nodes; fewer workers, as above",
        ),
    ]


def _vocabulary(
    costs: Costs, given: Assumptions, of_shard: float, shards: int
) -> list[Limit]:
    rows, _ = costs.forms.of_shard(SHARD_BYTES)
    store = STORE_SHARE * given.memory * GIB
    offsets = list(range(0, int(rows), max(1, int(rows) // BUCKETS)))[: BUCKETS + 1]
    sent = len(pickle.dumps([offsets]))
    tasks = min(BUCKETS, AHEAD * given.nodes[-1] * given.cores)
    stem = Stem("a" * 8, 1e6, 10**6)
    of_stem = sys.getsizeof(stem) + sum(map(sys.getsizeof, stem))
    return [
        Limit(
            f"{BUCKETS} buckets of stems, merged by tasks of {MOST_ROWS / 1e6:.0f} M "
            f"rows (1 GB), {number(rows)} rows a shard",
            BUCKETS * MOST_ROWS / rows * of_shard,
            f"{size(shards * rows / BUCKETS * GIB / MOST_ROWS)} a merge",
            "merges of merges: a node adds up the forms of its own shards first; more "
            "buckets where there are more rows",
        ),
        Limit(
            f"where buckets begin in each shard ({size(sent)}) is sent to every merge, "
            f"{tasks} at once, out of Ray's store ({size(store)})",
            store / (tasks * sent) * of_shard,
            f"{size(shards * sent * tasks)}",
            "`ray.put` once; then read from the notes",
        ),
        Limit(
            f"the driver takes the {number(costs.n_words)} most frequent stems of "
            f"each merge, {of_stem} bytes each: at most "
            f"{size(BUCKETS * costs.n_words * of_stem)}, whatever the corpus",
            np.inf,
            size(BUCKETS * costs.n_words * of_stem),
            "a threshold from histograms, then only the stems above it",
        ),
    ]


def _files(
    costs: Costs, given: Assumptions, of_shard: float, shards: int
) -> list[Limit]:
    largest = given.documents[-1]
    light = costs.jobs["encode-light"].core_seconds * of_shard
    return [
        Limit(
            f"one driver gives out shards, {given.dispatch:g} ms each: "
            f"{light / given.dispatch * 1e3:,.0f} cores of light encoding",
            np.inf,
            f"{duration(shards * given.dispatch / 1e3)} in all",
            "larger shards, or a driver for each part of the corpus",
        ),
        Limit(
            "the driver of `kate counts` reads all counts once more, alone: an hour at "
            f"the network's {size(given.bytes_per_second)} a second",
            3600 * given.bytes_per_second / costs.counts_bytes,
            duration(largest * costs.counts_bytes / given.bytes_per_second),
            "document frequencies in the shards' notes, added up",
        ),
        Limit(
            f"a job begins by reading a note of every shard, {1e3 * NOTE_SECONDS:g} ms "
            "each on a shared file system: ten minutes; one folder has two files a "
            "shard",
            600 / NOTE_SECONDS * of_shard,
            f"{duration(shards * NOTE_SECONDS)}, {2 * shards:,} files",
            "a list of what is finished that grows; folders of a thousand shards",
        ),
        Limit(
            "names of shards have six digits",
            1e6 * of_shard,
            f"{shards:,} shards",
            "more digits",
        ),
        Limit(
            f"places of forms in 63 bits: 2^{PLACES.bit_length() - 1} for each shard",
            2**63 / PLACES * of_shard,
            f"{shards / (2**63 / PLACES):.0%} of them",
            "nothing needed; nor for word ids in 31 bits, nor for entries "
            f"({number(largest * costs.entries)} are counted in 63)",
        ),
        Limit(
            "one Ray head: when it dies, so do driver and job; shards that are "
            "finished stay, and the same command goes on",
            np.inf,
            "the same",
            "GCS in Redis, and a driver that is started again by the cluster",
        ),
        Limit(
            "outputs go to a file system that all nodes see, which renames and locks; "
            "corpora may come from object stores",
            np.inf,
            f"{size(largest * costs.vector_bytes)} of vectors",
            "a key for each shard, put if it is absent; its note last",
        ),
    ]
