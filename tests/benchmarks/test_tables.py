from benchmark_samples import record

from benchmarks.quality.cells import ROWS
from benchmarks.quality.columns import ACCURACY, MSCD, SECONDS, TITLES
from benchmarks.quality.files import write_json, write_lines
from benchmarks.quality.table import table
from benchmarks.quality.tables import effects, paper_rows, task, write_tables


def mscd(value):
    return {"accuracy": None, "topics": {"mscd": value}}


def test_a_table_has_means_spreads_and_the_best_in_bold():
    records = [
        *(record("kate", seed, a) for seed, a in enumerate((0.70, 0.72, 0.74))),
        record("lsa", 0, 0.71),
    ]
    assert table(records, [ACCURACY, MSCD]).splitlines() == [
        "| | accuracy |",
        "|---|---|",
        "| KATE, default | **0.720** ± 0.020 |",
        "| LSA | 0.710 |",
    ]


def test_equal_figures_are_both_best_and_the_lower_mscd_is():
    records = [
        record("kate", 0, figures=mscd(0.3004)),
        record("lda", 0, figures=mscd(0.3001)),
        record("nmf", 0, figures=mscd(0.5)),
    ]
    lines = table(records, [MSCD]).splitlines()
    assert [line for line in lines if "**0.300**" in line] == [
        "| KATE, default | **0.300** |",
        "| LDA | **0.300** |",
    ]


def test_seconds_have_no_best():
    records = [record("kate", 0, fit_seconds=3.2), record("lsa", 0, fit_seconds=9.7)]
    assert table(records, [SECONDS]).splitlines()[2:] == [
        "| KATE, default | 3.2 |",
        "| LSA | 9.7 |",
    ]


def test_the_papers_rows_stand_beside_ours():
    text = task("20news", [record("kate", 0, 0.75), record("kate", 1, 0.76)])
    lines = text.splitlines()
    assert "## V = 2,000, d = 128" in lines
    assert "| *paper: KATE* | 0.744 | 0.554 | 0.387 | 0.024 |" in lines
    assert lines.index("| *paper: KATE* | 0.744 | 0.554 | 0.387 | 0.024 |") < next(
        i for i, line in enumerate(lines) if line.startswith("| KATE, default | 0.755")
    )


def test_the_papers_rows_stay_away_from_what_it_did_not_measure():
    columns = [ACCURACY]
    assert paper_rows("20news-stripped", 128, columns) == []
    assert paper_rows("20news", 64, columns) == []
    big = [record("kate", 0, 0.8, n_words=20_000)]
    assert "paper" not in task("20news", big)


def test_references_stand_in_every_table_of_their_vocabulary():
    records = [
        record("kate", 0, 0.7),
        record("kate", 0, 0.6, n_components=20),
        record("tf-idf", 0, 0.8, n_components=None),
        record("minilm", 0, 0.77, n_components=384),
    ]
    text = task("20news-stripped", records)
    assert text.count("| TF-IDF, linear model") == 2
    assert text.count("| MiniLM") == 2
    assert "d = 384" not in text


def test_effects_show_ours_under_the_papers():
    records = [
        record("kate", 0, 0.74, options={"k": 16}),
        record("kate", 0, 0.75, options={"k": 32}),
        record("kate", 0, 0.76),
        record("kate", 0, 0.71, n_components=32),
    ]
    assert "\n".join(
        [
            "## Accuracy against k",
            "",
            "| | k = 16 | k = 32 |",
            "|---|---|---|",
            "| *paper: KATE* | 0.737 | 0.744 |",
            "| KATE, default | 0.740 | **0.750** |",
        ]
    ) in effects(records)
    assert "| KATE, default | 0.710 | **0.760** |" in effects(records)


def test_an_outdated_point_marks_its_own_table_alone():
    records = [
        record("kate", 0, 0.74, options={"k": 16}),
        {**record("kate", 0, 0.71, n_components=32), "outdated": True},
    ]
    assert "| KATE, default | 0.740 |" in effects(records)
    assert "| KATE, default † | 0.710 |" in effects(records)


def test_precision_by_length_and_word_similarity_have_tables():
    figures = {
        "accuracy": 0.7,
        "precision_by_length": [
            {"below": 100, "n_queries": 7, "precision": {"0.001": 0.5}},
            {"below": None, "n_queries": 2, "precision": {"0.001": 0.25}},
        ],
        "words": {"men": {"spearman": 0.25, "n_pairs": 700, "n_left_out": 2300}},
    }
    text = task("20news", [record("kate", 0, figures=figures)])
    assert "| | men (700) |\n|---|---|\n| KATE, default | 0.250 |" in text
    assert "Queries: < 100: 7, longer: 2." in text
    assert "| *paper: DocNADE* | 0.562 | |" in text
    assert "| KATE, default | 0.500 | 0.250 |" in text


def test_files_are_written_from_the_kept_lines_alone(tmp_path):
    cells = [
        record("kate", 0, 0.75, settings={"recipe": {"batch_size": 1}}),
        record("lsa", 0, 0.7, settings={"sublinear": True}),
    ]
    write_lines(tmp_path / "20news.jsonl", cells)
    trials = [
        {"settings": {"sublinear": s}, "accuracy": a, "precision": 0.4}
        for s, a in ((True, 0.75), (False, 0.7))
    ]
    kept = {"n_words": 2000, "n_components": 128, "peers": {}}
    kept["peers"]["lsa"] = {"chosen": {"sublinear": True}, "trials": trials}
    write_json(tmp_path / "peers.json", kept)
    write_tables(tmp_path)
    text = (tmp_path / "20news.md").read_text(encoding="utf-8")
    assert text.startswith("# 20 Newsgroups, bydate split, headers kept")
    assert (
        "- LSA: sublinear True → 0.750 / 0.400; sublinear False → 0.700 / 0.400; "
        "chosen: **sublinear True**" in text
    )
    # That cell was of other settings than the row has now, and the page says so.
    assert "\n\n† Trained or read out as was the default before" in text
    assert "| KATE, default † | **0.750** |" in text and "| LSA | 0.700 |" in text
    assert not (tmp_path / "mrd.md").exists()


def test_every_row_has_a_title():
    assert set(TITLES) == set(ROWS)
