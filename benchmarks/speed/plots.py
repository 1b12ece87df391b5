"""The measurements as plots, PNG files beside the tables."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")

from matplotlib import pyplot as plt  # noqa: E402

from benchmarks.speed.tables import NAMES, Row  # noqa: E402

# Colours that readers who confuse red and green can tell apart (Okabe and Ito 2008).
STYLES: dict[str, dict[str, Any]] = {
    "sampled": {"color": "#D55E00", "linewidth": 2.4, "zorder": 5},
    "exact": {"color": "#D55E00", "linestyle": "--"},
    "floor": {"color": "#8B7E74", "linestyle": ":"},
    "default": {"color": "#D55E00", "linewidth": 2.4, "zorder": 5},
    "kate": {"color": "#D55E00", "linewidth": 2.4, "zorder": 5},
    "light": {"color": "#E69F00", "linewidth": 2.4, "zorder": 5},
    "tfidf-svd": {"color": "#0072B2"},
    "hashing-product": {"color": "#999999"},
    "minilm": {"color": "#000000", "linestyle": "--"},
    "lsa": {"color": "#0072B2"},
    "nmf": {"color": "#009E73"},
    "lda": {"color": "#56B4E9"},
    "gensim-lda": {"color": "#56B4E9", "linestyle": "--"},
}
LABELS = {
    **NAMES,
    "sampled": "KATE, sampled decoder",
    "exact": "KATE, exact decoder",
    "floor": "bare products of a dense step",
}


def draw(results: dict[str, Any], folder: Path) -> None:
    """Draws `training.png`, `race.png` and `encoding.png`, as far as measured.

    Args:
        results: Rows per section.
        folder: Where to.
    """
    for name, plot in PLOTS.items():
        if name in results:
            figure = plot(results[name])
            # Without the version of matplotlib in it, the same figures, the same file.
            path = folder / f"{name}.png"
            figure.savefig(path, dpi=110, metadata={"Software": None})
            plt.close(figure)


def training(rows: list[Row]) -> Any:
    """Seconds of an epoch against the vocabulary, a panel per dimensions."""
    dimensions = sorted({r["n_components"] for r in rows})
    figure, axes = plt.subplots(
        1,
        len(dimensions),
        figsize=(4.6 * len(dimensions) + 0.6, 4.2),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for axis, d in zip(axes[0], dimensions, strict=True):
        here = [r for r in rows if r["n_components"] == d]
        for name in ("sampled", "exact", "floor"):
            _curve(axis, here, name, "n_words", "seconds")
        axis.set(xscale="log", yscale="log", xlabel="words V", title=f"d = {d}")
        axis.grid(alpha=0.25)
    axes[0][0].set_ylabel("seconds of an epoch, 11,314 documents")
    axes[0][0].legend(frameon=False)
    return figure


def race(rows: list[Row]) -> Any:
    """Accuracy and precision against the seconds of training."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
    for axis, score, label in zip(
        axes, ("accuracy", "precision"), ("accuracy", "precision at .02"), strict=True
    ):
        for name in dict.fromkeys(r["name"] for r in rows):
            _curve(axis, rows, name, "seconds", score)
        axis.set(xscale="log", xlabel="seconds of training", ylabel=label)
        axis.grid(alpha=0.25)
    axes[0].legend(frameon=False)
    return figure


def encoding(rows: list[Row]) -> Any:
    """Documents per second against the texts of a call."""
    figure, axis = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
    for name in dict.fromkeys(r["name"] for r in rows):
        _curve(axis, rows, name, "batch", "documents")
    axis.set(
        xscale="log",
        yscale="log",
        xlabel="texts a call",
        ylabel="documents per second, from raw text",
    )
    axis.grid(alpha=0.25)
    axis.legend(frameon=False)
    return figure


def _curve(axis: Any, rows: list[Row], name: str, x: str, y: str) -> None:
    points = [(r[x], r[y]) for r in rows if r["name"] == name and x in r and y in r]
    if points:
        axis.plot(
            *zip(*points, strict=True), marker="o", label=LABELS[name], **STYLES[name]
        )


PLOTS = {"training": training, "race": race, "encoding": encoding}
