"""From the cells' files to one compact file per table, beside what it had."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.cells import GROUPS
from benchmarks.quality.files import read_json, read_lines, write_lines
from benchmarks.quality.records import Record, grouped, order, rounded
from benchmarks.quality.run import Bench
from kate_keras.analysis import stability


def collect(bench: Bench, results: Path) -> None:
    """Keeps the cells that are there, a file per group in `results`.

    Cells that are kept already and are not there stay; see `merged`.

    Args:
        bench: Finds the cells' files.
        results: Folder of the kept files.
    """
    for group, cells in GROUPS.items():
        records = [
            read_json(path)
            for cell in cells
            if not bench.missing(cell) and (path := bench.path(cell)).is_file()
        ]
        if records:
            path = results / f"{group}.jsonl"
            write_lines(path, merged(read_lines(path), compact(records)))


def merged(kept: list[Record], fresh: list[Record]) -> list[Record]:
    """Puts cells in the place of those that they make obsolete.

    That is the same cell, and all seeds of the same model that had other settings: a
    mean over seeds is of one model. A seed that is left keeps the `stability` that it
    had among its own.

    Args:
        kept: Cells kept before.
        fresh: Cells of now.

    Returns:
        Both, sorted.
    """
    places = {order(record) for record in fresh}
    settings = {order(record)[:-1]: _beside_the_seed(record) for record in fresh}
    left = [
        record
        for record in kept
        if order(record) not in places
        and settings.get(order(record)[:-1]) in (None, _beside_the_seed(record))
    ]
    return sorted([*left, *fresh], key=order)


def _beside_the_seed(record: Record) -> Any:
    settings = record["settings"]
    options = {**settings.get("options", {}), "random_state": None}
    return {**settings, "options": options}


def compact(records: list[Record]) -> list[Record]:
    """Sorts cells and puts the stability of their topics in the topics' place.

    A cell's `stability` is the mean over the other seeds of the same model; a model
    of one seed has none. Figures keep six decimals.
    """
    overlaps: dict[int, list[float]] = {id(record): [] for record in records}
    for alike in grouped(records).values():
        for a, b in combinations(alike, 2):
            if a.get("topics") and b.get("topics"):
                overlap = float(stability(a["topics"], b["topics"]))
                overlaps[id(a)].append(overlap)
                overlaps[id(b)].append(overlap)
    rows = []
    for record in sorted(records, key=order):
        row = {name: value for name, value in record.items() if name != "topics"}
        if overlaps[id(record)]:
            row["stability"] = float(np.mean(overlaps[id(record)]))
        rows.append(rounded(row))
    return rows
