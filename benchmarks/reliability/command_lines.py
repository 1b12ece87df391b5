"""Command lines of `kate` as people type them, and as they mistype them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.reliability.mutations import READERS, write_source

# Nothing here leads out of the folder that a case may write to, and no number is both
# taken and so large that the work would not end.
ODD = (
    "", " ", "0", "-1", "1", "2", "1.5", "1e9", "nan", "inf", "-inf", "9" * 30,
    "\u00b2", "\u0663", "none", "None", "x", "-", "--", "-x", "\udcff", "\u202e",
    "\u0130\u03a32", "a" * 5000, "moon\nrocket", "'; --", "\U0001f680", ".", "nowhere",
    "~", "utf-16", "latin-1", "/proc/x", "/dev/full/x",
)  # fmt: skip


class Place(NamedTuple):
    """What the commands of a case work with.

    Args:
        folder: An empty folder, the working directory.
        model: A model folder.
        index: An index of its vectors.
        corpus: A source of documents, most of them mutated.
        words: Words of the documents.
        ids: Ids of the index.
    """

    folder: Path
    model: Path
    index: Path
    corpus: Path
    words: Sequence[str]
    ids: Sequence[str]


def _train(place: Place, _: Random) -> list[str]:
    small = ["--n-components", "4", "--epochs", "1", "--max-features", "50", "--quiet"]
    return ["train", str(place.corpus), "-o", "new", *small]


def _encode(place: Place, random: Random) -> list[str]:
    suffix = random.choice((".npz", ".npy", ".jsonl", ".parquet"))
    light = ["--light"] if random.random() < 0.8 else []
    return ["encode", str(place.model), str(place.corpus), "-o", f"v{suffix}", *light]


def _topics(place: Place, _: Random) -> list[str]:
    return ["topics", str(place.model), "--n-words", "3", "--against", str(place.model)]


def _words(place: Place, random: Random) -> list[str]:
    return ["words", str(place.model), random.choice(place.words), "-n", "3"]


def _explain(place: Place, random: Random) -> list[str]:
    text = " ".join(random.sample(place.words, 3))
    more = random.choice(
        ([], ["--topic", "0"], ["--word", place.words[0]], ["--like", place.words[1]])
    )
    return ["explain", str(place.model), text, *more, "--n-topics", "2"]


def _evaluate(place: Place, _: Random) -> list[str]:
    corpora = ["--train", str(place.corpus), "--test", str(place.corpus)]
    return ["evaluate", str(place.model), *corpora, "--n-words", "3"]


def _export(place: Place, _: Random) -> list[str]:
    return ["export", str(place.model), "exported", "--version", "3"]


def _report(place: Place, _: Random) -> list[str]:
    corpus = ["--corpus", str(place.corpus)]
    return ["report", str(place.model), "-o", "page.html", *corpus]


def _index(place: Place, random: Random) -> list[str]:
    more = random.choice(([], ["--prune"], ["--snippet", "20"]))
    return ["index", str(place.model), str(place.corpus), "-o", "new", "--light", *more]


def _search(place: Place, random: Random) -> list[str]:
    return ["search", str(place.index), random.choice(place.words), "-n", "3"]


def _delete(place: Place, random: Random) -> list[str]:
    return ["delete", str(place.index), random.choice((*place.ids, "no-such-id"))]


COMMANDS: dict[str, Callable[[Place, Random], list[str]]] = {
    "train": _train,
    "encode": _encode,
    "topics": _topics,
    "words": _words,
    "explain": _explain,
    "evaluate": _evaluate,
    "export": _export,
    "report": _report,
    "index": _index,
    "search": _search,
    "delete": _delete,
}
# Commands that read a corpus and say as JSON what they read.
READING = ("train", "encode", "report", "index")


def command_line(command: str, place: Place, random: Random) -> list[str]:
    """Returns a command line, half of the time with something wrong about it.

    Args:
        command: One of `COMMANDS`.
        place: What it works with.
        random: Chooses.
    """
    arguments = COMMANDS[command](place, random)
    if command in READING or random.random() < 0.5:
        arguments += ["--json"]
    if command in (*READING, "evaluate") and random.random() < 0.5:
        arguments += ["--skip-bad-lines"]
    if random.random() < 0.5:
        for _ in range(random.randint(1, 2)):
            _mistype(arguments, random)
    return arguments


def _mistype(arguments: list[str], random: Random) -> None:
    # The command itself stays what it is.
    place = random.randrange(1, len(arguments))
    values = [i for i in range(1, len(arguments)) if arguments[i][:1] != "-"]
    mistake = random.randrange(4)
    if mistake == 0:
        arguments[random.choice(values or [place])] = random.choice(ODD)
    elif mistake == 1 and len(arguments) > 2:
        del arguments[place]
    elif mistake == 2:
        arguments.insert(place, arguments[place])
    else:
        options = [own for own in arguments if own.startswith("-")] or ["--json"]
        arguments[place:place] = [random.choice(options), random.choice(ODD)]


def write_corpus(rows: Sequence[dict[str, Any]], folder: Path, random: Random) -> Path:
    """Writes a source of documents, two times in three with mutations."""
    reader = random.choice(READERS)
    mutations = random if random.random() < 0.67 else None
    return write_source(reader, rows, folder, mutations)
