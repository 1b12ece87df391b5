"""Which shards of a job are finished, so that the job can be gone on with."""

import json
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kate_keras.durable import flush_to_disk
from kate_keras.errors import InputError
from kate_keras.strict_json import read_json

# Readers of a folder of Parquet files pass over names that begin so.
FOLDER = "_shards"
ASIDE = ".aside"


class Finished:
    """The finished shards of a job, of which each has a file beside its output.

    A shard is finished when that file is there: its output is then in place, under its
    name, and on the disk. Several processes may finish the same shard, as one that was
    taken for dead and its successor: each writes its own file aside, and one is renamed
    over the other, of the same content.

    Args:
        folder: Output folder of the job, which all nodes see.
        job: What the outputs depend on beside their shards; a shard that another job
            finished is not finished.
    """

    def __init__(self, folder: Path, job: str) -> None:
        self.folder = folder
        self.job = job

    def facts(self, name: str, digest: str) -> dict[str, Any] | None:
        """Returns the facts of a shard, or `None` if it is to be done.

        Args:
            name: Name of the shard.
            digest: Its digest.
        """
        path = self.folder / FOLDER / f"{name}.json"
        try:
            content = read_json(path)
        except (OSError, InputError):
            return None
        if not isinstance(content, dict):
            return None
        if content.get("job") != self.job or content.get("shard") != digest:
            return None
        facts = content["facts"]
        size = facts["bytes"]
        output = self.folder / facts["file"]
        if not output.is_file() or output.stat().st_size != size:
            return None
        return dict(facts)

    @contextmanager
    def output(self, file: str) -> Iterator[Path]:
        """Gives the path of a file that gets its name when the block ends well.

        Args:
            file: Name of the output within the folder.
        """
        target = self.folder / file
        with _aside(target) as path:
            yield path

    def finish(
        self, name: str, digest: str, file: str, facts: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Notes that a shard is finished; its output is in place.

        Args:
            name: Name of the shard.
            digest: Its digest.
            file: Name of its output.
            facts: JSON types.

        Returns:
            The facts with `file` and `bytes`.
        """
        size = (self.folder / file).stat().st_size
        known = {**facts, "file": file, "bytes": size}
        content = {"job": self.job, "shard": digest, "facts": known}
        with _aside(self.folder / FOLDER / f"{name}.json") as path:
            path.write_text(json.dumps(content) + "\n", "utf-8")
        return known

    def clear(self) -> None:
        """Removes what was being written when processes died; no other may be alive."""
        for folder in (self.folder, self.folder / FOLDER):
            for path in folder.glob(f".*{ASIDE}"):
                path.unlink(missing_ok=True)


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    target.parent.mkdir(parents=True, exist_ok=True)
    name = f".{target.stem}.{os.getpid()}.{uuid.uuid4().hex}{target.suffix}{ASIDE}"
    path = target.with_name(name)
    try:
        yield path
        flush_to_disk(path)
        path.replace(target)
        flush_to_disk(target.parent)
    finally:
        path.unlink(missing_ok=True)
