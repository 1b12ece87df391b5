"""The kept cells as Markdown files, beside the paper's own figures."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality import paper
from benchmarks.quality.cells import REFERENCE_ROWS, ROWS
from benchmarks.quality.columns import (
    ACCURACY,
    MACRO,
    MICRO,
    MSCD,
    R2,
    RETRIEVAL,
    SECONDS,
    TASKS,
    TOPICS,
    Column,
)
from benchmarks.quality.files import read_lines, write_text
from benchmarks.quality.protocol import INTRODUCTIONS, OUTDATED, PROTOCOL, tuning
from benchmarks.quality.records import Record, grouped, mean_and_sd
from benchmarks.quality.rows import outdated
from benchmarks.quality.standing import standing
from benchmarks.quality.table import best_of, line, show, table, title


def write_tables(results: Path) -> None:
    """Writes a Markdown file for every kept group of cells."""
    for group in (*TASKS, "effects"):
        records = [
            {**record, "outdated": outdated(record)}
            for record in read_lines(results / f"{group}.jsonl")
        ]
        if records:
            mark = OUTDATED if any(r["outdated"] for r in records) else ""
            tables = effects(records) if group == "effects" else task(group, records)
            peers = "" if group == "effects" else tuning(results)
            parts = (f"# {INTRODUCTIONS[group]}", PROTOCOL, mark, peers, tables)
            text = "\n\n".join(part for part in parts if part)
            write_text(results / f"{group}.md", text + "\n")


def task(group: str, records: list[Record]) -> str:
    """Tables of a corpus, one per size of vocabulary and number of dimensions."""
    columns = (*TASKS[group], *TOPICS, SECONDS)
    sections = []
    for n_words in sorted({r["n_words"] for r in records}):
        here = [r for r in records if r["n_words"] == n_words]
        dimensions = sorted({r["n_components"] for r in here if _measured(r)})
        for d in dimensions:
            rows = [r for r in here if r["n_components"] == d or not _measured(r)]
            published = paper_rows(group, d, columns) if n_words <= 5_000 else []
            parts = (
                f"## V = {n_words:,}, d = {d}",
                table(rows, columns, published),
                standing(rows, columns),
            )
            sections.append("\n\n".join(part for part in parts if part))
    sections.append(word_table(records))
    sections.append(length_table(records, published="20news" == group))
    return "\n\n".join(section for section in sections if section)


def _measured(record: Record) -> bool:
    """Whether a row's number of dimensions was chosen."""
    return record["row"] not in REFERENCE_ROWS


def paper_rows(group: str, d: int, columns: Sequence[Column]) -> list[list[str]]:
    """The paper's rows of a corpus at a number of dimensions, cells as text."""
    known: dict[str, dict[Column, str]] = {}

    def add(name: str, column: Column, value: float, digits: int = 3) -> None:
        known.setdefault(name, {})[column] = f"{value:.{digits}f}"

    if group == "20news":
        for name, accuracy in paper.ACCURACY.items():
            if d in accuracy:
                add(name, ACCURACY, accuracy[d])
        for name, curve in paper.PRECISION.get(d, {}).items():
            add(name, RETRIEVAL[0], curve["0.001"])
            add(name, RETRIEVAL[1], curve["0.02"])
        for name, distinctness in paper.MSCD.items():
            if d in distinctness:
                add(name, MSCD, distinctness[d])
        for name, seconds in paper.SECONDS.items() if d == 20 else ():
            add(name, SECONDS, seconds, 0)
    elif group == "reuters21578":
        for name, both in paper.REUTERS.items():
            if d in both:
                add(name, MACRO, both[d][0])
                add(name, MICRO, both[d][1])
    elif group == "mrd":
        for name, scores in paper.MRD.items():
            if d in scores:
                add(name, R2, scores[d])
    return [
        [f"*paper: {name}*", *(cells.get(column, "") for column in columns)]
        for name, cells in known.items()
    ]


def word_table(records: list[Record]) -> str:
    """Word similarity: Spearman's correlation with human scores, per set of pairs."""
    measured = [r for r in records if r["figures"].get("words")]
    if not measured:
        return ""
    sections = []
    for n_words, d in sorted({(r["n_words"], r["n_components"]) for r in measured}):
        rows = [
            r for r in measured if (r["n_words"], r["n_components"]) == (n_words, d)
        ]
        names = sorted(rows[0]["figures"]["words"])
        columns = [
            Column(_pairs(rows[0], name), ("figures", "words", name, "spearman"))
            for name in names
        ]
        sections.append(f"### V = {n_words:,}, d = {d}\n\n{table(rows, columns)}")
    heading = (
        "## Word similarity\n\nSpearman's correlation of cosines with human scores; in "
        "brackets the pairs whose words are both in the vocabulary."
    )
    return "\n\n".join([heading, *sections])


def _pairs(record: Record, name: str) -> str:
    used = record["figures"]["words"][name]["n_pairs"]
    return f"{name} ({used})"


def length_table(records: list[Record], *, published: bool) -> str:
    """Precision at .001 by the query's number of known words, d = 128."""
    sections = []
    for n_words in sorted({r["n_words"] for r in records}):
        rows = [
            {**r, "figures": _by_length(r)}
            for r in records
            if (r["n_words"], r["n_components"]) == (n_words, 128)
            and r["figures"].get("precision_by_length")
        ]
        if not rows:
            continue
        bounds = [b["below"] for b in rows[0]["figures"].values()]
        columns = [
            Column(_bound(b), ("figures", str(b), "precision", "0.001")) for b in bounds
        ]
        beside = []
        for name, row in paper.BY_LENGTH.items() if published else ():
            known = dict(zip(paper.LENGTHS, row, strict=True))
            shown = [f"{known[b]:.3f}" if b in known else "" for b in bounds]
            beside.append([f"*paper: {name}*", *shown])
        text = table(rows, columns, beside if n_words == 2_000 else [])
        queries = ", ".join(
            f"{_bound(b['below'])}: {b['n_queries']}"
            for b in rows[0]["figures"].values()
        )
        sections.append(f"### V = {n_words:,}\n\nQueries: {queries}.\n\n{text}")
    if not sections:
        return ""
    heading = "## Precision at .001 by the query's length in known words, d = 128"
    return "\n\n".join([heading, *sections])


def _by_length(record: Record) -> Record:
    bins = record["figures"]["precision_by_length"]
    return {str(content["below"]): content for content in bins}


def _bound(below: int | None) -> str:
    return "longer" if below is None else f"< {below}"


def effects(records: list[Record]) -> str:
    """Tables of accuracy against d, k and alpha, ours beside the paper's."""
    sections = []
    for effect, published in paper.EFFECTS.items():
        curves = effect_curves(records, effect)
        points = sorted({x for curve in curves.values() for x in curve})
        if not points:
            continue
        theirs = [f"{published[x]:.3f}" if x in published else "" for x in points]
        lines = [
            line(["", *(f"{effect} = {x:g}" for x in points)]),
            "|---" * (len(points) + 1) + "|",
            line(["*paper: KATE*", *theirs]),
        ]
        for name, curve in curves.items():
            best = best_of(ACCURACY, list(curve.values()))
            ours = [show(curve.get(x), ACCURACY, best) for x in points]
            alike = [
                record
                for record in records
                if record["row"] == name and _point(record, effect) is not None
            ]
            lines.append(line([title(name, alike), *ours]))
        sections.append(f"## Accuracy against {effect}\n\n" + "\n".join(lines))
    return "\n\n".join(sections)


def effect_curves(
    records: list[Record], effect: str
) -> dict[str, dict[float, tuple[float, float | None]]]:
    """Accuracy against `d`, `k` or `alpha`: per row, per point, mean and sd."""
    curves: dict[str, dict[float, tuple[float, float | None]]] = {}
    for group in grouped(records).values():
        x = _point(group[0], effect)
        figure = mean_and_sd(group, ACCURACY.path)
        if x is not None and figure is not None:
            curves.setdefault(group[0]["row"], {})[x] = figure
    return {row: dict(sorted(curves[row].items())) for row in ROWS if row in curves}


def _point(record: Record, effect: str) -> float | None:
    """Where a cell lies on the curve of an effect, if it does."""
    if effect == "d":
        return None if record["options"] else record["n_components"]
    return record["options"].get(effect)
