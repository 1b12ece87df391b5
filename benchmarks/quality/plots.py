"""The kept cells as plots, PNG files beside the tables."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")

from matplotlib import pyplot as plt  # noqa: E402

from benchmarks.quality import paper  # noqa: E402
from benchmarks.quality.columns import TITLES
from benchmarks.quality.files import read_lines  # noqa: E402
from benchmarks.quality.records import Record, grouped, mean_and_sd  # noqa: E402
from benchmarks.quality.tables import effect_curves  # noqa: E402

# Colours that readers who confuse red and green can tell apart (Okabe and Ito 2008).
STYLES: dict[str, dict[str, Any]] = {
    "kate": {"color": "#D55E00", "linewidth": 2.4, "zorder": 5},
    "deep": {"color": "#D55E00", "linewidth": 1.6, "linestyle": "-."},
    "kate-paper": {"color": "#D55E00", "linewidth": 1.6, "linestyle": "--"},
    "no-competition": {"color": "#D55E00", "linestyle": ":"},
    "k-sparse": {"color": "#E69F00"},
    "plain": {"color": "#000000"},
    "denoising-masking": {"color": "#999999"},
    "contractive": {"color": "#999999", "linestyle": ":"},
    "variational": {"color": "#CC79A7"},
    "lsa": {"color": "#0072B2"},
    "nmf": {"color": "#009E73"},
    "lda": {"color": "#56B4E9"},
    "word2vec": {"color": "#009E73", "linestyle": "--"},
    "doc2vec": {"color": "#56B4E9", "linestyle": "--"},
    "minilm": {"color": "#000000", "linestyle": "--"},
}
# Circles for decompositions, thin diamonds for gensim, the rest for autoencoders.
MARKERS = {
    "kate": "s",
    "deep": "H",
    "kate-paper": "D",
    "kate-paper-biased": "1",
    "no-competition-paper-biased": "2",
    "no-amplification": "P",
    "no-energy": "X",
    "no-competition": "8",
    "k-sparse": "^",
    "plain": "v",
    "denoising-masking": "<",
    "denoising-gaussian": ">",
    "denoising-salt-and-pepper": "*",
    "contractive": "p",
    "variational": "h",
    "kate-unseparated": "+",
    "no-amplification-unseparated": "4",
    "no-competition-unseparated": "x",
    "k-sparse-unseparated": "3",
    "lsa": "o",
    "nmf": "o",
    "lda": "o",
    "word2vec": "d",
    "doc2vec": "d",
}
PAPER_STYLES = {"KATE": "-", "VAE": "--", "DocNADE": ":"}
PAPER_COLOR = "#8B7E74"


def draw(results: Path) -> None:
    """Draws what is kept in `results`.

    Files: `<corpus>-retrieval.png`, `<corpus>-seconds.png` and `effects.png`.
    """
    for corpus in ("20news", "20news-stripped", "reuters21578"):
        records = read_lines(results / f"{corpus}.jsonl")
        if records:
            _save(retrieval(records), results / f"{corpus}-retrieval.png")
    for corpus, score, label in (
        ("20news", "accuracy", "accuracy"),
        ("20news-stripped", "accuracy", "accuracy"),
        ("reuters21578", "micro_f1", "micro-F1"),
        ("mrd", "r2", "R²"),
    ):
        records = read_lines(results / f"{corpus}.jsonl")
        if any(record.get("fit_seconds") for record in records):
            figure = quality_and_seconds(records, ("figures", score), label)
            _save(figure, results / f"{corpus}-seconds.png")
    records = read_lines(results / "effects.jsonl")
    if records:
        _save(effects(records), results / "effects.png")


def retrieval(records: list[Record]) -> Any:
    """Precision against the fraction retrieved, a panel per size and dimensions."""
    sizes = sorted({r["n_words"] for r in records})
    dimensions = sorted(
        {r["n_components"] for r in records if r["row"] not in ("minilm", "tf-idf")}
    )
    if not dimensions:
        dimensions = sorted({r["n_components"] for r in records if r["n_components"]})
    figure, axes = plt.subplots(
        len(sizes),
        len(dimensions),
        figsize=(4.2 * len(dimensions) + 2.2, 3.9 * len(sizes)),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    shown: dict[str, Any] = {}
    for i, n_words in enumerate(sizes):
        for j, d in enumerate(dimensions):
            axis = axes[i][j]
            here = [
                r
                for r in records
                if r["n_words"] == n_words
                and (r["n_components"] == d or r["row"] == "minilm")
            ]
            shown |= _ours(axis, here)
            # The paper's vocabulary has 2,000 words, its corpus the headers.
            if n_words == 2_000 and here and here[0]["corpus"] == "20news":
                shown |= _papers(axis, d)
            axis.set(xscale="log", title=f"V = {n_words:,}, d = {d}")
            axis.grid(alpha=0.25)
            # What was not run has no panel.
            axis.set_visible(bool(axis.lines))
    for axis in axes[-1]:
        axis.set_xlabel("fraction of the training part retrieved")
    for row in axes:
        row[0].set_ylabel("precision")
    figure.legend(
        shown.values(), shown.keys(), loc="outside right upper", frameon=False
    )
    return figure


def _ours(axis: Any, records: list[Record]) -> dict[str, Any]:
    shown = {}
    for row, style in STYLES.items():
        alike = [r for r in records if r["row"] == row]
        curves = [r["figures"].get("precision") for r in alike]
        if not alike or None in curves:
            continue
        points = []
        for fraction in curves[0]:
            figure = mean_and_sd(alike, ("figures", "precision", fraction))
            if figure:
                points.append((float(fraction), figure[0]))
        (line,) = axis.plot(*zip(*points, strict=True), **style)
        shown[TITLES[row]] = line
    return shown


def _papers(axis: Any, d: int) -> dict[str, Any]:
    shown = {}
    for name, linestyle in PAPER_STYLES.items():
        curve = paper.PRECISION.get(d, {}).get(name)
        if curve:
            (line,) = axis.plot(
                [float(fraction) for fraction in curve],
                list(curve.values()),
                color=PAPER_COLOR,
                linestyle=linestyle,
                marker=".",
                linewidth=1,
            )
            shown[f"paper: {name}"] = line
    return shown


def quality_and_seconds(
    records: list[Record], score: tuple[str, ...], label: str
) -> Any:
    """A score against the seconds of fitting at d = 128, a panel per vocabulary."""
    sizes = sorted({r["n_words"] for r in records})
    figure, axes = plt.subplots(
        1,
        len(sizes),
        figsize=(5.4 * len(sizes) + 2.2, 6.2),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    shown: dict[str, Any] = {}
    for axis, n_words in zip(axes[0], sizes, strict=True):
        here = [
            r for r in records if (r["n_words"], r["n_components"]) == (n_words, 128)
        ]
        for alike in grouped(here).values():
            row = alike[0]["row"]
            quality = mean_and_sd(alike, score)
            seconds = mean_and_sd(alike, ("fit_seconds",))
            if quality is None or seconds is None:
                continue
            shown[TITLES[row]] = axis.errorbar(
                seconds[0],
                quality[0],
                xerr=seconds[1],
                yerr=quality[1],
                fmt=MARKERS[row],
                color=STYLES.get(row, {}).get("color", "#999999"),
                markersize=9 if row == "kate" else 6,
                capsize=2,
            )
        axis.set(
            xscale="log",
            xlabel="seconds of fitting, 2 cores",
            title=f"V = {n_words:,}, d = 128",
        )
        axis.grid(alpha=0.25)
    axes[0][0].set_ylabel(label)
    names = [TITLES[row] for row in MARKERS if TITLES[row] in shown]
    handles = [shown[name] for name in names]
    figure.legend(handles, names, loc="outside right upper", frameon=False)
    return figure


def effects(records: list[Record]) -> Any:
    """Accuracy against d, k and alpha, ours beside the paper's figure 5."""
    figure, axes = plt.subplots(
        1, 3, figsize=(13, 4.2), sharey=True, layout="constrained"
    )
    for axis, (effect, published) in zip(axes, paper.EFFECTS.items(), strict=True):
        for row, curve in effect_curves(records, effect).items():
            means = [mean for mean, _ in curve.values()]
            spreads = [sd or 0.0 for _, sd in curve.values()]
            axis.errorbar(
                list(curve),
                means,
                spreads,
                marker="o",
                markersize=4,
                capsize=2,
                label=TITLES[row],
                **STYLES[row],
            )
        axis.plot(
            list(published),
            list(published.values()),
            color=PAPER_COLOR,
            marker=".",
            label="paper: KATE",
        )
        axis.set_xscale("log", base=2)
        axis.set_xticks(list(published), [f"{x:g}" for x in published], fontsize=8)
        axis.set_xlabel({"d": "dimensions d", "alpha": "alpha"}.get(effect, effect))
        axis.grid(alpha=0.25)
    axes[0].set_ylabel("accuracy")
    axes[0].legend(frameon=False)
    return figure


def _save(figure: Any, path: Path) -> None:
    # Without the version of matplotlib in it, the same figures give the same file.
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
