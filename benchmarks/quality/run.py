"""Runs the cells that are not there yet; a file each, so that a run can go on."""

import fnmatch
import gc
import platform
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
from tqdm import tqdm

from benchmarks.quality.ceiling import linear_ceiling
from benchmarks.quality.cells import Cell
from benchmarks.quality.corpora import SOURCES, Prepared, load, vectors_path
from benchmarks.quality.files import write_json, write_text
from benchmarks.quality.measure import figures
from benchmarks.quality.rows import Chosen, fit, missing, settings

LIBRARIES = ("kate_keras", "keras", "numpy", "scikit-learn", "gensim")


class Bench:
    """The cells of one set of data and their files.

    Args:
        data: Folder of the corpora.
        work: Folder of the cells' files; made, and kept out of version control.
        chosen: Settings that tuning chose, per peer.
        corpus: Returns a corpus, by name and number of words.
    """

    def __init__(
        self,
        data: Path,
        work: Path,
        chosen: Chosen,
        corpus: Callable[[str, int], Prepared] | None = None,
    ) -> None:
        self.data, self.work, self.chosen = data, work, chosen
        self.corpus = corpus or (lambda name, size: load(data, work, name, size))
        self._digests: dict[tuple[str, int], str] = {}
        work.mkdir(parents=True, exist_ok=True)
        (work / ".gitignore").write_text("*\n", encoding="utf-8")

    def path(self, cell: Cell) -> Path:
        """Where a cell's figures are, or will be: its settings are in the name."""
        return self.work / "cells" / cell.file_name(self.settings(cell))

    def settings(self, cell: Cell) -> dict[str, Any]:
        """Everything that decides a cell's figures, as JSON types."""
        key = (cell.corpus, cell.n_words)
        if key not in self._digests:
            self._digests[key] = self.corpus(*key).digest
        return {"corpus": self._digests[key], **settings(cell, self.chosen)}

    def missing(self, cell: Cell) -> str | None:
        """Says why a cell cannot run here, if it cannot."""
        if not (self.data / SOURCES[cell.corpus].folder / "train.jsonl.gz").is_file():
            return f"the folder of {cell.corpus} is not in DATA"
        found = vectors_path(self.data, self.work, cell.corpus) is not None
        return missing(cell, vectors=found)

    def run(self, cells: list[Cell]) -> list[Cell]:
        """Runs the cells that have no file.

        A cell that fails leaves its traceback beside the others' files, and the run
        goes on.

        Args:
            cells: The cells, in order.

        Returns:
            Those that failed.
        """
        reasons = Counter(reason for c in cells if (reason := self.missing(c)))
        for reason, n in reasons.items():
            sys.stderr.write(f"{n} cells are left out: {reason}\n")
        todo = [
            cell
            for cell in cells
            if not self.missing(cell) and not self.path(cell).is_file()
        ]
        failed = []
        bar = tqdm(todo, desc="cells", file=sys.stderr)
        for cell in bar:
            bar.set_postfix_str(cell.name)
            path = self.path(cell)
            fault = path.with_suffix(".error.txt")
            try:
                write_json(path, self.measure(cell))
                fault.unlink(missing_ok=True)
            except Exception:
                write_text(fault, traceback.format_exc())
                bar.write(f"{cell.name} failed; see {fault}", file=sys.stderr)
                failed.append(cell)
            keras.backend.clear_session()
            gc.collect()
        return failed

    def measure(self, cell: Cell) -> dict[str, Any]:
        """Trains and measures one cell.

        Returns:
            The content of its file.
        """
        corpus = self.corpus(cell.corpus, cell.n_words)
        record = {
            "corpus": cell.corpus,
            "n_words": cell.n_words,
            "n_components": cell.n_components,
            "row": cell.row,
            "seed": cell.seed,
            "options": dict(cell.options),
            "settings": self.settings(cell),
            "versions": dict(_versions()),
        }
        if cell.row == "tf-idf":
            return {**record, "figures": linear_ceiling(corpus)}
        fitted = fit(cell, corpus, self.chosen)
        pairs = self.data / "wordsim" if cell.corpus.startswith("20news") else None
        return {
            **record,
            "n_components": int(fitted.train.shape[1]),
            "figures": figures(corpus, fitted, pairs),
            "fit_seconds": fitted.fit_seconds,
            "test_seconds": fitted.test_seconds,
            "facts": fitted.facts,
            "topics": fitted.topics,
        }


def select(cells: list[Cell], patterns: list[str]) -> list[Cell]:
    """Returns the cells whose name matches one of the shell patterns; none, all."""
    if not patterns:
        return cells
    return [c for c in cells if any(fnmatch.fnmatchcase(c.name, p) for p in patterns)]


def _versions() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    for library in (*LIBRARIES, "tensorflow", "tensorflow-cpu"):
        try:
            yield library, version(library)
        except PackageNotFoundError:
            continue
