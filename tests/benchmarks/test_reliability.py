import json

import numpy as np
import pytest

from benchmarks.reliability import __main__ as command
from benchmarks.reliability.kills import after_end, cost, render_kills
from benchmarks.reliability.sections import SECTIONS, Section
from kate_keras.artifact.manifest import read_manifest, write_manifest
from kate_keras.artifact.manifest_fields import NEEDED_HISTORY, NEEDED_OPTIONS
from kate_keras.training.checkpoint_file import CheckpointFile


def kill(**changes):
    usual = {"round": 1, "phase": "training", "seconds": 12.5, "repeated": 4.25}
    return {**usual, "checkpoint": [3, 16], "model": "earlier", **changes}


def end(**changes):
    usual = {"same_fingerprint": True, "same_history": True, "leftovers": []}
    return {**usual, "temporary_files": 0, **changes}


def measured(kills, rounds):
    return {
        "documents": 6000,
        "options": "--epochs 45",
        "seconds": {"counting": 5.0, "training": 30.0, "saving": 2.0},
        "kills": kills,
        "rounds": rounds,
        "checkpoint": {"megabytes": 41.2, "seconds": 0.11},
    }


def test_nothing_lost_is_said_so():
    first = kill(phase="counting", checkpoint=None, repeated=1.0)
    text = render_kills(measured([first, kill(model="new")], [end()]))
    assert "**2 kills in 1 trainings.**" in text
    assert "undisturbed one: 1 of 1." in text
    assert "at its place: 2 of 2." in text
    assert "at the end: none\n" in text
    assert "2.6 s in the median,\n4.2 s at most" in text
    assert "| 1 | 1 | counting | 12.5 | none | 1.0 | earlier |" in text
    assert "| 2 | 1 | training | 12.5 | 3 + 16 | 4.2 | new |" in text


def test_every_loss_is_counted():
    rounds = [
        end(same_fingerprint=False),
        end(same_history=False),
        end(leftovers=["model.checkpoint"], temporary_files=7),
    ]
    kills = [kill(model="model is damaged"), kill(model="unknown"), kill()]
    text = render_kills(measured(kills, rounds))
    assert "undisturbed one: 1 of 3." in text
    assert "at its place: 1 of 3." in text
    assert "at the end: model.checkpoint\n" in text
    assert "left 7 of their own" in text


def test_the_end_is_compared_with_the_undisturbed_training(tmp_path):
    model, temporary = tmp_path / "round" / "model", tmp_path / "tmp"
    model.mkdir(parents=True)
    temporary.mkdir()
    write_manifest(
        model,
        {
            "name": "model",
            "fingerprint": "f" * 64,
            "dimensions": 1,
            "vocabulary_size": 1,
            "input": "texts",
            "options": dict.fromkeys(NEEDED_OPTIONS),
            "corpus": {},
            "metrics": {},
            "history": {name: [0.5] for name in NEEDED_HISTORY},
        },
    )
    expected = read_manifest(model)
    assert after_end(model, temporary, expected) == end()
    (model.parent / ".model.x.aside").mkdir()
    (temporary / "spool").touch()
    other = {**expected, "fingerprint": "g", "history": {"loss": [0.25]}}
    assert after_end(model, temporary, other) == {
        "same_fingerprint": False,
        "same_history": False,
        "leftovers": [".model.x.aside"],
        "temporary_files": 1,
    }


def test_the_cost_is_that_of_the_checkpoint(tmp_path):
    CheckpointFile(tmp_path / "file", {}).write({}, {"W": np.zeros(10**6, "float32")})
    found = cost(tmp_path / "file")
    assert found["megabytes"] == pytest.approx(4, rel=0.01)
    assert found["seconds"] > 0


def test_sections_that_were_measured_before_are_kept(tmp_path, monkeypatch):
    def section(name):
        return Section(
            lambda data, work: {"of": str(data.name)}, lambda _: f"## {name}"
        )

    sections = {name: section(name) for name in ("kills", "damaged")}
    monkeypatch.setattr(command, "SECTIONS", sections)
    monkeypatch.setattr(command, "page", lambda found: " ".join(sorted(found)))
    for name in sections:
        arguments = [str(tmp_path / "data"), "-o", str(tmp_path / "results")]
        assert command.main([*arguments, "--only", name]) == 0
    text = (tmp_path / "results" / "reliability.md").read_text()
    assert text == "damaged kills"
    found = json.loads((tmp_path / "results" / "reliability.json").read_text())
    assert found["kills"]["measured"] == {"of": "data"}
    assert SECTIONS.keys() >= {"kills"}
