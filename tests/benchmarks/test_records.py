import pytest
from benchmark_samples import record

from benchmarks.quality.collect import compact, merged
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


def of(batch_size, row="kate", seed=0):
    options = {"k": None, "random_state": seed}
    settings = {"options": options, "recipe": {"batch_size": batch_size}}
    return record(row, seed, settings=settings)


def test_a_new_cell_takes_the_place_of_its_model_of_before_only():
    kept = [of(100), of(100, seed=1), of(100, "deep"), of(100, seed=2)]
    fresh = [of(200, seed=1)]
    assert merged(kept, fresh) == [of(100, "deep"), of(200, seed=1)]
    # A later run adds seeds to the same model, and replaces what it ran again.
    again = {**of(200, seed=1), "fit_seconds": 1.0}
    both = [of(100, "deep"), of(200), again]
    assert merged(merged(kept, fresh), [again, of(200)]) == sorted(
        both, key=lambda r: (r["row"], r["seed"])
    )


def test_peers_need_no_options():
    lsa = [record("lsa", seed, settings={"sublinear": True}) for seed in (0, 1)]
    other = record("lsa", 0, settings={"sublinear": False})
    assert merged([lsa[0]], [lsa[1]]) == lsa
    assert merged(lsa, [other]) == [other]


def test_lines_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "kept" / "cells.jsonl"
    assert read_lines(path) == []
    write_lines(path, [{"b": 1, "a": "é"}, {}])
    assert read_lines(path) == [{"a": "é", "b": 1}, {}]
    assert [p.name for p in path.parent.iterdir()] == ["cells.jsonl"]
