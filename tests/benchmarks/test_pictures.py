import gzip
import json

import pytest
from conftest import themed_documents

from benchmarks import pictures


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data" / "20news"
    folder.mkdir(parents=True)
    for part, seed in (("train", 0), ("test", 1)):
        with gzip.open(folder / f"{part}.jsonl.gz", "wt", encoding="utf-8") as file:
            for text, label in zip(*themed_documents(120, seed), strict=True):
                # The benchmark leaves the header out.
                post = {"text": f"Subject: {label}\n\n{text}", "labels": [label]}
                file.write(json.dumps(post) + "\n")
    return folder.parent


def test_every_picture_is_drawn_small_and_the_same_again(data, tmp_path, capsys):
    contents = []
    for name in ("first", "second"):
        folder = tmp_path / name
        assert pictures.main([str(data), "-o", str(folder)]) == 0
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1]
    assert sorted(contents[0]) == sorted(f"{name}.png" for name in pictures.PICTURES)
    assert all(2_000 < len(content) < 150_000 for content in contents[0].values())
    assert str(tmp_path / "first" / "topics.png") in capsys.readouterr().out
