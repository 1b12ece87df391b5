"""One file, whole or refused."""

import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.training import checkpoint_file
from kate_keras.training.checkpoint_file import CheckpointFile, read_checkpoint

TRAINING = {
    "options": {"epochs": 9, "k": None, "stop_words": ["a", "b"]},
    "versions": {"keras": "3.1"},
}
FACTS = {"epoch": 4, "batches": 8, "state": 2**127 + 1, "loss": 0.1 + 0.2}
ARRAYS = {"W": np.arange(6, dtype="float32").reshape(2, 3), "seed": np.uint32(7)}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "new" / "pets.checkpoint"
    CheckpointFile(path, TRAINING).write(FACTS, ARRAYS)
    return path


def test_what_was_written_is_read_to_the_bit(path):
    facts, arrays = CheckpointFile(path, TRAINING, resume=True).state
    assert facts == FACTS
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_every_changed_byte_is_refused(path):
    content = path.read_bytes()
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 4
        path.write_bytes(changed)
        with pytest.raises(InputError, match=r"is damaged|is not a checkpoint"):
            CheckpointFile(path, TRAINING, resume=True)


@pytest.mark.parametrize("length", [0, 10, 24, 80, 89, 200, -1])
def test_a_cut_file_is_refused(path, length):
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match=r"is damaged|is not a checkpoint"):
        CheckpointFile(path, TRAINING, resume=True)


@pytest.mark.parametrize("resume", [False, True])
def test_what_is_not_a_checkpoint_is_left_as_it_is(tmp_path, resume):
    path = tmp_path / "letter"
    path.write_text("dear")
    with pytest.raises(InputError, match="not a checkpoint .* left as it is"):
        CheckpointFile(path, TRAINING, resume)
    assert path.read_text() == "dear"
    with pytest.raises(InputError, match="not a checkpoint"):
        CheckpointFile(tmp_path, TRAINING, resume)


@pytest.mark.parametrize(
    ("topic", "changes", "message"),
    [
        ("options", {"epochs": 8}, "epochs was 9, is 8 now"),
        ("options", {"k": 2}, "k was None, is 2 now"),
        ("options", {"stop_words": ["a"]}, r"stop_words was \['a', 'b'\], is"),
        ("versions", {"keras": "3.2"}, "keras was '3.1', is '3.2' now"),
        ("options", {"new": 1}, "new was None, is 1 now"),
    ],
)
def test_another_training_is_refused_and_what_differs_is_named(
    path, topic, changes, message
):
    other = {**TRAINING, topic: {**TRAINING[topic], **changes}}
    with pytest.raises(InputError, match=f"belongs to another training: {message}"):
        CheckpointFile(path, other, resume=True)
    assert CheckpointFile(path, other).state is None


def test_without_a_checkpoint_there_is_nothing_to_go_on_from(tmp_path):
    file = CheckpointFile(tmp_path / "none", TRAINING, resume=True)
    assert file.state is None
    file.remove()


def test_the_situation_is_told(path, tmp_path):
    def told(path, resume):
        return CheckpointFile(path, TRAINING, resume).situation()

    assert told(path, True) == f"going on from {path}: epoch 5, after 8 batches\n"
    assert told(path, False).startswith(f"{path} is of a training that was stopped")
    assert told(tmp_path / "none", True) == (
        f"no checkpoint at {tmp_path / 'none'}; the training begins\n"
    )
    assert told(tmp_path / "none", False) == ""


@pytest.mark.parametrize("error", [OSError(28, "full"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_earlier_one(path, monkeypatch, error):
    def half(file, **arrays):
        file.write(b"half")
        raise error

    monkeypatch.setattr(checkpoint_file.np, "savez", half)
    with pytest.raises(type(error)):
        CheckpointFile(path, TRAINING).write({"epoch": 5}, {})
    assert read_checkpoint(path)[0]["epoch"] == 4
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_it_removes_itself_and_what_a_killed_writer_left(path):
    path.with_name(f".{path.name}.aside").write_bytes(b"half")
    CheckpointFile(path, TRAINING).remove()
    assert not list(path.parent.iterdir())
