"""The words of a corpus, chosen by many processes as one would have."""

import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kate_keras.scale.cluster import LOCAL, connected
from kate_keras.scale.finished import NOTES, Finished, job_of
from kate_keras.scale.form_runs import BUCKETS, read_buckets, write_runs
from kate_keras.scale.job import (
    Facts,
    check_output_folder,
    reading_facts,
    run_job,
)
from kate_keras.scale.shards import (
    AS_USUAL,
    SHARD_BYTES,
    Reading,
    Shard,
    list_shards,
    opened,
)
from kate_keras.scale.work import work_on
from kate_keras.text.chosen_words import ChosenWords, choice_of
from kate_keras.text.counts import MOST_IN_FORMS, spool_forms
from kate_keras.text.stem_spool import Stem
from kate_keras.text.stemmer import resolve_stemmer
from kate_keras.text.stop_words import resolve_stop_words
from kate_keras.text.word_choice import (
    check_limits,
    document_limits,
    fold_stretch,
    most_frequent,
    named_by_forms,
    no_words_left,
)

T = TypeVar("T")

# Rows that a task merges at once: about a gigabyte.
MOST_ROWS = 4_000_000
# Forms whose stems a process remembers, some 150 MB.
MOST_STEMS = 2**20
# Forms of a shard have places below this, so that those of later shards are greater.
PLACES = 2**40


@dataclass(frozen=True)
class Buckets:
    """Consecutive buckets of stems, which a task merges.

    Args:
        first: First bucket.
        end: The one after the last.
    """

    first: int
    end: int

    @property
    def place(self) -> str:
        """What they are, for messages."""
        return f"words of the buckets {self.first} to {self.end - 1}"


@dataclass(frozen=True)
class Runs:
    """The files of all shards.

    Args:
        paths: Files of `write_runs`.
        offsets: What it returned for each.
    """

    paths: Sequence[Path]
    offsets: Sequence[Sequence[Sequence[int]]]

    def read(self, buckets: Buckets) -> pa.Table:
        """Reads the rows of buckets."""
        return read_buckets(self.paths, self.offsets, buckets.first, buckets.end)

    def ranges(self) -> list[Buckets]:
        """Cuts the buckets in ranges of about `MOST_ROWS` rows."""
        rows = np.zeros(BUCKETS, np.int64)
        for runs in self.offsets:
            for splits in runs:
                rows += np.diff(splits)
        number = min(BUCKETS, max(1, math.ceil(rows.sum() / MOST_ROWS)))
        borders = np.linspace(0, BUCKETS, number + 1).round().astype(int).tolist()
        return [
            Buckets(*border) for border in zip(borders[:-1], borders[1:], strict=True)
        ]


def choose_words(
    sources: Sequence[str],
    work_folder: Path,
    options: Mapping[str, Any],
    *,
    reading: Reading = AS_USUAL,
    address: str = LOCAL,
    shard_bytes: int = SHARD_BYTES,
    verbose: bool = True,
) -> tuple[ChosenWords, list[str]]:
    """Chooses the words of a corpus, as `KATE.fit` would on one machine.

    Every shard's surface forms are folded and counted by one process, in bounded
    memory, and written to a file in which stems are parted by a hash of their names.
    Then every part is merged by a process: totals are those of the whole corpus, so
    that the most frequent words of a part, of which the most frequent of all are
    chosen, are exact. Last, the forms of the chosen are gathered. What was folded stays
    until the words are chosen; after an interruption the same call goes on.

    Args:
        sources: See `list_shards`.
        work_folder: Where the forms of the shards are kept meanwhile; all nodes see it.
        options: `max_features`, `min_df`, `max_df`, `stop_words` and `stemmer`, as
            options of `KATE`.
        reading: How corpora are read.
        address: See `connected`.
        shard_bytes: See `list_shards`.
        verbose: Whether to show progress on stderr.

    Returns:
        The words, to the last form those that one machine chooses, and the first few
        messages of what was skipped.

    Raises:
        InputError: As `KATE.fit` for its options and `run_job` for the corpus, and if
            the work folder holds other files.
    """
    choice = choice_of(options)
    check_limits(choice["max_features"], choice["min_df"], choice["max_df"])
    resolve_stop_words(choice["stop_words"])
    resolve_stemmer(choice["stemmer"])
    work_folder = work_folder.absolute()
    # It is removed in the end: it has to be one of ours.
    check_output_folder(work_folder, NOTES)
    shards = list_shards(sources, shard_bytes=shard_bytes)
    folds = {name: choice[name] for name in ("stop_words", "stemmer")}
    finished = Finished(work_folder, job_of(folds, vars(reading)), ".arrow")
    with connected(address) as ray:
        done = run_job(
            ray, finished, shards, fold_shard, reading, folds, verbose=verbose
        )
        runs = Runs(
            [work_folder / facts["file"] for facts in done],
            [facts["offsets"] for facts in done],
        )
        vocabulary = _merge(ray, runs, sum(f["documents"] for f in done), choice)
    n_words = math.fsum(facts["words"] for facts in done)
    shutil.rmtree(work_folder)
    messages = [message for facts in done for message in facts["messages"]]
    words = ChosenWords(vocabulary, n_words, choice, reading_facts(done))
    return words, messages


def fold_shard(
    shard: Shard, finished: Finished, reading: Reading, folds: Mapping[str, Any]
) -> Facts:
    """Folds and counts the surface forms of a shard.

    Args:
        shard: Shard.
        finished: Where its forms go.
        reading: How it is read.
        folds: The options `stop_words` and `stemmer`.

    Returns:
        What `Finished.finish` does; `offsets` are those of the file.
    """
    stops = resolve_stop_words(folds["stop_words"])
    stem = _stemmer(folds["stemmer"])
    n_words = 0.0
    with (
        opened(shard, reading) as corpus,
        spool_forms(corpus.texts(), MOST_IN_FORMS) as stretches,
        finished.output(shard) as path,
    ):

        def folded() -> Iterator[Any]:
            nonlocal n_words
            for stretch in stretches:
                forms = fold_stretch(stretch, stops, stem)
                n_words += float(forms.frequencies.stems.sum())
                yield stretch.forms, forms

        offsets = write_runs(path, folded(), shard.number * PLACES)
        facts = {**corpus.facts(), "offsets": offsets, "words": n_words}
    return finished.finish(shard, facts)


@lru_cache(maxsize=1)
def _stemmer(language: str | None) -> Callable[[str], str]:
    """A stemmer that remembers: most forms of a shard were in the one before."""
    return lru_cache(maxsize=MOST_STEMS)(resolve_stemmer(language))


def _merge(ray: Any, runs: Runs, n_documents: int, choice: Mapping[str, Any]) -> Any:
    """Chooses the words, and gathers their forms."""
    most, least_df, most_df = (
        choice[name] for name in ("max_features", "min_df", "max_df")
    )
    limits = document_limits(n_documents, least_df, most_df)
    ranges, stems, n_stems = runs.ranges(), [], 0
    # Once for all tasks: what many shards have of it is large.
    shared = ray.put(runs)
    for _, (table, n_distinct) in work_on(
        ray, _of_runs, ranges, frequent_stems, shared, limits, most
    ):
        n_stems += n_distinct
        columns = (table[name].to_pylist() for name in ("stem", "total", "documents"))
        stems += list(map(Stem, *columns))
    chosen = most_frequent(stems, most)
    if not chosen:
        raise no_words_left(
            n_documents, n_stems, choice["stop_words"], least_df, most_df
        )
    ids = {stem.name: number for number, stem in enumerate(chosen)}
    names = ray.put(pa.array(list(ids), pa.string()))
    gathered = work_on(ray, _of_runs, ranges, forms_of, shared, names)
    # In the order in which one process would have met them.
    forms = pa.concat_tables(table for _, table in gathered).sort_by("first")
    own = forms["form"].to_pylist()
    word_ids = [ids[name] for name in forms["stem"].to_pylist()]
    totals = dict(zip(own, forms["total"].to_pylist(), strict=True))
    vocabulary = named_by_forms(dict(zip(own, word_ids, strict=True)), totals)
    documents = np.array([stem.documents for stem in chosen])
    return vocabulary.seen_in(documents, n_documents)


def _of_runs(
    buckets: Buckets, function: Callable[..., T], shared: Any, *arguments: Any
) -> T:
    """Calls a function with the runs that Ray's store has, in a task."""
    import ray

    return function(buckets, ray.get(shared), *arguments)


def frequent_stems(
    buckets: Buckets, runs: Runs, limits: tuple[float, float], most: int | None
) -> tuple[pa.Table, int]:
    """Adds up how often stems occur, and finds those that may be chosen.

    Args:
        buckets: Stems to look at.
        runs: Where they were counted.
        limits: In how many documents a stem is at the least and at the most.
        most: How many are chosen; `None`, all.

    Returns:
        Columns `stem`, `total` and `documents` of those that pass and are among the
        `most` most frequent or tie with the last of them; and how many stems there are.
    """
    rows = runs.read(buckets)
    of_stems = rows.filter(pc.is_null(rows["form"]))
    stems = of_stems.group_by("stem").aggregate(
        [("total", "sum"), ("documents", "sum")]
    )
    stems = stems.rename_columns({"total_sum": "total", "documents_sum": "documents"})
    documents = stems["documents"].to_numpy()
    passing = stems.filter((documents >= limits[0]) & (documents <= limits[1]))
    if most is not None and passing.num_rows > most:
        totals = passing["total"].to_numpy()
        last = np.partition(totals, -most)[-most]
        passing = passing.filter(totals >= last)
    return passing, stems.num_rows


def forms_of(buckets: Buckets, runs: Runs, chosen: Any) -> pa.Table:
    """Gathers the forms of stems.

    Args:
        buckets: Stems to look at.
        runs: Where their forms were counted.
        chosen: Ray's reference of the names of those that were chosen.

    Returns:
        Columns `stem`, `form`, `total` and `first`.
    """
    import ray

    rows = runs.read(buckets)
    known = pc.is_in(rows["stem"], value_set=ray.get(chosen))
    rows = rows.filter(pc.and_(known, pc.is_valid(rows["form"])))
    forms = rows.group_by(["stem", "form"]).aggregate(
        [("total", "sum"), ("first", "min")]
    )
    return forms.rename_columns({"total_sum": "total", "first_min": "first"})
