"""The file in which a training keeps its state, to go on from when it was stopped."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kate_keras.durable import flush_to_disk
from kate_keras.errors import InputError

# The file is this line, the SHA-256 of the rest in hexadecimal, a line feed, and an
# .npz of arrays, of which "facts" is JSON.
MAGIC = b"kate_keras checkpoint 1\n"
START = len(MAGIC) + 65
FACTS = "facts"

State = tuple[dict[str, Any], dict[str, np.ndarray]]


class CheckpointFile:
    """A checkpoint on disk: what there is to go on from, and where the next one goes.

    Args:
        path: File of the checkpoint. It is replaced as a whole or not at all.
        training: What the training depends on beside its corpus, by topic, as JSON
            types: `{"options": {...}, "versions": {...}}`.
        resume: Whether to go on from the checkpoint that is there, if one is.

    Attributes:
        state: Facts and arrays to go on from; `None`, the training begins.
        ended: Whether the training came to its end; then the file is of no more use.
        is_of_this_training: Whether the file is one that this training has written, or
            goes on from; not one that another training has left.

    Raises:
        InputError: If the file is not a checkpoint; and, to resume, if it is damaged or
            of another training.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> from pathlib import Path
        >>> from kate_keras.training.checkpoint_file import CheckpointFile
        >>> path = Path(tempfile.mkdtemp()) / "pets.checkpoint"
        >>> training = {"options": {"epochs": 9}}
        >>> CheckpointFile(path, training).write({"epoch": 4}, {"W": np.ones(2)})
        >>> facts, arrays = CheckpointFile(path, training, resume=True).state
        >>> facts["epoch"], arrays["W"]
        (4, array([1., 1.]))
    """

    def __init__(
        self, path: Path, training: Mapping[str, Any], resume: bool = False
    ) -> None:
        self.path = path.resolve()
        self.resume = resume
        self.training = json.loads(json.dumps(training))
        self.state: State | None = None
        self.ended = False
        if self.path.exists():
            self._check_is_checkpoint()
        if resume and self.path.exists():
            facts, arrays = read_checkpoint(self.path)
            self._check_training(facts.pop("training"))
            self.state = facts, arrays
        self.is_of_this_training = self.state is not None

    def situation(self) -> str:
        """Says in a line what is gone on from, or what will be replaced."""
        if self.state:
            facts = self.state[0]
            done, epoch = facts["batches"], facts["epoch"] + 1
            return f"going on from {self.path}: epoch {epoch}, after {done} batches\n"
        if self.resume:
            return f"no checkpoint at {self.path}; the training begins\n"
        if self.path.exists():
            return (
                f"{self.path} is of a training that was stopped, and could be resumed; "
                "this one begins anew and will replace it\n"
            )
        return ""

    @property
    def _aside(self) -> Path:
        return self.path.with_name(f".{self.path.name}.aside")

    def write(self, facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Replaces the checkpoint; on return the new one is on the disk.

        Args:
            facts: JSON types.
            arrays: Arrays by name.

        Raises:
            OSError: If it cannot be written; the earlier one is as it was.
        """
        said = json.dumps({**facts, "training": self.training}).encode()
        content: dict[str, Any] = {FACTS: np.frombuffer(said, np.uint8), **arrays}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._aside.open("w+b") as file:
                file.write(MAGIC + b"0" * 64 + b"\n")
                np.savez(file, **content)
                found = _digest(file)
                file.seek(len(MAGIC))
                file.write(found)
                file.flush()
                os.fsync(file.fileno())
            self._aside.replace(self.path)
            self.is_of_this_training = True
        except BaseException:
            self._aside.unlink(missing_ok=True)
            raise
        flush_to_disk(self.path.parent)

    def remove(self) -> None:
        """Takes the checkpoint away, and what a killed writer left of one."""
        self.path.unlink(missing_ok=True)
        self._aside.unlink(missing_ok=True)

    def check_corpus(self, corpus: Mapping[str, Any]) -> None:
        """Refuses to go on with another corpus than that of the checkpoint.

        Args:
            corpus: Facts of the corpus; those of the checkpoint are `"corpus"`.

        Raises:
            InputError: If they differ.
        """
        if self.state and self.state[0]["corpus"] != corpus:
            then = self.state[0]["corpus"]
            raise InputError(
                f"{self.path} belongs to a training on another corpus: "
                f"{then['documents']} documents and {then['words']} words, now "
                f"{corpus['documents']} and {corpus['words']}"
                f"{', with other counts' if _alike(then, corpus) else ''}. "
                "Resume with the corpus of then, or begin anew without resuming."
            )

    def _check_is_checkpoint(self) -> None:
        start = b""
        if self.path.is_file():
            with self.path.open("rb") as file:
                start = file.read(len(MAGIC))
        if start != MAGIC:
            raise InputError(
                f"{self.path} exists and is not a checkpoint that this kate_keras "
                "reads; it is left as it is. Move it away."
            )

    def _check_training(self, then: dict[str, Any]) -> None:
        differences = [
            f"{name} was {then.get(topic, {}).get(name)!r}, is {value!r} now"
            for topic, now in self.training.items()
            for name, value in now.items()
            if then.get(topic, {}).get(name) != value
        ]
        if differences:
            raise InputError(
                f"{self.path} belongs to another training: {'; '.join(differences)}. "
                "Resume with what it was, or begin anew without resuming."
            )


def _alike(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return all(then[name] == now[name] for name in ("documents", "words"))


def _digest(file: Any) -> bytes:
    """The SHA-256 of what follows the head of the file, in hexadecimal."""
    file.flush()
    file.seek(START)
    return hashlib.file_digest(file, "sha256").hexdigest().encode()


def read_checkpoint(path: Path) -> State:
    """Reads facts and arrays of a checkpoint.

    Raises:
        InputError: If it is damaged.
    """
    with path.open("rb") as file:
        if file.read(START) != MAGIC + _digest(file) + b"\n":
            raise InputError(
                f"{path} is damaged: its checksum does not match its content. "
                "Nothing can go on from it; begin anew without resuming."
            )
        file.seek(START)
        with np.load(file, allow_pickle=False) as content:
            arrays = dict(content)
    return json.loads(arrays.pop(FACTS).tobytes()), arrays
