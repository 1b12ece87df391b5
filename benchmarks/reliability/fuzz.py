"""Tries mutations of real files and of command lines, and counts what happened."""

import gzip
import json
import os
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import keras

from benchmarks.quality.table import line
from benchmarks.reliability.command_lines import (
    COMMANDS,
    READING,
    Place,
    command_line,
    write_corpus,
)
from benchmarks.reliability.judged import (
    HangError,
    Verdict,
    check_reading_facts,
    judge_command,
    judge_reading,
    kind,
    parsed,
    watchdog,
)
from benchmarks.reliability.mutations import READERS, write_source
from kate_keras import KATE
from kate_keras.index import IndexWriter
from kate_keras.text import Document

# Corpora in DATA: long documents, ratings, several labels a document.
CORPORA = ("20news", "mrd", "reuters21578")
TRAINED_ON = 200
# Documents of a file to mutate, and characters of each.
PER_FILE, LENGTH = 6, 600
SHOWN = 4
SECONDS = 120.0

Rows = Sequence[dict[str, Any]]


def measure_fuzz(
    data: Path, work: Path, n_cases: int = 2000, n_commands: int = 200
) -> list[dict[str, Any]]:
    """Tries every reader and every command.

    Args:
        data: Folder of the corpora; those that it lacks are left out.
        work: A folder to work in.
        n_cases: Cases per reader.
        n_commands: Cases per command.

    Returns:
        A row per reader and command: `name`, `cases`, `accepted`, `refused`, `failures`
        (each with the seed that repeats it) and the most frequent `messages`.
    """
    rows = [row for name in CORPORA for row in head(data / name, TRAINED_ON)]
    found = [measure_reader(reader, rows, work, n_cases) for reader in READERS]
    texts = [row["text"] for row in rows]
    model = work / "model"
    kate = KATE(8, epochs=2, max_features=500, verbose=False).fit(texts)
    kate.save(model)
    index = work / "index"
    with IndexWriter(index, model, light=True) as writer:
        documents = (Document(text, str(i)) for i, text in enumerate(texts[:50]))
        for _ in writer.add(documents):
            pass
        writer.finish()
    words = kate.vocabulary_.words[:20]
    for command in COMMANDS:
        own = shutil.copytree(index, work / f"index-{command}")
        place = Place(work, model, own, work, words, [str(i) for i in range(50)])
        found.append(measure_command(command, rows, place, n_commands))
    return found


def head(folder: Path, n_documents: int) -> list[dict[str, Any]]:
    """Reads the first documents of a corpus, each to a length."""
    path = folder / "train.jsonl.gz"
    if not path.is_file():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in islice(file, n_documents)]
    return [{**row, "text": row["text"][:LENGTH]} for row in rows]


def measure_reader(reader: str, rows: Rows, work: Path, n_cases: int) -> dict[str, Any]:
    """Tries mutated sources of a reader."""

    def case(random: Random, folder: Path) -> Verdict:
        chosen = _distinct(random.sample(rows, PER_FILE))
        return judge_reading(write_source(reader, chosen, folder, random))

    return _measure(f"reader {reader}", case, work, n_cases)


def measure_command(
    command: str, rows: Rows, place: Place, n_cases: int
) -> dict[str, Any]:
    """Tries a command with mistyped arguments and mutated corpora."""

    def case(random: Random, folder: Path) -> Verdict:
        chosen = _distinct(
            random.sample(rows, 3 if command == "index" else 2 * PER_FILE)
        )
        corpus = write_corpus(chosen, folder, random)
        (folder / "here").mkdir()
        own = place._replace(folder=folder / "here", corpus=corpus)
        arguments = command_line(command, own, random)
        with chdir(own.folder):
            verdict = judge_command(arguments)
        said = verdict.accepted and command in READING and str(corpus) in arguments
        if said and "--json" in arguments:
            facts = parsed(verdict)
            # A report may come without its corpus.
            if command != "report" or "skipped" in facts:
                check_reading_facts(facts, corpus)
        return verdict

    found = _measure(f"kate {command}", case, place.folder, n_cases)
    keras.utils.clear_session()
    return found


def _distinct(rows: Rows) -> list[dict[str, Any]]:
    """Gives documents of several corpora ids that are not the same."""
    return [{**row, "id": f"{i}-{row['id']}"} for i, row in enumerate(rows)]


def _measure(
    name: str, case: Callable[[Random, Path], Verdict], work: Path, n_cases: int
) -> dict[str, Any]:
    accepted, failures, messages = 0, [], Counter[str]()
    for number in range(n_cases):
        with tempfile.TemporaryDirectory(dir=work, prefix="case-") as folder:
            try:
                with watchdog(SECONDS):
                    verdict = case(Random(f"{name} {number}"), Path(folder))
            except (Exception, HangError) as error:
                place = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{os.path.basename(place.filename)}:{place.lineno}"
                failures.append(
                    {
                        "seed": number,
                        "error": f"{type(error).__name__} at {where}: {error}",
                    }
                )
                continue
        accepted += verdict.accepted
        if not verdict.accepted:
            messages[kind(verdict.message)] += 1
    return {
        "name": name,
        "cases": n_cases,
        "accepted": accepted,
        "refused": sum(messages.values()),
        "failures": failures,
        "messages": messages.most_common(SHOWN),
    }


def render_fuzz(rows: Sequence[dict[str, Any]]) -> str:
    """Returns the section of the page."""
    return "\n".join(_lines(rows)) + "\n"


def _lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    n_cases = sum(row["cases"] for row in rows)
    n_failures = sum(len(row["failures"]) for row in rows)
    yield "## Fuzz"
    yield ""
    yield (
        f"{n_cases:,} cases, {n_failures} failures. A case is a real file of a few "
        "documents with one to four mutations (bits, stretches of bytes, awkward "
        "characters, links and pipes in folders), read strictly and with bad lines "
        "skipped; or a command line, half of them mistyped, on such a file. It is a "
        "failure unless it is accepted with all documents, their ids and counts, or "
        "refused in one sentence."
    )
    yield ""
    yield line(
        ["", "cases", "accepted", "refused", "failures", "most frequent refusals"]
    )
    yield line(["---", "---:", "---:", "---:", "---:", "---"])
    for row in rows:
        often = "; ".join(
            f"{message.replace('|', '∣')} ({count})"
            for message, count in row["messages"]
        )
        numbers = [row["cases"], row["accepted"], row["refused"], len(row["failures"])]
        yield line([row["name"], *(f"{number:,}" for number in numbers), often])
    for row in rows:
        for failure in row["failures"][:SHOWN]:
            yield ""
            yield f"{row['name']}, seed {failure['seed']}: {failure['error']}"
