"""What is finished stays so, and nothing else is taken for it."""

from dataclasses import replace

import pytest

from kate_keras.scale.finished import NOTES, Finished, job_of
from kate_keras.scale.shards import Shard

SHARD = Shard(3, "some.jsonl", state=(10, 20))


@pytest.fixture
def finished(tmp_path):
    return Finished(tmp_path / "out", job_of("x", 1), ".npy")


def done(finished, content=b"1234"):
    with finished.output(SHARD) as path:
        path.write_bytes(content)
    return finished.finish(SHARD, {"documents": 7})


def test_a_finished_shard_is_known_with_its_facts(finished):
    assert finished.facts(SHARD) is None
    facts = done(finished)
    assert facts == {
        "documents": 7,
        "file": "000003.npy",
        "bytes": 4,
        "source": "some.jsonl",
    }
    assert finished.facts(SHARD) == facts


def test_what_differs_in_anything_is_to_be_done(finished):
    done(finished)
    assert finished.facts(replace(SHARD, state=(10, 21))) is None
    assert finished.facts(replace(SHARD, source="other.jsonl")) is None
    assert finished.facts(replace(SHARD, number=4)) is None
    assert replace(finished, job=job_of("x", 2)).facts(SHARD) is None
    assert finished.facts(SHARD) is not None


@pytest.mark.parametrize("damage", ["output cut", "output gone", "note cut", "no note"])
def test_what_is_damaged_is_done_anew(finished, damage):
    done(finished)
    output = finished.folder / "000003.npy"
    note = finished.folder / NOTES / "000003.json"
    if damage == "output cut":
        output.write_bytes(b"123")
    elif damage == "output gone":
        output.unlink()
    elif damage == "note cut":
        note.write_text(note.read_text()[:20])
    else:
        note.unlink()
    assert finished.facts(SHARD) is None


def test_an_output_that_fails_leaves_what_was_there(finished):
    done(finished)
    with pytest.raises(ZeroDivisionError), finished.output(SHARD) as path:
        path.write_bytes(b"half")
        raise ZeroDivisionError
    assert (finished.folder / "000003.npy").read_bytes() == b"1234"
    names = sorted(path.name for path in finished.folder.iterdir())
    assert names == ["000003.npy", NOTES]


def test_two_that_finish_the_same_shard_leave_one_of_it(finished):
    with finished.output(SHARD) as one, finished.output(SHARD) as other:
        assert one != other
        one.write_bytes(b"same")
        other.write_bytes(b"same")
    assert (finished.folder / "000003.npy").read_bytes() == b"same"
    assert len(list(finished.folder.iterdir())) == 1


def test_what_killed_writers_left_is_cleared(finished):
    done(finished)
    (finished.folder / ".000003.npy.1.ab.aside").write_bytes(b"half")
    (finished.folder / NOTES / ".000003.json.1.ab.aside").write_text("{")
    finished.clear()
    assert sorted(p.name for p in finished.folder.rglob("*")) == [
        "000003.json",
        "000003.npy",
        NOTES,
    ]


def test_shards_of_an_earlier_job_are_dropped(finished):
    done(finished)
    others = [finished.folder / name for name in ("words.npy", "000003.txt")]
    for path in others:
        path.touch()
    finished.drop_others([SHARD])
    assert finished.facts(SHARD)
    finished.drop_others([replace(SHARD, number=2)])
    assert sorted(p.name for p in finished.folder.rglob("*") if p.is_file()) == [
        "000003.txt",
        "words.npy",
    ]
