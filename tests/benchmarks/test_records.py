import pytest
from benchmark_samples import record

from benchmarks.quality.collect import compact
from benchmarks.quality.files import read_lines, write_lines
from benchmarks.quality.records import grouped, mean_and_sd


def test_mean_and_sample_deviation_over_seeds():
    records = [record("kate", seed, a) for seed, a in enumerate((0.70, 0.72, 0.74))]
    # Deviations -.02, 0, .02: sqrt(.0008 / 2) = .02.
    mean, sd = mean_and_sd(records, ("figures", "accuracy"))
    assert (mean, sd) == pytest.approx((0.72, 0.02))
    assert mean_and_sd(records[:1], ("figures", "accuracy")) == (0.70, None)
    assert mean_and_sd(records, ("figures", "absent", "deeper")) is None


def test_seeds_alone_are_grouped():
    first, second = record("kate", 0), record("kate", 1)
    other = record("kate", 0, options={"k": 2})
    assert list(grouped([first, other, second]).values()) == [[first, second], [other]]


def test_stability_takes_the_place_of_the_topics():
    # Seeds 0 and 1 share both topics, in another order; seed 2 shares half of each.
    topics = [[[1, 2], [3, 4]], [[3, 4], [1, 2]], [[1, 9], [3, 8]]]
    records = [
        record("kate", 2, topics=topics[2]),
        record("lsa", 0, 1 / 3, topics=topics[0]),
        record("kate", 0, topics=topics[0]),
        record("kate", 1, topics=topics[1]),
    ]
    kept = compact(records)
    assert [(r["row"], r["seed"]) for r in kept] == [
        ("kate", 0),
        ("kate", 1),
        ("kate", 2),
        ("lsa", 0),
    ]
    assert [r.get("stability") for r in kept] == [0.75, 0.75, 0.5, None]
    assert not any("topics" in r for r in kept)
    assert kept[3]["figures"]["accuracy"] == 0.333333


def test_lines_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "kept" / "cells.jsonl"
    assert read_lines(path) == []
    write_lines(path, [{"b": 1, "a": "é"}, {}])
    assert read_lines(path) == [{"a": "é", "b": 1}, {}]
    assert [p.name for p in path.parent.iterdir()] == ["cells.jsonl"]
