"""Training through Ray: a worker that dies, workers that fail, counts of a folder."""

import os
import signal

import numpy as np
import pytest
from conftest import small_kate, themed_documents

from benchmarks.scale.counted import write_counts
from kate_keras import InputError, load
from kate_keras.cli import main
from kate_keras.scale import training as distributed
from kate_keras.text.counts_folder import open_counts
from kate_keras.training.checkpoint_file import CheckpointFile

PAIR = {"epochs": 4, "batch_size": 8, "n_components": 6}


@pytest.fixture(scope="module")
def texts():
    return themed_documents(240)[0]


@pytest.fixture(scope="module")
def alone(texts):
    return small_kate(**PAIR).fit(texts)


def assert_same_history(found, expected):
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-6, err_msg=name)


def pids_of_workers():
    """Processes that train for this cluster, and no other that is on the machine."""
    from ray._private.state import actors

    return [
        actor["Pid"]
        for actor in actors().values()
        if actor["ActorClassName"] == "RayTrainWorker" and actor["State"] == "ALIVE"
    ]


# Ray Train imports Ray Data, which warns of its own defaults.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.data.context")
def test_a_worker_that_is_killed_costs_work_and_changes_nothing(
    ray, texts, alone, tmp_path, capsys
):
    killed = []

    def kill_once(name, content):
        if name == "epoch_begin" and content == 2 and not killed:
            killed.append(pids_of_workers()[-1])
            os.kill(killed[0], signal.SIGKILL)

    model, path = small_kate(**PAIR), tmp_path / "model.checkpoint"
    traffic = distributed.fit_distributed(
        model, texts, checkpoint=path, n_workers=2, watch=kill_once
    )
    assert killed
    assert "training goes on with 2 workers" in capsys.readouterr().err
    assert_same_history(model.history_, alone.history_)
    np.testing.assert_allclose(
        model.transform(texts[:9]), alone.transform(texts[:9]), atol=1e-4
    )
    assert traffic["bytes"] > 0
    model.save(tmp_path / "model")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model"]


@pytest.fixture
def folder(texts, tmp_path):
    path = tmp_path / "counts"
    write_counts(path, texts, small_kate())
    return path


def test_counts_of_a_folder_train_the_model_of_the_texts_to_the_bit(folder, alone):
    model = small_kate(**PAIR).fit(open_counts(folder))
    assert model.fingerprint_ == alone.fingerprint_
    assert model._facts() == alone._facts()


def test_words_that_were_chosen_otherwise_are_refused(folder):
    with pytest.raises(InputError, match="max_features was 20000, is 9 now"):
        small_kate(max_features=9).fit(open_counts(folder))


def test_the_command_takes_a_folder_of_counts(folder, alone, tmp_path, capsys):
    options = "--k 2 --learning-rate 0.01 --n-components 6 --epochs 4 --batch-size 8"
    target = str(tmp_path / "model")
    assert main(["train", str(folder), "-o", target, *options.split()]) == 0
    assert load(target).history_ == alone.history_
    capsys.readouterr()
    target += "2"
    assert main(["train", str(folder), "-o", target, "--stemmer", "none"]) == 2
    assert "stemmer was 'english', is None now" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--workers", "2"], {"address": "local", "n_workers": (2, 2)}),
        (["--workers", "2:8"], {"address": "local", "n_workers": (2, 8)}),
        (["--address", "auto"], {"address": "auto", "n_workers": None}),
    ],
)
def test_the_command_hands_over_to_workers(
    given, expected, folder, tmp_path, monkeypatch
):
    found = {}

    def fit(model, documents, **options):
        found.update(options)
        raise InputError("seen enough")

    monkeypatch.setattr(distributed, "fit_distributed", fit)
    target = tmp_path / "model"
    command = ["train", str(folder), "-o", str(target), "--resume", *given]
    assert main(command) == 2
    checkpoint = tmp_path / "model.checkpoint"
    assert found == {**expected, "checkpoint": checkpoint, "resume": True}


@pytest.mark.parametrize("given", ["0", "4:2", "2:", ":2", "a", "2:3:4"])
def test_numbers_of_workers_that_are_none_are_refused(given, folder, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["train", str(folder), "-o", str(tmp_path / "m"), "--workers", given])
    assert "--workers" in capsys.readouterr().err


def test_more_workers_than_cores_are_refused(ray, texts, tmp_path):
    path = tmp_path / "model.checkpoint"
    with pytest.raises(InputError, match="3 workers need a CPU core each, and Ray has"):
        distributed.fit_distributed(small_kate(), texts, checkpoint=path, n_workers=3)
    with pytest.raises(InputError, match="`n_workers` must be at least 1"):
        distributed.fit_distributed(small_kate(), texts, checkpoint=path, n_workers=0)


def test_what_cannot_be_shared_is_refused(ray, texts, tmp_path):
    path = tmp_path / "model.checkpoint"
    for options, message in (
        ({"variant": "variational", "k": None}, "Received: VariationalAutoencoder"),
        ({"random_state": None}, "set `random_state`"),
    ):
        with pytest.raises(InputError, match=message):
            distributed.fit_distributed(
                small_kate(**options), texts, checkpoint=path, n_workers=1
            )


class Fake:
    """Stands for Ray where no worker is started."""

    class exceptions:
        RayError = ConnectionError

    def __getattr__(self, name):
        return lambda *args, **options: self


def test_failures_without_progress_end_it_and_the_checkpoint_stays(
    tmp_path, monkeypatch
):
    file = CheckpointFile(tmp_path / "model.checkpoint", {})
    file.write({"epoch": 1, "batches": 0}, {})
    # Twice it got further, and the third time not.
    attempts = [[("checkpoint", (1, 0))], [("checkpoint", (1, 8))], []]
    left = list(attempts)

    def failing(*args):
        yield from left.pop(0)
        yield "error", RuntimeError("the network is down")

    monkeypatch.setattr(distributed, "_attempts", failing)
    with pytest.raises(InputError, match="4 times.*network is down.*resumed from"):
        distributed._run(Fake(), {}, 2, file, distributed._Bar(1, False))
    assert left == []
    assert [path.name for path in tmp_path.iterdir()] == ["model.checkpoint"]


def test_a_cluster_that_is_gone_is_said_with_what_is_left(tmp_path, monkeypatch):
    def gone(*args):
        yield "checkpoint", (1, 0)
        raise Fake.exceptions.RayError("no head")

    monkeypatch.setattr(distributed, "_attempts", gone)
    file = CheckpointFile(tmp_path / "model.checkpoint", {})
    with pytest.raises(InputError, match="not answer any more: no head There is no ch"):
        distributed._run(Fake(), {}, 2, file, distributed._Bar(1, False))


def interrupted(*args):
    yield "checkpoint", (1, 0)
    raise KeyboardInterrupt


def interrupted_at_once(*args):
    yield from ()
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("attempts", "resume", "named"),
    [
        (interrupted, False, True),
        (interrupted_at_once, False, False),
        (interrupted_at_once, True, True),
    ],
)
def test_only_its_own_checkpoint_is_named(
    attempts, resume, named, tmp_path, monkeypatch, capsys
):
    path = tmp_path / "model.checkpoint"
    CheckpointFile(path, {}).write({"epoch": 1, "batches": 0}, {})
    monkeypatch.setattr(distributed, "_attempts", attempts)
    file = CheckpointFile(path, {}, resume)
    with pytest.raises(KeyboardInterrupt):
        distributed._run(Fake(), {}, 2, file, distributed._Bar(1, False))
    said = capsys.readouterr().err
    assert (f"The training can be resumed from {path}." in said) == named
    assert ("no checkpoint yet" in said) != named


def test_what_workers_refuse_is_said_at_once(tmp_path, monkeypatch):
    def refusing(*args):
        yield "refused", "lower `learning_rate`"

    monkeypatch.setattr(distributed, "_attempts", refusing)
    file = CheckpointFile(tmp_path / "model.checkpoint", {})
    with pytest.raises(InputError, match="^lower `learning_rate`$"):
        distributed._run(Fake(), {}, 2, file, distributed._Bar(1, False))
