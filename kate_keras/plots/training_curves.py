"""How training went, epoch by epoch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kate_keras.errors import require
from kate_keras.plots.axes import axes_or_new
from kate_keras.plots.colors import ABSENT, COLORS

LOSSES: dict[str, tuple[str, dict[str, Any]]] = {
    "loss": (
        "training, with noise and penalties",
        {"color": COLORS[0], "marker": "o"},
    ),
    "val_competition_loss": (
        "validation, with competition",
        {"color": COLORS[1], "marker": "s"},
    ),
    "val_loss": (
        "validation, without competition",
        {"color": COLORS[2], "marker": "^", "linestyle": "--"},
    ),
}
DEAD_STYLE: dict[str, Any] = {"color": COLORS[4], "marker": "v", "linestyle": "-."}
WATCHED = "val_competition_loss"
RATE = "learning_rate"
DEAD = "units_without_wins"
# The part of the axes' height that the highest learning rate fills.
RATE_HEIGHT = 0.25


def plot_training(
    history: Mapping[str, Sequence[float]], *, ax: Axes | None = None
) -> Axes:
    """Draws the losses of every epoch, and what else the history holds.

    The learning rate is an area at the foot, from 0 to its highest, which the legend
    names; units without wins have a scale at the right; an upright line marks the
    epoch whose weights were kept, that of the lowest validation loss with competition.

    Args:
        history: `KATE.history_`: values per epoch. Drawn as far as they are there:
            `loss`, `val_competition_loss`, `val_loss`, `learning_rate` and
            `units_without_wins`.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes of the losses.

    Raises:
        InputError: If the history has no loss, or its values differ in number.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.plots import plot_training
        >>> history = {"loss": [9.0, 8.0], "val_competition_loss": [9.5, 9.0]}
        >>> ax = plot_training(history, ax=Figure().subplots())
        >>> ax.lines[0].get_ydata()
        array([9., 8.])
    """
    n_epochs = len(history.get("loss", ()))
    require(n_epochs > 0, "history", "a mapping with `loss`", sorted(history))
    values = {
        name: np.asarray(history[name], float)
        for name in (*LOSSES, RATE, DEAD)
        if name in history
    }
    lengths = {name: len(drawn) for name, drawn in values.items()}
    require(
        set(lengths.values()) == {n_epochs},
        "history",
        f"lists of {n_epochs} values, as many as `loss` has",
        lengths,
    )
    ax = axes_or_new(ax, 7, 4.2)
    epochs = np.arange(1, n_epochs + 1)
    drawn = _draw_losses(ax, epochs, values)
    if RATE in values:
        drawn.append(_draw_rate(ax, epochs, values[RATE]))
    if DEAD in values:
        drawn.append(_draw_dead_units(ax, epochs, values[DEAD]))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(title="training", xlabel="epoch", ylabel="loss (nats per document)")
    ax.spines["top"].set_visible(False)
    ax.legend(handles=drawn, framealpha=0.85, edgecolor="none", fontsize=8)
    return ax


def _draw_losses(
    ax: Axes, epochs: np.ndarray, values: Mapping[str, np.ndarray]
) -> list[Artist]:
    drawn: list[Artist] = []
    for name, (label, style) in LOSSES.items():
        if name in values:
            drawn += ax.plot(epochs, values[name], label=label, markersize=4, **style)
    if WATCHED in values:
        kept = int(epochs[np.argmin(values[WATCHED])])
        label = f"kept: epoch {kept}"
        line = ax.axvline(
            kept, color="black", linewidth=0.8, linestyle=":", label=label
        )
        drawn.append(line)
    return drawn


def _draw_rate(ax: Axes, epochs: np.ndarray, rates: np.ndarray) -> Artist:
    highest = float(rates.max()) or 1.0
    return ax.fill_between(
        epochs,
        RATE_HEIGHT * rates / highest,
        color=ABSENT,
        alpha=0.3,
        linewidth=0,
        transform=ax.get_xaxis_transform(),
        label=f"learning rate, highest {highest:.2g}",
    )


def _draw_dead_units(ax: Axes, epochs: np.ndarray, counts: np.ndarray) -> Artist:
    right = ax.twinx()
    label = "units without wins (right)"
    (line,) = right.plot(epochs, counts, label=label, markersize=4, **DEAD_STYLE)
    # The legend, which is that of the losses' axes, has to lie on top.
    ax.set_zorder(right.get_zorder() + 1)
    ax.patch.set_visible(False)
    right.set_ylim(0, max(1.0, 1.05 * float(counts.max())))
    right.yaxis.set_major_locator(MaxNLocator(integer=True))
    right.set_ylabel("units that win for no document")
    right.spines["top"].set_visible(False)
    return line
