"""Kept cells: their order, and which of them are seeds of the same model."""

from typing import Any

import numpy as np

Record = dict[str, Any]


def order(record: Record) -> tuple[Any, ...]:
    """Sort key of a cell; its last item is the seed."""
    options = tuple(sorted(record["options"].items()))
    names = ("corpus", "n_words", "row", "n_components", "seed")
    corpus, n_words, row, d, seed = (record[name] for name in names)
    return corpus, n_words, row, d or 0, options, seed


def grouped(records: list[Record]) -> dict[tuple[Any, ...], list[Record]]:
    """Gathers the cells that differ in their seed alone."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        groups.setdefault(order(record)[:-1], []).append(record)
    return groups


def value(record: Record, path: tuple[str, ...]) -> float | None:
    """Returns a figure by its path of keys, `None` where there is none.

    Example:
        >>> value({"figures": {"precision": {"0.02": 0.4}}},
        ...       ("figures", "precision", "0.02"))
        0.4
    """
    found: Any = record
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return None if found is None else float(found)


def mean_and_sd(
    records: list[Record], path: tuple[str, ...]
) -> tuple[float, float | None] | None:
    """Mean over seeds and sample standard deviation, `None` for a single one."""
    values = [v for record in records if (v := value(record, path)) is not None]
    if not values:
        return None
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return float(np.mean(values)), sd


def rounded(content: Any) -> Any:
    """Returns JSON types with six decimals in every figure, as cells are kept."""
    if isinstance(content, float):
        return round(content, 6)
    if isinstance(content, dict):
        return {key: rounded(item) for key, item in content.items()}
    return [rounded(item) for item in content] if isinstance(content, list) else content
