"""Where the default of KATE stands in a table, in words."""

from collections.abc import Sequence

from benchmarks.quality.columns import Column
from benchmarks.quality.records import Record, mean_and_sd
from benchmarks.quality.table import by_row, title

OURS = "kate"
MOST_NAMED = 3


def standing(records: list[Record], columns: Sequence[Column]) -> str:
    """Says in which columns the default of KATE is best, and what is ahead elsewhere.

    Args:
        records: Cells of one size and number of dimensions.
        columns: Figures to compare; those without a best are left out. Means count as
            they are shown, rounded.

    Returns:
        A paragraph, or nothing where the default or everything else was not run.
    """
    rows = by_row(records)
    best, behind = [], []
    for column in columns:
        means = {
            row: round(figure[0], column.digits)
            for row, group in rows.items()
            if (figure := mean_and_sd(group, column.path))
        }
        if column.best is None or OURS not in means or len(means) < 2:
            continue
        ours = means.pop(OURS)
        order = sorted(means, key=means.__getitem__, reverse=column.best is max)
        ahead = [row for row in order if column.best(means[row], ours) != ours]
        named = [
            f"{title(row, rows[row])} {means[row]:.{column.digits}f}"
            for row in (ahead or order[:1])[:MOST_NAMED]
        ]
        if len(ahead) > MOST_NAMED:
            named.append(f"{len(ahead) - MOST_NAMED} more")
        text = f"{column.title} {ours:.{column.digits}f}"
        if ahead:
            behind.append(f"{text} (ahead: {', '.join(named)})")
        else:
            best.append(f"{text} (next: {named[0]})")
    sentences = []
    if best:
        sentences.append(f"KATE's default wins or ties in {'; '.join(best)}.")
    if behind:
        sentences.append(f"It does not in {'; '.join(behind)}.")
    return " ".join(sentences)
