"""Runs a case and judges it: accepted, refused with a sentence, or a failure."""

import contextlib
import gzip
import io
import json
import os
import re
import signal
import stat
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from kate_keras.cli import main
from kate_keras.errors import InputError
from kate_keras.text import Document, read_corpus


class Verdict(NamedTuple):
    """What became of a case that is as it should be.

    Args:
        accepted: Whether it was taken; otherwise it was refused.
        message: Why it was refused.
        output: What was printed on stdout.
    """

    accepted: bool
    message: str = ""
    output: str = ""


class WrongError(Exception):
    """A case that went wrong: silently, or not in one sentence."""


class HangError(BaseException):
    """A case that takes too long; no `except Exception` may swallow it."""


@contextlib.contextmanager
def watchdog(seconds: float) -> Iterator[None]:
    """Ends what takes longer; in the main thread alone, where there are signals."""

    def bark(_: int, __: FrameType | None) -> None:
        raise HangError(f"not done after {seconds:g} s")

    earlier = signal.signal(signal.SIGALRM, bark)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)


def require(condition: bool, message: str) -> None:
    """Raises unless the condition holds."""
    if not condition:
        raise WrongError(message)


def judge_reading(path: Path) -> Verdict:
    """Reads a source strictly and with bad lines skipped, and compares the two.

    Returns:
        Whether it was accepted strictly, or why not.

    Raises:
        WrongError: If documents were lost, counts do not add up, or a refusal does not
            name the source.
        Exception: Whatever the reader let through.
    """
    documents, refusal = _read(path, skip=False)
    kept, fatal, counts = _read_skipping(path)
    if not refusal:
        require(
            documents == kept and not fatal, f"skipping changes a good one: {fatal}"
        )
        require(counts["skipped"] == 0, "something good was skipped")
        _check_against_oracle(path, len(documents))
        return Verdict(True)
    require(str(path) in refusal, f"the source is not named: {refusal}")
    # But for a name with a line break, which the command writes as an escape.
    told = refusal.replace("new\nline", "")
    require("\n" not in told, f"several lines: {refusal}")
    if fatal:
        require(str(path) in fatal, f"the source is not named: {fatal}")
        return Verdict(False, refusal)
    require(counts["skipped"] > 0, f"nothing was skipped, but: {refusal}")
    _check_against_oracle(path, counts["read"] + counts["skipped"])
    return Verdict(False, refusal)


def _read(path: Path, *, skip: bool) -> tuple[list[Document], str]:
    corpus = read_corpus(path, skip_bad_lines=skip)
    documents = []
    try:
        for document in corpus:
            documents.append(document)
    except InputError as error:
        return documents, str(error) or "no message"
    return documents, ""


def _read_skipping(path: Path) -> tuple[list[Document], str, dict[str, int]]:
    corpus = read_corpus(path, skip_bad_lines=True)
    documents, fatal = [], ""
    try:
        for document in corpus:
            documents.append(document)
    except InputError as error:
        fatal = str(error)
    n_empty = sum(not document.text.strip() for document in documents)
    require(corpus.n_read == len(documents), "n_read is not what was read")
    require(corpus.n_empty == n_empty, "n_empty is not what was empty")
    require(corpus.n_skipped_lines >= corpus.n_skipped, "a skipped row has no line")
    require(len({d.id for d in documents}) == len(documents), "an id comes twice")
    require(all(d.id for d in documents), "a document has no id")
    for document in documents:
        document.text.encode()
    return documents, fatal, {"read": corpus.n_read, "skipped": corpus.n_skipped}


def _check_against_oracle(path: Path, found: int) -> None:
    expected = n_records(path)
    require(
        expected is None or expected == found,
        f"{found} documents read or skipped, {expected} there",
    )


def n_records(path: Path) -> int | None:
    """Counts the records of a source by other means than the reader's.

    Returns:
        Their number; `None` where only the reader can tell, as in a broken table.
    """
    if path.is_dir():
        return sum(
            _may_be_read(Path(parent, name))
            for parent, folders, names in os.walk(path)
            # Hidden folders are passed over, in place.
            for _ in [folders.__setitem__(slice(None), _shown(folders))]
            for name in _shown(names)
        )
    try:
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
    except (EOFError, OSError, zlib.error):
        return None
    text = text.removeprefix(b"\xef\xbb\xbf")
    lines = text.split(b"\n")
    if ".jsonl" in path.name:
        return sum(bool(line.strip()) for line in lines)
    # Only the parser tells where a quoted field ends.
    if b'"' in text:
        return None
    filled = [line for line in lines if line.strip()]
    return len(filled) - 1


def _shown(names: Sequence[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]


def _may_be_read(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def judge_command(arguments: Sequence[str]) -> Verdict:
    """Runs `kate` in this process.

    Returns:
        Whether it did its work, or why not.

    Raises:
        WrongError: If its exit status is neither 0 nor 2, a refusal is not one line on
            stderr, or comes with results on stdout.
        Exception: Whatever the command let through.
    """
    output, notices = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(notices):
        try:
            status = main(list(arguments))
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 1
    told = notices.getvalue()
    require(status in (0, 2), f"exit status {status}: {told}")
    require("Traceback" not in told, told)
    if status == 0:
        return Verdict(True, output=output.getvalue())
    complaints = [line for line in told.splitlines() if line.startswith("kate")]
    require(len(complaints) == 1, f"not one line: {told}")
    require(told.endswith(f"{complaints[0]}\n"), f"not the last line: {told}")
    require(not output.getvalue(), f"results of a failure: {output.getvalue()}")
    return Verdict(False, complaints[0])


def check_reading_facts(facts: dict[str, object], corpus: Path) -> None:
    """Compares what a command says that it read with what is in the corpus.

    Args:
        facts: What the command printed as JSON.
        corpus: The corpus.

    Raises:
        WrongError: If they differ.
    """
    read = facts.get("read", facts.get("documents"))
    empty, skipped = facts["empty"], facts["skipped"]
    numbers = [value for value in (read, empty, skipped) if isinstance(value, int)]
    require(len(numbers) == 3, f"not all counts are told: {facts}")
    require(numbers[1] <= numbers[0], f"more empty than read: {facts}")
    _check_against_oracle(corpus, numbers[0] + numbers[2])


def kind(message: str) -> str:
    """Shortens a message to what it is about, without names and numbers."""
    message = re.sub(r"^kate[^:]*: ", "", message)
    message = re.sub(r"\S*/\S+", "…", message)
    message = re.sub(r"'[^']*'|\"[^\"]*\"|\{.*\}", "…", message)
    message = re.sub(r"^…?[^:]{0,20}(line|record|after line)[^:]*: ", "", message)
    message = re.sub(r"\d[\d.]*", "N", message)
    return " ".join(message.split("Received")[0].split())[:90].strip()


def parsed(verdict: Verdict) -> dict[str, object]:
    """Returns what a command printed as JSON."""
    facts = json.loads(verdict.output)
    require(isinstance(facts, dict), f"no facts: {verdict.output:.80}")
    return dict(facts)
