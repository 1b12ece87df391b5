"""Which shards of a job are finished, so that the job can be gone on with."""

import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kate_keras.durable import flush_to_disk
from kate_keras.errors import InputError
from kate_keras.scale.shards import Shard
from kate_keras.strict_json import read_json

# Readers of a folder of Parquet files pass over names that begin so.
NOTES = "_shards"
ASIDE = ".aside"
SHARD_NAME = re.compile("[0-9]{6,}")


def job_of(*parts: Any) -> str:
    """Returns the hash of what the outputs of a job depend on, as JSON types."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Finished:
    """The finished shards of a job, of which each has a note beside its output.

    A shard is finished when its note is there: its output is then in place, under its
    name, and on the disk. Several processes may finish the same shard, as one that was
    taken for dead and its successor: each writes a file of its own aside, and one is
    renamed over the other, of the same content.

    Args:
        folder: Output folder of the job, which all nodes see.
        job: Hash of what outputs depend on beside their shards; to another job the
            shards of this one are not finished.
        suffix: Of the outputs.
    """

    folder: Path
    job: str
    suffix: str

    def facts(self, shard: Shard) -> dict[str, Any] | None:
        """Returns the facts of a shard, or `None` if it is to be done."""
        try:
            content = read_json(self._note(shard))
            whose = content["job"], content["shard"]
            facts: dict[str, Any] = content["facts"]
            size = (self.folder / facts["file"]).stat().st_size
        except (OSError, InputError, KeyError, TypeError):
            # What was never there, or half there, is done anew.
            return None
        known = whose == (self.job, shard.digest()) and size == facts["bytes"]
        return facts if known else None

    @contextmanager
    def output(self, shard: Shard) -> Iterator[Path]:
        """Gives the path of a file that gets its name when the block ends well."""
        with _aside(self.folder / f"{shard.name}{self.suffix}") as path:
            yield path

    def finish(self, shard: Shard, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Notes that a shard is finished; its output is in place.

        Args:
            shard: Shard.
            facts: JSON types.

        Returns:
            The facts with the name of the output, `file`, its `bytes` and the `source`.
        """
        file = f"{shard.name}{self.suffix}"
        size = (self.folder / file).stat().st_size
        known = {**facts, "file": file, "bytes": size, "source": shard.place}
        content = {"job": self.job, "shard": shard.digest(), "facts": known}
        with _aside(self._note(shard)) as path:
            path.write_text(json.dumps(content) + "\n", "utf-8")
        return known

    def clear(self) -> None:
        """Removes what was being written when processes died; none may be alive."""
        for folder in (self.folder, self.folder / NOTES):
            for path in folder.glob(f".*{ASIDE}"):
                if path.is_file():
                    path.unlink(missing_ok=True)

    def drop_others(self, shards: Sequence[Shard]) -> None:
        """Removes what an earlier job left of shards that this one does not have.

        Args:
            shards: All shards of this job.
        """
        names = {shard.name for shard in shards}
        outputs = [
            *self.folder.glob(f"*{self.suffix}"),
            *(self.folder / NOTES).glob("*.json"),
        ]
        for path in outputs:
            if SHARD_NAME.fullmatch(path.stem) and path.stem not in names:
                path.unlink(missing_ok=True)

    def _note(self, shard: Shard) -> Path:
        return self.folder / NOTES / f"{shard.name}.json"


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    target.parent.mkdir(parents=True, exist_ok=True)
    name = f".{target.name}.{os.getpid()}.{uuid.uuid4().hex}{ASIDE}"
    path = target.with_name(name)
    try:
        yield path
        flush_to_disk(path)
        path.replace(target)
        flush_to_disk(target.parent)
    finally:
        path.unlink(missing_ok=True)
