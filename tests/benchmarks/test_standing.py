from benchmark_samples import record

from benchmarks.quality.columns import ACCURACY, MSCD, SECONDS
from benchmarks.quality.standing import standing
from benchmarks.quality.tables import task


def cell(row, accuracy, mscd=None, seed=0):
    topics = None if mscd is None else {"mscd": mscd}
    return record(row, seed, figures={"accuracy": accuracy, "topics": topics})


def test_it_says_where_kate_wins_and_what_is_ahead_elsewhere():
    records = [
        cell("kate", 0.70, 0.04),
        cell("kate", 0.72, 0.06, seed=1),
        cell("lsa", 0.75),
        cell("lda", 0.65, 0.08),
        cell("plain", 0.72, 0.09),
    ]
    assert standing(records, [ACCURACY, MSCD, SECONDS]) == (
        "KATE's default wins or ties in MSCD 0.050 (next: LDA 0.080). It does not in "
        "accuracy 0.710 (ahead: LSA 0.750, autoencoder 0.720)."
    )


def test_as_shown_means_rounded():
    records = [cell("kate", 0.7004), cell("lsa", 0.7001)]
    assert standing(records, [ACCURACY]) == (
        "KATE's default wins or ties in accuracy 0.700 (next: LSA 0.700)."
    )
    records = [cell("kate", 0.7004), cell("lsa", 0.7006)]
    assert standing(records, [ACCURACY]) == (
        "It does not in accuracy 0.700 (ahead: LSA 0.701)."
    )


def test_three_are_named_and_the_others_counted():
    rows = ("lsa", "nmf", "lda", "plain")
    ahead = [cell(row, 0.8 + i / 100) for i, row in enumerate(rows)]
    text = standing([cell("kate", 0.5), *ahead], [ACCURACY])
    assert text.endswith("(ahead: autoencoder 0.830, LDA 0.820, NMF 0.810, 1 more).")
    text = standing([cell("kate", 0.5), *ahead[1:]], [ACCURACY])
    assert text.endswith("(ahead: autoencoder 0.830, LDA 0.820, NMF 0.810).")


def test_nothing_is_said_without_kate_or_without_others():
    assert standing([cell("lsa", 0.7), cell("lda", 0.6)], [ACCURACY]) == ""
    assert standing([cell("kate", 0.7)], [ACCURACY]) == ""


def test_it_stands_below_its_table():
    lines = task("20news", [cell("kate", 0.7), cell("lsa", 0.6)]).splitlines()
    (place,) = [i for i, line in enumerate(lines) if line.startswith("KATE's default")]
    assert lines[place - 2].startswith("| LSA |")
