"""A job: every shard of a corpus done once, whatever happens on the way."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from kate_keras.artifact.folder_lock import lock_folder, unlock_folder
from kate_keras.errors import InputError
from kate_keras.scale.finished import ASIDE, NOTES, Finished
from kate_keras.scale.shards import Shard
from kate_keras.scale.work import work_on

Facts = dict[str, Any]


def run_job(
    ray: Any,
    finished: Finished,
    shards: Sequence[Shard],
    function: Callable[..., Facts],
    *arguments: Any,
    manifest: str | None = None,
    verbose: bool = True,
) -> list[Facts]:
    """Has every shard done that is not finished yet.

    Args:
        ray: Ray, connected.
        finished: Where shards are finished. Its folder is locked meanwhile.
        shards: The whole corpus.
        function: Takes a shard, `finished` and the arguments; returns what
            `Finished.finish` does.
        *arguments: Further arguments; see `work_on`.
        manifest: Name of the file that completes the folder, which the caller writes
            in the end: until then there is none, as shards of two jobs may be there.
        verbose: Whether to show progress on stderr.

    Returns:
        The facts of every shard, in the order of the corpus.

    Raises:
        InputError: As `work_on`, if another job writes to the folder, or if it is not
            the one that the workers have written to.
    """
    finished.folder.mkdir(parents=True, exist_ok=True)
    lock = lock_folder(finished.folder, wait=False)
    if lock is None and sys.platform != "win32":
        raise InputError(
            f"Another process writes to {finished.folder}. Wait for its end, or give "
            "another output."
        )
    try:
        finished.clear()
        if manifest is not None:
            (finished.folder / manifest).unlink(missing_ok=True)
        done = _run(ray, finished, shards, function, arguments, verbose)
        finished.drop_others(shards)
        return done
    finally:
        unlock_folder(lock)


def _run(
    ray: Any,
    finished: Finished,
    shards: Sequence[Shard],
    function: Callable[..., Facts],
    arguments: tuple[Any, ...],
    verbose: bool,
) -> list[Facts]:
    known = {shard.number: finished.facts(shard) for shard in shards}
    done = {number: facts for number, facts in known.items() if facts is not None}
    left = [shard for shard in shards if shard.number not in done]
    with tqdm(
        unit=" documents",
        unit_scale=True,
        disable=None if verbose else True,
        initial=sum(facts["documents"] for facts in done.values()),
    ) as bar:
        bar.set_description(f"{len(done)} of {len(shards)} shards")
        for shard, facts in work_on(ray, function, left, finished, *arguments):
            done[shard.number] = facts
            bar.set_description(f"{len(done)} of {len(shards)} shards", False)
            bar.update(facts["documents"])
    unseen = [shard for shard in shards if finished.facts(shard) is None]
    if unseen:
        raise InputError(
            f"{len(unseen)} of {len(shards)} finished shards are not in "
            f"{finished.folder} as this machine sees it. Give a folder that all "
            "machines share, by the same path."
        )
    return [done[shard.number] for shard in shards]


def reading_facts(done: Sequence[Facts]) -> dict[str, int]:
    """Adds up what became of the documents of all shards."""
    names = ("documents", "empty", "skipped")
    return {name: sum(facts[name] for facts in done) for name in names}


def check_output_folder(folder: Path, manifest: str) -> None:
    """Refuses an output folder that holds something else than such a job's.

    Args:
        folder: Output folder.
        manifest: Name of the file that completes it.

    Raises:
        InputError: If it is a file, or holds what the job did not write.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file. Expected: a folder, or a new path.")
    if not folder.is_dir():
        return
    # What a process wrote that died in its first shard is no file of anyone's.
    names = {
        path.name
        for path in folder.iterdir()
        if not (path.name.startswith(".") and path.suffix == ASIDE)
    }
    if names and not names & {NOTES, manifest}:
        raise InputError(
            f"{folder} exists and holds other files; it is left as it is. Give a new "
            "path."
        )
