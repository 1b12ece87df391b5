"""`kate train` killed, stopped and resumed."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from conftest import themed_documents

from kate_keras import load
from kate_keras.cli import main
from kate_keras.training import checkpoints
from kate_keras.training.callbacks import BestWeights
from kate_keras.training.checkpoint_file import CheckpointFile

OPTIONS = ["--n-components", "6", "--k", "2", "--epochs", "4", "--quiet", "--json"]
# Waits at its sixth checkpoint for what ends it.
PROGRAM = """
import sys, time
from kate_keras.cli import main
from kate_keras.training import checkpoints
from kate_keras.training.checkpoint_file import CheckpointFile
checkpoints.SECONDS_APART = checkpoints.COST_APART = 0
write, left = CheckpointFile.write, 6
def write_and_wait(self, facts, arrays):
    global left
    write(self, facts, arrays)
    left -= 1
    if not left:
        print("here", flush=True)
        time.sleep(60)
CheckpointFile.write = write_and_wait
main(sys.argv[1:])
"""


@pytest.fixture
def corpus(tmp_path, themed):
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in themed[0]))
    return path


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The model of a training that nothing stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    path = folder / "corpus.jsonl"
    texts = themed_documents()[0]
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    assert main(["train", str(path), "-o", str(folder / "model"), *OPTIONS]) == 0
    return load(folder / "model")


@pytest.fixture
def stopped(monkeypatch):
    """Has a checkpoint of a training, the third, followed by what a test wants."""

    def stop(action, after=3):
        monkeypatch.setattr(checkpoints, "SECONDS_APART", 0)
        monkeypatch.setattr(checkpoints, "COST_APART", 0)
        write, left = CheckpointFile.write, [after]

        def write_and_act(self, facts, arrays):
            write(self, facts, arrays)
            left[0] -= 1
            if not left[0]:
                action()

        monkeypatch.setattr(CheckpointFile, "write", write_and_act)

    return stop


def train(corpus, model, *options):
    return main(["train", str(corpus), "-o", str(model), *OPTIONS, *options])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_killed_by_force_and_resumed_it_is_the_same_model(
    corpus, tmp_path, expected, capsys
):
    model = tmp_path / "model"
    command = [sys.executable, "-c", PROGRAM, "train", str(corpus), "-o", str(model)]
    with subprocess.Popen(
        [*command, *OPTIONS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout.readline() == b"here\n"
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert names(tmp_path) == ["corpus.jsonl", "model.checkpoint"]
    assert train(corpus, model, "--resume") == 0
    captured = capsys.readouterr()
    assert f"going on from {tmp_path / 'model.checkpoint'}: epoch 2, a" in captured.err
    assert json.loads(captured.out)["fingerprint"] == expected.fingerprint_
    assert load(model).history_ == expected.history_
    assert names(tmp_path) == ["corpus.jsonl", "model"]


def test_the_end_signal_leaves_the_checkpoint_and_nothing_half_written(
    corpus, tmp_path, expected, stopped, capsys
):
    before = signal.getsignal(signal.SIGTERM)
    stopped(lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(SystemExit) as ended:
        train(corpus, tmp_path / "model")
    assert ended.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is before
    assert names(tmp_path) == ["corpus.jsonl", "model.checkpoint"]
    assert "kate train: terminated" in capsys.readouterr().err
    assert train(corpus, tmp_path / "model", "--resume") == 0
    assert load(tmp_path / "model").fingerprint_ == expected.fingerprint_


def test_ctrl_c_saves_the_best_so_far_and_the_training_can_be_resumed(
    corpus, tmp_path, expected, stopped, capsys
):
    # Four checkpoints an epoch, one of them at its end.
    stopped(interrupt, after=5)
    before = signal.getsignal(signal.SIGINT)
    assert train(corpus, tmp_path / "model") == 130
    assert signal.getsignal(signal.SIGINT) is before
    said = capsys.readouterr().err
    assert "can be resumed from" in said
    assert "holds the best of the epochs that were done" in said
    assert said.endswith("kate train: interrupted\n")
    assert len(load(tmp_path / "model").history_["loss"]) == 1
    assert names(tmp_path) == ["corpus.jsonl", "model", "model.checkpoint"]
    assert train(corpus, tmp_path / "model", "--resume") == 0
    assert load(tmp_path / "model").fingerprint_ == expected.fingerprint_
    assert names(tmp_path) == ["corpus.jsonl", "model"]


def test_ctrl_c_leaves_the_model_that_was_there(
    corpus, tmp_path, expected, stopped, capsys
):
    assert train(corpus, tmp_path / "model") == 0
    again = [corpus, tmp_path / "model", "--random-state", "7"]
    stopped(interrupt, after=5)
    assert train(*again) == 130
    said = capsys.readouterr().err
    assert f"{tmp_path / 'model'} is a model, which the new one will replace" in said
    assert f"{tmp_path / 'model'} is left as it was" in said
    assert load(tmp_path / "model").fingerprint_ == expected.fingerprint_
    assert names(tmp_path) == ["corpus.jsonl", "model", "model.checkpoint"]
    assert train(*again, "--resume") == 0
    assert load(tmp_path / "model").fingerprint_ != expected.fingerprint_


def test_the_checkpoint_of_another_training_is_not_named_to_resume_from(
    corpus, tmp_path, stopped, capsys, monkeypatch
):
    stopped(interrupt)
    assert train(corpus, tmp_path / "model") == 130
    assert "can be resumed from" in capsys.readouterr().err
    keep = BestWeights.on_epoch_end

    def keep_and_interrupt(self, epoch, logs=None):
        keep(self, epoch, logs)
        interrupt()

    monkeypatch.setattr(BestWeights, "on_epoch_end", keep_and_interrupt)
    monkeypatch.setattr(checkpoints, "SECONDS_APART", 1e9)
    assert train(corpus, tmp_path / "other", "--random-state", "7") == 130
    shutil.move(tmp_path / "model.checkpoint", tmp_path / "third.checkpoint")
    assert train(corpus, tmp_path / "third", "--random-state", "7") == 130
    said = capsys.readouterr().err
    assert said.count("there is no checkpoint yet") == 2
    assert "can be resumed from" not in said
    assert "the best weights so far are of epoch 1" in said


def test_resuming_without_a_checkpoint_begins_and_says_so(
    corpus, tmp_path, expected, capsys
):
    assert train(corpus, tmp_path / "model", "--resume") == 0
    captured = capsys.readouterr()
    assert "model.checkpoint; the training begins" in captured.err
    assert json.loads(captured.out)["fingerprint"] == expected.fingerprint_


def test_what_is_not_resumed_is_told_before_it_is_replaced(
    corpus, tmp_path, expected, stopped, capsys
):
    stopped(interrupt)
    assert train(corpus, tmp_path / "model") == 130
    left = (tmp_path / "model.checkpoint").read_bytes()
    capsys.readouterr()
    assert train(corpus, tmp_path / "model", "--resume", "--epochs", "5") == 2
    error = capsys.readouterr().err
    assert "belongs to another training: epochs was 4, is 5 now" in error
    assert (tmp_path / "model.checkpoint").read_bytes() == left
    assert train(corpus, tmp_path / "model") == 0
    captured = capsys.readouterr()
    assert "model.checkpoint is of a training that was stopped" in captured.err
    assert json.loads(captured.out)["fingerprint"] == expected.fingerprint_
    assert names(tmp_path) == ["corpus.jsonl", "model"]
