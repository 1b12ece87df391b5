"""One Markdown table of models: means, spreads, the best in bold."""

from collections.abc import Mapping, Sequence

from benchmarks.quality.cells import ROWS
from benchmarks.quality.columns import TITLES, Column
from benchmarks.quality.records import Record, mean_and_sd

Figure = tuple[float, float | None] | None
# Beside the names of rows that were trained by settings of before.
MARK = " †"


def table(
    records: list[Record],
    columns: Sequence[Column],
    published: Sequence[list[str]] = (),
) -> str:
    """A table of models, the paper's rows first.

    Args:
        records: Cells of one size and number of dimensions.
        columns: Figures to show; those that no row has are left out.
        published: Further rows, a cell per column after the name.
    """
    rows = [
        (title(name, group), [mean_and_sd(group, column.path) for column in columns])
        for name, group in by_row(records).items()
    ]
    used = [
        j
        for j in range(len(columns))
        if any(figures[j] for _, figures in rows) or any(p[j + 1] for p in published)
    ]
    best = {j: best_of(columns[j], [figures[j] for _, figures in rows]) for j in used}
    lines = [
        line(["", *(columns[j].title for j in used)]),
        "|---" * (len(used) + 1) + "|",
    ]
    lines += [line([row[0], *(row[j + 1] for j in used)]) for row in published]
    for name, figures in rows:
        shown = [show(figures[j], columns[j], best[j]) for j in used]
        lines.append(line([name, *shown]))
    return "\n".join(lines)


def trials_table(trials: Mapping[str, list[Record]], columns: Sequence[Column]) -> str:
    """A table of what was tried, with the number of seeds of each.

    Args:
        trials: Records of each row, by its name; rows without any are left out.
        columns: Figures to show; those that no row has are left out.
    """
    tried = {name: group for name, group in trials.items() if group}
    figures = {
        column: [mean_and_sd(group, column.path) for group in tried.values()]
        for column in columns
    }
    used = {column: own for column, own in figures.items() if any(own)}
    shown = [
        [show(figure, column, best_of(column, own)) for figure in own]
        for column, own in used.items()
    ]
    lines = [
        line(["", *(column.title for column in used), "seeds"]),
        "|---" * (len(used) + 2) + "|",
    ]
    for (name, group), *cells in zip(tried.items(), *shown, strict=True):
        lines.append(line([name, *cells, str(len(group))]))
    return "\n".join(lines)


def title(name: str, group: list[Record]) -> str:
    """Name of a row for readers, marked where its settings are those of before."""
    outdated = any(record.get("outdated") for record in group)
    return TITLES[name] + (MARK if outdated else "")


def by_row(records: list[Record]) -> dict[str, list[Record]]:
    """Gathers the cells of each row that was run, in the order of the tables."""
    groups = {name: [r for r in records if r["row"] == name] for name in ROWS}
    return {name: group for name, group in groups.items() if group}


def line(cells: Sequence[str]) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def best_of(column: Column, figures: list[Figure]) -> str:
    means = [figure[0] for figure in figures if figure]
    if column.best is None or len(means) < 2:
        return ""
    return f"{column.best(means):.{column.digits}f}"


def show(figure: Figure, column: Column, best: str) -> str:
    if figure is None:
        return ""
    mean, sd = figure
    text = f"{mean:.{column.digits}f}"
    spread = "" if sd is None else f" ± {sd:.{column.digits}f}"
    return f"**{text}**{spread}" if text == best else f"{text}{spread}"
