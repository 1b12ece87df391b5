import pytest

from kate_keras import InputError
from kate_keras.plots import plot_retrieval


def test_curves_are_precision_by_fraction_in_order(ax):
    curves = {"KATE": {1.0: 0.1, 0.02: 0.5}, "LSA": {"0.02": 0.4, "1": 0.1}}
    plot_retrieval(curves, ax=ax)
    first, second = ax.lines
    assert first.get_xydata().tolist() == [[0.02, 0.5], [1.0, 0.1]]
    assert second.get_xydata().tolist() == [[0.02, 0.4], [1.0, 0.1]]
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_marker() != second.get_marker()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["KATE", "LSA"]
    assert ax.get_xscale() == "log"
    assert ax.get_ylim()[0] == 0


def test_a_curve_may_be_one_point(ax):
    plot_retrieval({"KATE": {1.0: 0.5}}, ax=ax)
    assert ax.lines[0].get_xydata().tolist() == [[1.0, 0.5]]


@pytest.mark.parametrize("fraction", [0.0, 1.01])
def test_a_fraction_is_above_0_and_at_most_1(fraction, ax):
    with pytest.raises(InputError, match=r"`curves\['KATE'\]` must be .* at most 1\."):
        plot_retrieval({"KATE": {0.5: 0.5, fraction: 0.5}}, ax=ax)


@pytest.mark.parametrize("curves", [{}, {0.5: 0.5}, {"KATE": {}}])
def test_there_is_a_curve_with_a_name(curves, ax):
    with pytest.raises(InputError, match="must be a mapping from names to precision"):
        plot_retrieval(curves, ax=ax)
