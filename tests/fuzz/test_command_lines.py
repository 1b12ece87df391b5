"""Commands with mistyped arguments and mutated corpora, in this process."""

import shutil

import pytest
from conftest import themed_documents

fuzz = pytest.importorskip("benchmarks.reliability.fuzz")
from benchmarks.reliability.command_lines import COMMANDS, Place  # noqa: E402

# Those that train or load TensorFlow's graph take the longest.
CASES = {"train": 7, "index": 5, "report": 5, "evaluate": 6, "explain": 6, "export": 4}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_does_its_work_or_ends_with_one_line(
    command, model_folder, index_folder, tmp_path
):
    texts, labels = themed_documents(40)
    rows = [
        {"id": f"d{i}", "text": text, "labels": [label]}
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]
    index = shutil.copytree(index_folder, tmp_path / "index")
    words, ids = ["moon", "soup", "guitar"], ["d0", "d1", "d2"]
    place = Place(tmp_path, model_folder, index, tmp_path, words, ids)
    found = fuzz.measure_command(command, rows, place, CASES.get(command, 15))
    assert found["failures"] == []
    # Only what does its work now and then is tried in earnest.
    assert found["accepted"]
