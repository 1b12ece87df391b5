import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from kate_keras import InputError
from kate_keras.plots import plot_confusion


def names(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_rows_are_shares_of_the_true_labels(ax):
    generator = np.random.default_rng(0)
    truth, predicted = generator.choice(list("abc"), size=(2, 50)).tolist()
    plot_confusion(truth, predicted, ax=ax)
    expected = confusion_matrix(truth, predicted, normalize="true")
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    assert names(ax.xaxis) == names(ax.yaxis) == ["a", "b", "c"]
    written = {t.get_position(): t.get_text() for t in ax.texts}
    assert written[(2, 0)] == f"{100 * expected[0, 2]:.0f}"
    accuracy = np.mean(np.array(truth) == np.array(predicted))
    assert ax.get_title() == f"confusion (accuracy {accuracy:.3f}, 50 documents)"


def test_a_label_that_is_only_predicted_has_an_empty_row(ax):
    plot_confusion(["b"], ["a"], ax=ax)
    assert ax.images[0].get_array().tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize(("right", "color"), [(1, "black"), (2, "white")])
def test_numbers_can_be_read_on_their_cells(right, color, ax):
    # Half is written in black, two thirds in white.
    plot_confusion(["a"] * (right + 1), ["a"] * right + ["b"], ax=ax)
    written = {t.get_position(): t.get_color() for t in ax.texts}
    assert written[(0, 0)] == color


def test_numbers_without_room_are_left_out(ax):
    labels = [f"label {i}" for i in range(150)]
    plot_confusion(labels, labels, ax=ax)
    assert not ax.texts
    assert not names(ax.yaxis)


def test_there_are_documents_with_a_label_each(ax):
    with pytest.raises(
        InputError, match="`truth` must be labels of at least one document"
    ):
        plot_confusion([], [], ax=ax)
    with pytest.raises(InputError, match=r"`predicted` must be one label per document"):
        plot_confusion(["a"], ["a", "b"], ax=ax)
    with pytest.raises(InputError, match=r"`truth\[1\]` must be a string"):
        plot_confusion(["a", ("b",)], ["a", "b"], ax=ax)
    with pytest.raises(InputError, match=r"`predicted\[0\]` must be a string"):
        plot_confusion(["a"], [1], ax=ax)
