"""Work that outlives processes and disks, on two node processes."""

import errno
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from kate_keras.errors import InputError
from kate_keras.scale.work import RETRIES, work_on


@dataclass(frozen=True)
class Piece:
    number: int

    @property
    def place(self):
        return f"piece {self.number}"


PIECES = [Piece(number) for number in range(6)]


def squared(piece):
    return piece.number**2


def refusing(piece):
    if piece.number == 2:
        raise InputError("piece 2, line 7: no `text`.")
    return piece.number


def refusing_among_slow_ones(piece, folder):
    Path(folder, f"{piece.number} begun").touch()
    if piece.number == 2:
        raise InputError("piece 2, line 7: no `text`.")
    time.sleep(0.5)
    Path(folder, f"{piece.number} ended").touch()


def dying_once(piece, folder):
    mark = Path(folder, str(piece.number))
    if not mark.exists():
        mark.touch()
        os._exit(1)
    return piece.number


def deadly(piece, folder):
    Path(folder, f"{piece.number}-{os.getpid()}-{time.monotonic_ns()}").touch()
    if piece.number == 1:
        os._exit(1)
    return piece.number


def node():
    import ray

    return ray.get_runtime_context().get_node_id()


def with_a_full_disk(piece, full):
    if node() in full:
        raise OSError(errno.ENOSPC, "No space left on device")
    # A node whose processes ended a moment ago may take nothing for a while.
    time.sleep(0.2)
    return node()


def without_right(piece):
    raise PermissionError(errno.EACCES, "Permission denied")


def test_every_piece_is_done_once(ray):
    done = dict(work_on(ray, squared, PIECES))
    assert done == {piece: piece.number**2 for piece in PIECES}
    assert dict(work_on(ray, squared, [])) == {}


def test_a_fault_of_the_corpus_ends_the_work(ray):
    with pytest.raises(InputError, match="^piece 2, line 7: no `text`"):
        dict(work_on(ray, refusing, PIECES))


def test_no_piece_is_left_at_work_after_a_fault(ray, tmp_path):
    with pytest.raises(InputError, match="^piece 2, line 7"):
        dict(work_on(ray, refusing_among_slow_ones, PIECES * 3, str(tmp_path)))
    marks = {path.name for path in tmp_path.iterdir()}
    begun = {name.split()[0] for name in marks if name.endswith("begun")}
    ended = {name.split()[0] for name in marks if name.endswith("ended")}
    assert begun - ended == {"2"}
    time.sleep(1)
    assert {path.name for path in tmp_path.iterdir()} == marks


def test_a_process_that_dies_is_replaced(ray, tmp_path):
    done = dict(work_on(ray, dying_once, PIECES, str(tmp_path)))
    assert done == {piece: piece.number for piece in PIECES}


def test_a_piece_that_ends_every_process_is_named_after_all_others(ray, tmp_path):
    done = {}
    with pytest.raises(InputError, match=r"1 of 6 shards failed .*: piece 1 \("):
        for piece, result in work_on(ray, deadly, PIECES, str(tmp_path)):
            done[piece] = result
    assert sorted(done.values()) == [0, 2, 3, 4, 5]
    tries = [path for path in tmp_path.iterdir() if path.name.startswith("1-")]
    assert len(tries) == 1 + RETRIES


def test_a_node_with_a_full_disk_gets_no_more(ray, capsys):
    full = [n["NodeID"] for n in ray.nodes() if n["Alive"]][:1]
    pieces = [Piece(number) for number in range(30)]
    done = dict(work_on(ray, with_a_full_disk, pieces, full))
    assert len(done) == 30
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"node {full[0][:8]} gets no more work: [Errno 28]")
    assert full[0] not in done.values()


def test_full_disks_everywhere_end_the_work(ray):
    full = [n["NodeID"] for n in ray.nodes()]
    with pytest.raises(InputError, match="No node is left .*No space left on device"):
        dict(work_on(ray, with_a_full_disk, PIECES, full))


def test_another_fault_of_the_system_is_told_with_its_place(ray):
    with pytest.raises(InputError, match="piece 0: .*Permission denied"):
        dict(work_on(ray, without_right, PIECES[:1]))
