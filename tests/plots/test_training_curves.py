import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.plots import plot_training

HISTORY = {
    "loss": [9.0, 7.0, 6.0],
    "val_competition_loss": [8.0, 7.5, 7.75],
    "val_loss": [10.0, 9.5, 9.25],
    "learning_rate": [0.004, 0.002, 0.001],
}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_losses_are_drawn_by_epoch_and_the_kept_one_is_marked(ax):
    plot_training(HISTORY, ax=ax)
    training, with_competition, without, kept = ax.lines
    assert training.get_xydata().tolist() == [[1, 9], [2, 7], [3, 6]]
    assert with_competition.get_ydata().tolist() == HISTORY["val_competition_loss"]
    assert without.get_ydata().tolist() == HISTORY["val_loss"]
    assert set(kept.get_xdata()) == {2}
    assert "kept: epoch 2" in legend(ax)
    assert ax.get_xlabel() == "epoch"
    assert ax.get_ylabel() == "loss (nats per document)"


def test_lines_differ_in_colour_and_in_marker(ax):
    plot_training(HISTORY, ax=ax)
    assert len({line.get_color() for line in ax.lines[:3]}) == 3
    assert len({line.get_marker() for line in ax.lines[:3]}) == 3


def test_the_learning_rate_is_an_area_in_proportion_and_moves_no_scale(ax):
    plot_training(HISTORY, ax=ax)
    (area,) = ax.collections
    corners = area.get_paths()[0].vertices
    heights = {x: corners[corners[:, 0] == x, 1].max() for x in (1.0, 2.0, 3.0)}
    assert heights[2.0] / heights[1.0] == pytest.approx(0.5)
    assert heights[3.0] / heights[1.0] == pytest.approx(0.25)
    assert "learning rate, highest 0.004" in legend(ax)
    assert ax.get_ylim()[0] > 5


def test_units_without_wins_have_a_scale_of_their_own(ax):
    plot_training({**HISTORY, "units_without_wins": [5, 2, 0]}, ax=ax)
    _, right = ax.figure.axes
    assert right.lines[0].get_ydata().tolist() == [5, 2, 0]
    assert right.get_ylim()[0] == 0
    assert legend(ax)[-1] == "units without wins (right)"
    # Else its line would run over the legend.
    assert ax.get_zorder() > right.get_zorder()


def test_what_a_history_does_not_hold_is_not_drawn(ax):
    plot_training({"loss": [2.0]}, ax=ax)
    assert len(ax.lines) == 1
    assert legend(ax) == ["training, with noise and penalties"]
    assert len(ax.figure.axes) == 1


def test_other_values_of_a_history_do_not_matter(ax):
    plot_training({"loss": [2.0, 1.0], "own": [1.0]}, ax=ax)
    assert len(ax.lines) == 1


def test_a_models_history_is_drawn(ax, model):
    plot_training(model.history_, ax=ax)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), model.history_["loss"])
    assert len(legend(ax)) >= 5


@pytest.mark.parametrize("history", [{}, {"loss": []}, {"val_loss": [1.0]}])
def test_a_history_has_losses(history, ax):
    with pytest.raises(InputError, match="`history` must be a mapping with `loss`"):
        plot_training(history, ax=ax)


def test_values_are_as_many_as_epochs(ax):
    with pytest.raises(InputError, match="`history` must be lists of 3 values"):
        plot_training({**HISTORY, "val_loss": [1.0]}, ax=ax)
