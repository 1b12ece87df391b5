import pytest

from kate_keras import InputError
from kate_keras.plots import plot_effect


def ticks(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


def test_points_are_means_and_bars_standard_deviations(ax):
    plot_effect("k", {"KATE": {16: [0.7], 8: [0.5, 0.6]}}, ax=ax)
    assert ax.lines[0].get_xydata().tolist() == [[8, 0.55], [16, 0.7]]
    (bars,) = ax.containers[0].lines[2]
    (low, high), (start, end) = (s[:, 1] for s in bars.get_segments())
    assert (high - low) / 2 == pytest.approx(0.1 / 2**0.5)
    assert start == end == 0.7
    assert ticks(ax) == ["8", "16"]
    assert ax.get_xlabel() == "k"
    assert ax.get_ylabel() == "accuracy"


def test_models_stand_side_by_side_over_all_values(ax):
    plot_effect("alpha", {"a": {0.5: [1.0]}, "b": {6.26: [2.0]}}, "micro-F1", ax=ax)
    assert ticks(ax) == ["0.5", "6.26"]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]
    assert ax.get_ylabel() == "micro-F1"


@pytest.mark.parametrize(("lowest", "scale"), [(0, "linear"), (0.1, "log")])
def test_the_scale_is_logarithmic_where_it_can_be(lowest, scale, ax):
    plot_effect("alpha", {"a": {lowest: [1.0], 2: [1.5]}}, ax=ax)
    assert ax.get_xscale() == scale


def test_every_value_has_a_score(ax):
    with pytest.raises(InputError, match=r"`curves\['KATE'\]` must be at least one"):
        plot_effect("k", {"KATE": {4: [0.5], 8: []}}, ax=ax)


@pytest.mark.parametrize("curves", [{}, {8: [0.5]}, {"KATE": {}}])
def test_there_is_a_curve_with_a_name(curves, ax):
    with pytest.raises(InputError, match="must be a mapping from names to scores"):
        plot_effect("k", curves, ax=ax)
