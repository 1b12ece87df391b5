import pytest
from benchmark_samples import record

from benchmarks.quality import paper
from benchmarks.quality.files import write_lines
from benchmarks.quality.plots import draw, effects, quality_and_seconds, retrieval


def curve(scale):
    return {
        "accuracy": scale,
        "precision": {
            fraction: scale / (1 + i)
            for i, fraction in enumerate(("0.001", "0.02", "1"))
        },
    }


@pytest.fixture
def records():
    return [
        record("kate", 0, figures=curve(0.6), fit_seconds=10.0),
        record("kate", 1, figures=curve(0.8), fit_seconds=12.0),
        record("lsa", 0, figures=curve(0.5), fit_seconds=1.0),
        record("minilm", 0, figures=curve(0.9), n_components=384, fit_seconds=None),
        record("tf-idf", 0, 0.8, n_components=None),
    ]


def test_retrieval_curves_are_means_over_seeds_beside_the_papers(records):
    figure = retrieval(records)
    (axis,) = figure.axes
    lines = {tuple(line.get_xdata()): line for line in axis.lines}
    assert len(axis.lines) == 3 + 3
    ours = axis.lines[0]
    assert ours.get_xdata() == pytest.approx([0.001, 0.02, 1.0])
    assert ours.get_ydata() == pytest.approx([0.7, 0.35, 0.7 / 3])
    assert len(lines[tuple(map(float, paper.FRACTIONS))].get_ydata()) == 9
    assert axis.get_xscale() == "log"


def test_what_was_not_run_has_no_panel(records):
    other = {**records[0], "n_words": 20_000, "n_components": 512}
    axes = retrieval(
        [{**r, "corpus": "20news-stripped"} for r in [*records[:3], other]]
    ).axes
    assert [axis.get_visible() for axis in axes] == [True, False, False, True]


def test_quality_stands_against_seconds(records):
    figure = quality_and_seconds(records, ("figures", "accuracy"), "accuracy")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["KATE, default", "LSA"]
    ((axis,), (kate, lsa)) = figure.axes, figure.axes[0].containers
    assert kate.lines[0].get_xydata()[0] == pytest.approx((11.0, 0.7))
    assert lsa.lines[0].get_xydata()[0] == pytest.approx((1.0, 0.5))
    assert axis.get_xscale() == "log"


def test_effects_have_the_papers_curve():
    records = [record("kate", 0, 0.74, options={"k": k}) for k in (2, 16)]
    axes = effects(records).axes
    assert [axis.get_xlabel() for axis in axes] == ["dimensions d", "k", "alpha"]
    published = axes[1].lines[-1]
    assert list(published.get_ydata()) == list(paper.EFFECTS["k"].values())


def test_the_same_cells_give_the_same_files(records, tmp_path):
    write_lines(tmp_path / "20news.jsonl", records)
    draw(tmp_path)
    names = ["20news-retrieval.png", "20news-seconds.png"]
    first = [(tmp_path / name).read_bytes() for name in names]
    assert sorted(p.name for p in tmp_path.glob("*.png")) == names
    draw(tmp_path)
    assert [(tmp_path / name).read_bytes() for name in names] == first
