"""A training that was stopped ends as if it had not been: same bits, same history."""

import dataclasses
import shutil
from contextlib import contextmanager

import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.models import VARIANTS
from kate_keras.training import (
    RECIPES,
    adapt_input,
    adapt_output,
    checkpoint_file,
    checkpoints,
    train,
)
from kate_keras.training.checkpoint_file import CheckpointFile, read_checkpoint

# 57 documents are learned from: 15 steps an epoch, of which 8 are one execution.
RECIPE = dataclasses.replace(RECIPES["default"], epochs=3, batch_size=4, min_steps=1)
PAPER = dataclasses.replace(RECIPES["paper"], epochs=3, batch_size=4)


@pytest.fixture(autouse=True, scope="module")
def at_every_moment():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "SECONDS_APART", 0)
        patch.setattr(checkpoints, "COST_APART", 0)
        yield


@contextmanager
def all_kept():
    """Keeps every checkpoint as `<epoch>-<batches>` beside the file."""
    write = CheckpointFile.write

    def write_and_keep(self, facts, arrays):
        write(self, facts, arrays)
        place = f"{facts['epoch']}-{facts['batches']}"
        shutil.copy(self.path, self.path.with_name(place))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CheckpointFile, "write", write_and_keep)
        yield


@contextmanager
def stopped(after, error):
    """Stops the training at the so manieth checkpoint."""
    write, left = CheckpointFile.write, [after]

    def write_and_stop(self, facts, arrays):
        write(self, facts, arrays)
        left[0] -= 1
        if not left[0]:
            raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CheckpointFile, "write", write_and_stop)
        yield


@pytest.fixture(scope="module")
def whole(counts, tmp_path_factory):
    """A training that was not stopped, and a copy of each of its checkpoints."""
    folder = tmp_path_factory.mktemp("whole")
    with all_kept():
        return trained(counts, RECIPE, folder / "file"), folder


def autoencoder(variant="kate", **options):
    own = {"k": 2, "alpha": 1.0, "inference": "dense", "strength": 0.2}
    own = {name: own[name] for name in VARIANTS[variant].options}
    return VARIANTS[variant].build(
        15, 6, **own, weighting="log-idf", input_dropout=0.5, **options
    )


def trained(counts, recipe, path, *, resume=False, model=None):
    """Weights and history of a training with checkpoints."""
    model = model or autoencoder()
    adapt_input(model, counts)
    adapt_output(model, counts, recipe.loss)
    file = CheckpointFile(path, {}, resume)
    history = train(model, counts, recipe, verbose=False, checkpoint=file)
    return model.get_weights(), history


def assert_same(found, expected):
    assert found[1] == expected[1]
    for one, other in zip(found[0], expected[0], strict=True):
        np.testing.assert_array_equal(one, other)


# The others differ from these in a number: "no-energy" in KATE's alpha.
NETWORKS = [name for name in VARIANTS if not name.startswith("no-")]
CASES = {
    **{name: (name, RECIPE) for name in NETWORKS},
    "sampled": ("kate", dataclasses.replace(RECIPE, decoder="sampled")),
    "paper": ("kate", PAPER),
}


@pytest.mark.parametrize("case", CASES)
def test_resumed_within_an_epoch_it_ends_as_if_it_had_not_stopped(
    counts, tmp_path, case
):
    variant, recipe = CASES[case]
    models = [autoencoder(variant), autoencoder(variant)]
    with all_kept():
        expected = trained(counts, recipe, tmp_path / "file", model=models[0])
    found = trained(counts, recipe, tmp_path / "1-8", resume=True, model=models[1])
    assert_same(found, expected)
    assert len(found[1]["loss"]) == 3


@pytest.mark.parametrize("place", ["1-0", "2-8"])
def test_it_may_have_stopped_anywhere(counts, whole, place):
    expected, folder = whole
    assert_same(trained(counts, RECIPE, folder / place, resume=True), expected)


def test_checkpoints_change_nothing(counts, whole):
    model = autoencoder()
    adapt_input(model, counts)
    adapt_output(model, counts, RECIPE.loss)
    history = train(model, counts, RECIPE, verbose=False)
    assert_same((model.get_weights(), history), whole[0])


@pytest.mark.parametrize("schedule", ["plateau", "cosine"])
def test_the_schedule_remembers_the_epochs_before(counts, tmp_path, schedule):
    # Steps so wide that the loss rises: rates drop and patience ends in between.
    wild = dataclasses.replace(
        RECIPE, schedule=schedule, epochs=20, patience=3, learning_rate=1.0
    )
    with all_kept():
        expected = trained(counts, wild, tmp_path / "file")
    n_epochs = len(expected[1]["loss"])
    assert 3 < n_epochs < 20
    last = tmp_path / f"{n_epochs - 1}-8"
    assert_same(trained(counts, wild, last, resume=True), expected)
    assert len(set(expected[1]["learning_rate"])) > 1


def test_stopped_twice_by_whatever_it_ends_the_same(counts, tmp_path, whole):
    path = tmp_path / "file"
    for resume in (False, True):
        with stopped(2, RuntimeError("power cut")), pytest.raises(RuntimeError):
            trained(counts, RECIPE, path, resume=resume)
    facts, _ = read_checkpoint(path)
    assert [facts["epoch"], facts["batches"]] == [2, 0]
    assert_same(trained(counts, RECIPE, path, resume=True), whole[0])


def test_ctrl_c_keeps_the_best_weights_and_the_checkpoint(
    counts, tmp_path, whole, capsys
):
    path = tmp_path / "file"
    with stopped(3, KeyboardInterrupt()):
        _, history = trained(counts, RECIPE, path)
    assert len(history["loss"]) == 1
    assert f"can be resumed from {path}" in capsys.readouterr().err
    assert_same(trained(counts, RECIPE, path, resume=True), whole[0])


def test_a_full_disk_is_told_once_and_the_training_goes_on(
    counts, tmp_path, whole, monkeypatch, capsys
):
    def full(*args, **arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint_file.np, "savez", full)
    assert_same(trained(counts, RECIPE, tmp_path / "file"), whole[0])
    error = capsys.readouterr().err
    assert error.count("No space left on device; training goes on") == 1
    assert not list(tmp_path.iterdir())


def test_another_corpus_is_refused(counts, whole):
    path = whole[1] / "file"
    other = counts.copy()
    other.data[7] += 1
    with pytest.raises(InputError, match="60 documents and 15 words, now 60 and 15, w"):
        trained(other, RECIPE, path, resume=True)
    with pytest.raises(InputError, match="60 documents and 15 words, now 59 and 15\\."):
        trained(counts[:59], RECIPE, path, resume=True)


def test_they_are_seconds_apart_and_farther_where_they_take_long(monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS_APART", 10)
    monkeypatch.setattr(checkpoints, "COST_APART", 100)
    now, written = [0.0], []
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])

    class Writer(checkpoints.Checkpoints):
        model = type("Model", (), {"stop_training": False})

        def __init__(self):
            self.written, self.pause = 0.0, checkpoints.SECONDS_APART

        def _write(self, *args):
            written.append(now[0])
            now[0] += 0.2

    writer = Writer()
    for seconds in (9.9, 10.0, 30.1, 30.2):
        now[0] = seconds
        writer._write_in_time(0, 8, {})
    assert written == [10.0, 30.2]
