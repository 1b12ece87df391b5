import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scale import formulas
from benchmarks.scale.amounts import duration, number, size
from benchmarks.scale.costs import PLACEHOLDER, fit_step, job_costs, read_costs
from benchmarks.scale.limits import limits
from benchmarks.scale.paper import main
from benchmarks.scale.plan import Assumptions, job_row, sample_size
from benchmarks.scale.reading import measure_reading
from benchmarks.scale.simulation import (
    Schedule,
    draw_durations,
    draw_failures,
    run_ring,
    run_shards,
    run_steps,
)

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "benchmarks" / "results" / "scale"
READING = {"machine": "m", "rows": [{"batch": 9, "seconds_per_document": 1e-5}]}


@pytest.fixture
def results(tmp_path):
    (tmp_path / "reading.json").write_text(json.dumps(READING))
    return tmp_path


def test_cores_take_shards_as_they_get_free():
    # 0 has 3 then 2; 1 has 1, 1 and, from 2 on, 4.
    found = run_shards([3.0, 1.0, 1.0, 4.0, 2.0], n_nodes=1, cores=2)
    assert found == Schedule(6.0, 0, 0.0)


@pytest.mark.parametrize(("shards", "seconds"), [(4, 20.0), (5, 30.0)])
def test_rounds_of_equal_shards(shards, seconds):
    assert run_shards([10.0] * shards, 2, 1).seconds == seconds
    assert formulas.makespan(shards, 10.0, 2) == seconds


def test_what_a_failed_node_works_on_is_redone():
    # Shard 2 begins on node 0 at 10 and is lost at 15; node 1 takes it at 20.
    found = run_shards([10.0] * 4, 2, 1, failures=[(15.0, 0)], repair=10.0)
    assert found == Schedule(30.0, 1, 5.0)


def test_a_node_that_is_back_works_again():
    # The only node: 5 s lost, 1 s of repair, 10 s again.
    found = run_shards([10.0], 1, 1, failures=[(5.0, 0), (5.5, 0)], repair=1.0)
    assert found == Schedule(16.0, 1, 5.0)


def test_a_failure_after_the_end_costs_nothing():
    assert run_shards([10.0], 1, 1, failures=[(11.0, 0)]) == Schedule(10.0, 0, 0.0)


def test_a_slow_driver_is_what_cores_wait_for():
    # Given out at 3, 6, 9 and 12, each done a second later.
    assert run_shards([1.0] * 4, 1, 4, dispatch=3.0).seconds == 13.0
    assert formulas.makespan(4, 1.0, 4, dispatch=3.0) == 13.0
    assert formulas.makespan(4, 1.0, 2, dispatch=0.1) == 2.0


def test_the_window_hides_a_driver_that_is_fast_enough():
    # Two shards are given out for each core, so that none waits after the first.
    assert run_shards([1.0] * 10, 1, 1, dispatch=0.25).seconds == 10.25


def test_losses_are_near_their_formula():
    generator = np.random.default_rng(0)
    durations = [10.0] * 40_000
    failures = draw_failures(20, 3.0, 20_000.0, generator)
    found = run_shards(durations, 20, 2, failures=failures, repair=60.0)
    loss = formulas.loss_of_failures(10.0, 3.0, 60.0)
    assert loss == pytest.approx(3 / 3600 * 65)
    assert found.seconds == pytest.approx(10_000 * (1 + loss), rel=0.01)


def test_durations_have_the_mean_and_spread_asked_for():
    drawn = draw_durations(100_000, 4.0, 0.5, np.random.default_rng(0))
    assert np.mean(drawn) == pytest.approx(4, rel=0.01)
    assert np.std(drawn) == pytest.approx(2, rel=0.03)
    assert draw_durations(2, 4.0, 0.0, np.random.default_rng(0)) == [4.0, 4.0]


def test_a_ring_of_three_by_hand():
    # Hops of 1 + 6 / 3 / 2 = 2 s, four of them; the late one holds all up.
    assert run_ring(np.zeros(3), 6.0, 2.0, 1.0).tolist() == [8.0, 8.0, 8.0]
    assert formulas.ring(6.0, 3, 2.0, 1.0) == 8.0
    assert run_ring(np.array([0.0, 5.0, 0.0]), 6.0, 2.0, 1.0).tolist() == [13.0] * 3


def test_alone_there_is_nothing_to_add_up():
    assert run_ring(np.array([7.0]), 6.0, 2.0, 1.0).tolist() == [7.0]
    assert formulas.ring(6.0, 1, 2.0, 1.0) == 0


def test_steps_without_stragglers_are_the_formula_and_with_them_longer():
    network = {"n_bytes": 8.0, "bandwidth": 4.0, "latency": 1.0}
    generator = np.random.default_rng(0)
    assert run_steps(5, 3.0, 2, **network, generator=generator) == 7.0
    slow = run_steps(200, 3.0, 2, **network, spread=0.3, generator=generator)
    # The mean of the larger of two such is 3 (1 + .3 / sqrt(pi)), about.
    assert slow == pytest.approx(7 + 0.9 / np.sqrt(np.pi), abs=0.1)


def step_of(words=lambda batch: 10 * batch):
    return formulas.Step(of_document=1.0, of_word=2.0, of_both=3.0, words=words)


def test_only_products_are_shared():
    step = step_of()
    assert step.compute(4) == 4 + 80 + 4 * 40 * 3
    assert step.compute(4, 2) == 4 + 80 + 2 * 40 * 3
    # One of three has two of the four documents; more workers than documents idle.
    assert step.compute(4, 3) == step.compute(4, 2)
    assert step.compute(4, 100) == step.compute(4, 4) == 4 + 80 + 40 * 3


def test_the_best_number_of_workers_is_that_of_the_simulation():
    shared, n_bytes, bandwidth, latency = 0.010, 1e6, 1e9, 1e-4

    def seconds(n):
        return run_steps(
            1, shared / n, n, n_bytes=n_bytes, bandwidth=bandwidth, latency=latency,
            generator=np.random.default_rng(0),
        )  # fmt: skip

    best = formulas.best_workers(shared, n_bytes, bandwidth, latency)
    assert best == pytest.approx(np.sqrt(40))
    assert min(range(1, 30), key=seconds) == round(best)


def test_a_second_worker_pays_just_above_the_needed_bandwidth():
    shared, n_bytes, latency = 0.010, 1e6, 1e-4
    needed = formulas.needed_bandwidth(shared, n_bytes, latency)
    for factor, pays in ((1.01, True), (0.99, False)):
        two = shared / 2 + formulas.ring(n_bytes, 2, factor * needed, latency)
        assert (two < shared) is pays
    assert formulas.needed_bandwidth(4 * latency, n_bytes, latency) == np.inf


def test_bytes_of_a_gradient():
    # Two rows of three, two biases of words, three of units, the loss; 4 bytes each.
    assert formulas.gradient_bytes(2, 3) == 4 * (6 + 2 + 3 + 1)


def run(workers, seconds, reduce=0.0, words=50):
    return {
        "workers": workers,
        "words": words,
        "seconds_per_step": seconds,
        "sum_seconds_per_step": reduce,
    }


def test_shares_of_a_step_are_found_from_two_runs():
    # 4 s alone and 6 shared; of the former .01 s for each of 100 documents.
    step = fit_step([run(1, 10.0), run(2, 9.0, 2.0)], 0.01, lambda batch: 3 * batch)
    assert (step.alone(100), step.shared(100)) == pytest.approx((4, 6))
    assert step.of_document == 0.01
    assert step.of_word * 300 == pytest.approx(3)
    assert step.compute(100, 2) == pytest.approx(7)


def test_shares_of_a_step_are_never_negative():
    step = fit_step([run(1, 1.0), run(2, 2.0)], 0.1, lambda batch: batch)
    assert step.shared(100) == 0
    # What is measured alone stays, though it is more than was left for it.
    assert (step.of_document, step.of_word) == (0.1, 0)


@pytest.mark.parametrize("runs", [[run(1, 1.0)], [run(1, 1.0), run(2, 1.0, words=9)]])
def test_runs_that_tell_no_shares_are_refused(runs):
    with pytest.raises(ValueError, match="one size with one worker and with more"):
        fit_step(runs, 0.1, lambda batch: batch)


def test_the_dearest_run_of_a_job_counts():
    records = [
        {"job": "counts", "nodes": 2, "documents_per_second": 150},
        {"job": "counts", "nodes": 1, "documents_per_second": 100},
        {"job": "encode", "nodes": 1, "documents_per_second": 1},
    ]
    found = job_costs(records, "counts")
    assert found.core_seconds == pytest.approx(2 / 150)
    assert found.efficiency == (0.75, 2)
    assert job_costs(records, "encode").efficiency is None
    with pytest.raises(ValueError, match="no run of the job 'vocabulary'"):
        job_costs(records, "vocabulary")


def test_records_take_the_place_of_placeholders(results):
    placeholder = json.loads(PLACEHOLDER.read_text())
    before = read_costs(results)
    assert before.sources["corpus"].startswith("not measured yet")
    corpus = placeholder["corpus"]
    for job in corpus["jobs"]:
        job["documents_per_second"] *= 2
    (results / "corpus.json").write_text(json.dumps(corpus))
    after = read_costs(results)
    assert after.sources["corpus"].startswith("measured on")
    assert after.sources["training"].startswith("not measured yet")
    for name, job in before.jobs.items():
        assert after.jobs[name].core_seconds == pytest.approx(job.core_seconds / 2)


def test_placeholders_are_those_of_the_speed_benchmark():
    placeholder = json.loads(PLACEHOLDER.read_text())
    speed = json.loads((ROOT / "benchmarks/results/speed/speed.json").read_text())
    encoding = {(r["name"], r["batch"]): r["documents"] for r in speed["encoding"]}
    growth = {r["n_documents"]: r for r in speed["growth_of_mapped_counts"]}
    jobs = {job["job"]: job for job in placeholder["corpus"]["jobs"]}
    one, two = placeholder["training"]["rates"]["measured"]

    def rate(name):
        return jobs[name]["documents_per_second"]

    assert rate("encode") == round(encoding["kate", 4096] / 2)
    assert rate("encode-light") == round(encoding["light", 4096])
    other = growth[1_000_000]["other_seconds"] - growth[100_000]["other_seconds"]
    assert rate("counts") == pytest.approx(9e5 / other / 1832 * 646 / 2, rel=1e-3)
    seconds = growth[1_000_000]["seconds"] / 10_000
    assert one["seconds_per_step"] == pytest.approx(seconds, rel=1e-3)
    (floor,) = (
        row["seconds"]
        for row in speed["training"]
        if (row["name"], row["n_words"], row["n_components"]) == ("floor", 200_000, 128)
    )
    (competition,) = (r["seconds"] for r in speed["competition"] if r["units"] == 128)
    shared = floor / 114 * 7214 / 200_000 + competition
    assert two["seconds_per_step"] == pytest.approx(seconds - shared / 2, rel=1e-3)


def test_a_job_by_hand(results):
    costs = read_costs(results)
    calm = Assumptions(spread=0.0, failures=0.0, dispatch=0.0)
    row = job_row(costs, calm, 1_000_000, 1, "encode-light")
    # 1.832 GB in 64 MiB; 28 shards on 16 cores are two rounds.
    assert row.shards == 28
    assert row.core_hours == pytest.approx(1e6 / 23_619 / 3600)
    assert row.formula == row.simulated == pytest.approx(2 * 1e6 / 23_619 / 28)
    assert row.written == 1e6 * (4 * 128 + 20)
    # Once the network is what takes longest: 2.364 GB at a Gbit a second.
    slow = Assumptions(spread=0.0, failures=0.0, dispatch=0.0, bandwidth=1.0)
    row = job_row(costs, slow, 1_000_000, 1, "encode-light")
    assert row.simulated == pytest.approx(2.364e9 / 1.25e8)


def test_a_sample_has_the_rarest_words_often_enough(results):
    costs = read_costs(results)
    assert sample_size(costs) * costs.step.words.rarest >= 100
    assert (sample_size(costs) - 1_000_000) * costs.step.words.rarest < 100


def test_limits_by_hand(results):
    found = {one.what[:24]: one for one in limits(read_costs(results), Assumptions())}
    steps = next(one for name, one in found.items() if name.startswith("`RowAdam`"))
    assert steps.holds == 2**24 * 100 / 30
    assert np.float32(2**24) + np.float32(1) == np.float32(2**24)
    assert np.float32(2**24 - 1) + np.float32(1) == np.float32(2**24)
    files = next(one for name, one in found.items() if "has every" in name)
    assert files.holds == pytest.approx(1024 * 2**26 / 1832)
    holds = [one.holds for one in limits(read_costs(results), Assumptions())]
    assert holds == sorted(holds)


def test_the_page_is_printed_from_records(results, tmp_path):
    training = json.loads(PLACEHOLDER.read_text())["training"]
    training["rates"]["measured"][1]["sum_seconds_per_step"] = 0.001
    (results / "training.json").write_text(json.dumps(training))
    output = tmp_path / "docs" / "scale.md"
    sizes = ["--documents", "100000", "1000000", "10000000", "--nodes", "1", "1", "2"]
    assert main([str(results), "-o", str(output), "--price", "1.25", *sizes]) == 0
    page = output.read_text()
    assert "$ an hour of a node 1.25" in page
    assert "placeholders are not of this design's own runs: jobs on shards.**" in page
    assert "Measured, on one machine" in page
    assert "nan" not in page
    assert "| 10.0 M | encode-light | 273 |" in page
    assert (output.parent / "pictures" / "scale.png").stat().st_size > 10_000


def test_a_larger_vocabulary_is_worked_out_from_the_measured_one(results):
    usual, larger = read_costs(results), read_costs(results, 400_000)
    assert (usual.n_words, larger.n_words) == (200_000, 400_000)
    assert larger.step.words(100) > usual.step.words(100)
    assert larger.step.of_both == usual.step.of_both


def test_the_page_that_is_kept_is_that_of_the_records(tmp_path):
    output = tmp_path / "scale.md"
    main([str(RECORDED), "-o", str(output)])
    assert output.read_text() == (ROOT / "docs" / "scale.md").read_text()


def test_reading_is_measured_for_both_sizes():
    rows = measure_reading(4_000, 2_000)["rows"]
    assert [row["batch"] for row in rows] == [100, 1_600]
    assert all(row["seconds_per_document"] > 0 for row in rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (size(0), "0 B"),
        (size(999), "999 B"),
        (size(1000), "1.00 kB"),
        (number(999), "999"),
        (number(1000), "1.00k"),
        (duration(89), "89.0 s"),
        (duration(91), "1.52 min"),
        (duration(0.0005), "0.500 ms"),
    ],
)
def test_amounts_on_both_sides_of_a_unit(text, expected):
    assert text == expected
