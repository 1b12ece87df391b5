import gzip
import json

import numpy as np
import pytest

from benchmarks.search.posts import OTHERS, WORDS, write_documents
from benchmarks.search.queries import drawn, precision
from benchmarks.search.tables import page

GROWTH = {
    "documents": 10_000,
    "encode_and_write": 1.25,
    "prepare": 30.0,
    "peak_mib": 1234.0,
    "bytes_per_document": 2048.0,
    "recall": 0.9,
    "recall_told": 0.95,
    "probes": None,
    "index": 0.004,
    "exact": 0.005,
    "product": 0.003,
    "add_again": 2.0,
}


@pytest.fixture
def data(tmp_path):
    posts = [
        {"id": "a", "text": "cat cats kitten", "labels": ["cats"]},
        {"id": "b", "text": "dog dogs puppy", "labels": ["dogs"]},
        {"id": "c", "text": "  ", "labels": ["dogs"]},
    ]
    (tmp_path / "20news").mkdir()
    with gzip.open(tmp_path / "20news" / "train.jsonl.gz", "wt") as file:
        file.write("\n".join(map(json.dumps, posts)))
    return tmp_path


def test_documents_are_made_of_two_posts_and_repeat(data, tmp_path):
    write_documents(data, tmp_path / "one.jsonl", 50)
    write_documents(data, tmp_path / "other.jsonl", 50)
    text = (tmp_path / "one.jsonl").read_text()
    assert text == (tmp_path / "other.jsonl").read_text()
    made = [json.loads(line) for line in text.splitlines()]
    assert [own["id"] for own in made] == [f"made-{i}" for i in range(50)]
    cats = {"cat", "cats", "kitten"}
    for own in made:
        words = own["text"].split()
        assert len(words) == WORDS
        n_cats = sum(word in cats for word in words)
        mixed = {WORDS - OTHERS, WORDS} if own["labels"] == ["cats"] else {0, OTHERS}
        assert n_cats in mixed


def test_words_are_drawn_from_those_there_are():
    random = np.random.default_rng(0)
    assert drawn(["a", "b"], None, random) == drawn(["a", "b"], 2, random) == ["a", "b"]
    assert sorted(drawn(["a", "a", "b"], 2, random)) in (["a", "a"], ["a", "b"])


def test_precision_is_the_share_of_the_ten_nearest():
    angles = np.linspace(0, np.pi, 21)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    labels = np.array(["right"] * 7 + ["left"] * 14)
    queries = np.array([[5.0, 0.0], [-1.0, 0.0]])
    wanted = np.array(["right", "right"])
    # Of the ten nearest to the first, seven are right; of the second's, none.
    assert precision(queries, vectors, labels, wanted) == pytest.approx(0.35)


def test_the_page_has_a_table_for_what_was_measured():
    found = {
        "machine": "2 cores",
        "queries": [{"words": 3, "whole": False, "default": 0.4, "from_mean": 0.1}],
        "growth": [GROWTH, {**GROWTH, "probes": 32}],
    }
    text = page(found)
    assert "| 3 | 0.400 | 0.100 |" in text
    assert "| 10,000 | 1.2 | 30.0 | 1,234 | 2,048 | exact | 0.900 | 0.950 |" in text
    assert "| 32 parts |" in text
    assert "kill -9" not in text
    kills = {"rounds": 2, "documents": 9, "kills": 4, "finishing": 1, "lost": 0}
    assert "lost: 0." in page({"machine": "", "kills": {**kills, "different": 0}})
    screen = {"screen": "a", "ratio": 2, "interactive": 0.5, "pan": 60.0, "zoom": 30.0}
    slow = {"pan_slowest": 17.0, "zoom_slowest": 33.0}
    assert "| a | 2 | 0.50 | 60 | 17 | 30 | 33 |" in page(
        {"machine": "", "page": [screen | slow]}
    )
