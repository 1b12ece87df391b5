"""Folders that are replaced in one step, and what killed processes leave."""

import os
import random
import resource
import signal
import subprocess
import sys
import time

import pytest

from kate_keras import load
from kate_keras.artifact import folders
from kate_keras.artifact.exchange import exchange
from kate_keras.artifact.folder_lock import lock_folder, unlock_folder
from kate_keras.artifact.folders import (
    check_folder_target,
    file_written_aside,
    written_aside,
)
from kate_keras.errors import InputError

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs renameat2")
# Replaces a folder of two files, which have to agree, until it is killed.
WRITER = """
import json, sys
from pathlib import Path
from kate_keras.artifact.folders import written_aside
target = Path(sys.argv[1])
for number in range(10**9):
    with written_aside(target) as folder:
        (folder / "part").write_text(str(number))
        manifest = {"format": "kate_keras", "files": {"part": {}}, "number": number}
        (folder / "manifest.json").write_text(json.dumps(manifest))
    if not number:
        print("there", flush=True)
"""


def write(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "part").write_text(text)
    manifest = '{"format": "kate_keras", "files": {"part": {}}}'
    (folder / "manifest.json").write_text(manifest)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@LINUX
def test_two_folders_change_places(tmp_path):
    write(tmp_path / "one", "1")
    write(tmp_path / "two", "2")
    assert exchange(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "one" / "part").read_text() == "2"
    assert (tmp_path / "two" / "part").read_text() == "1"
    assert not exchange(tmp_path / "one", tmp_path / "none")
    assert names(tmp_path) == ["one", "two"]


@pytest.mark.parametrize("able", [True, False])
def test_a_folder_is_replaced_with_and_without_the_exchange(
    tmp_path, monkeypatch, able
):
    if not able:
        monkeypatch.setattr(folders, "exchange", lambda one, other: False)
    for text in "ab":
        with written_aside(tmp_path / "model") as folder:
            write(folder, text)
        assert (tmp_path / "model" / "part").read_text() == text
        assert names(tmp_path) == ["model"]


def test_killed_at_any_moment_one_of_the_two_is_there(tmp_path):
    moments = random.Random(0)
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, str(tmp_path / "model")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"there\n"
            time.sleep(moments.uniform(0, 0.1))
            process.kill()
        assert process.returncode == -signal.SIGKILL
        if sys.platform != "linux":
            check_folder_target(tmp_path / "model")
        model = tmp_path / "model"
        number = (model / "part").read_text()
        assert f'"number": {number}' in (model / "manifest.json").read_text()
    check_folder_target(tmp_path / "model")
    assert names(tmp_path) == ["model"]


def test_an_earlier_folder_that_a_killed_process_moved_is_put_back(tmp_path):
    write(tmp_path / ".model.abcdefgh.aside" / "old", "earlier")
    (tmp_path / ".model.abcdefgh.aside" / "new").mkdir()
    check_folder_target(tmp_path / "model")
    assert (tmp_path / "model" / "part").read_text() == "earlier"
    assert names(tmp_path) == ["model"]


def test_what_others_have_is_left_alone(tmp_path):
    kept = [".model.mine", ".models.abcdefgh.aside", "model.abcdefgh.aside"]
    for name in kept:
        (tmp_path / name).mkdir()
    mine = tmp_path / ".model.abcdefgh.aside"
    mine.mkdir()
    lock = lock_folder(mine)
    with written_aside(tmp_path / "model") as folder:
        write(folder, "new")
    assert names(tmp_path) == sorted([*kept, mine.name, "model"])
    unlock_folder(lock)
    with file_written_aside(tmp_path / "model.txt") as path:
        path.write_text("another name")
    assert mine.exists()
    check_folder_target(tmp_path / "model")
    assert not mine.exists()


def test_a_lock_is_held_by_one(tmp_path):
    lock = lock_folder(tmp_path)
    assert lock_folder(tmp_path, wait=False) is None
    unlock_folder(lock)
    again = lock_folder(tmp_path, wait=False)
    assert again is not None
    unlock_folder(again)
    assert lock_folder(tmp_path / "none") is None


def test_files_of_killed_runs_are_cleared_too(tmp_path):
    left = tmp_path / ".vectors.npy.abcdefgh.aside"
    left.mkdir()
    (left / "vectors.npy").write_text("half")
    with file_written_aside(tmp_path / "vectors.npy") as path:
        path.write_text("whole")
    assert names(tmp_path) == ["vectors.npy"]


@pytest.mark.parametrize("limit", [20_000, 100_000])
def test_a_disk_that_is_full_leaves_the_earlier_model(model_folder, tmp_path, limit):
    path = tmp_path / "model"
    model = load(model_folder)
    model.save(path)
    before = (path / "manifest.json").read_bytes()
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most[1]))
    try:
        with pytest.raises(OSError, match="(?i)too large"):
            model.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert names(tmp_path) == ["model"]
    assert (path / "manifest.json").read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_place_is_refused_before_the_work(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        check_folder_target(tmp_path / "model")
    tmp_path.chmod(0o700)


def test_a_pipe_is_not_replaced_by_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="a device or a pipe"):
        folders.check_file_target(pipe)
    with pytest.raises(InputError), folders.file_written_aside(pipe):
        pass
    assert pipe.is_fifo()


def test_a_name_that_a_model_cannot_have_is_refused_before_the_work(tmp_path):
    with pytest.raises(InputError, match=r"'ta\\tb' holds a control character"):
        folders.check_folder_target(tmp_path / "ta\tb")
    folders.check_folder_target(tmp_path / "ta b")
