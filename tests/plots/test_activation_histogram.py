import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.plots import plot_activations


def test_bars_are_shares_over_a_common_range(ax):
    plot_activations(
        {"a": np.array([[-1.0, 1.0]]), "b": np.array([[0.0], [3.0]])}, ax=ax
    )
    first, second = (patch.get_data() for patch in ax.patches)
    np.testing.assert_array_equal(first.edges, second.edges)
    assert (first.edges[0], first.edges[-1]) == (-1, 3)
    assert len(first.values) == 50
    assert first.values[[0, 25]].tolist() == [0.5, 0.5]
    assert second.values[[12, -1]].tolist() == [0.5, 0.5]
    assert first.values.sum() == second.values.sum() == 1
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["a", "b"]
    assert len({patch.get_edgecolor() for patch in ax.patches}) == 2
    assert len({patch.get_linestyle() for patch in ax.patches}) == 2


def test_one_model_needs_no_legend_and_one_number_is_enough(ax):
    plot_activations({"a": np.array([[0.5]])}, ax=ax)
    assert ax.patches[0].get_data().values.sum() == 1
    assert ax.get_legend() is None


@pytest.mark.parametrize("values", [np.ones((0, 3)), np.array([[np.nan]])])
def test_activations_are_some_and_finite(values, ax):
    with pytest.raises(InputError, match="`activations` must be finite numbers"):
        plot_activations({"a": values}, ax=ax)


@pytest.mark.parametrize(
    ("activations", "received"), [({}, "{}"), (np.ones((2, 2)), "ndarray")]
)
def test_activations_have_a_name(activations, received, ax):
    with pytest.raises(InputError, match=f"a mapping from names.*{received}"):
        plot_activations(activations, ax=ax)
