import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.plots import plot_documents

POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0], [3.0, 1.0]])


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def looks(collection):
    """What tells the points of a collection from others."""
    return tuple(collection.get_facecolor()[0]), len(collection.get_paths()[0])


def test_points_of_a_label_are_drawn_alike_and_named(ax):
    plot_documents(POINTS, ["dog", "cat", "dog", "cat"], ax=ax)
    assert legend(ax) == ["cat", "dog"]
    cats, dogs = ax.collections
    assert cats.get_offsets().tolist() == [[1, 1], [3, 1]]
    assert dogs.get_offsets().tolist() == [[0, 0], [2, 0]]
    assert looks(cats)[0] != looks(dogs)[0]
    assert looks(cats)[1] != looks(dogs)[1]
    assert ax.get_title() == "4 documents"


def test_twenty_labels_have_marks_of_their_own(ax):
    labels = [f"label {i:02d}" for i in range(20)]
    plot_documents(np.random.default_rng(0).normal(size=(20, 2)), labels, ax=ax)
    assert legend(ax) == labels
    marks = {(looks(c)[0], c.get_paths()[0].vertices.tobytes()) for c in ax.collections}
    assert len(marks) == 20


def test_of_more_labels_the_rarest_share_grey(ax):
    labels = [f"label {i:02d}" for i in range(21)] + [
        f"label {i:02d}" for i in range(19)
    ]
    plot_documents(np.random.default_rng(0).normal(size=(40, 2)), labels, ax=ax)
    assert legend(ax) == ["2 other labels", *(f"label {i:02d}" for i in range(19))]
    assert len(ax.collections[0].get_offsets()) == 2
    red, green, blue, _ = ax.collections[0].get_facecolor()[0]
    assert red == green == blue


def test_colours_are_the_activations_and_signs_have_markers(ax):
    activations = np.array([0.5, -0.5, 0.0, -1.0])
    plot_documents(POINTS, activations=activations, ax=ax)
    lowered, raised = ax.collections
    # The strongest is drawn last.
    assert lowered.get_array().tolist() == [-0.5, -1.0]
    assert raised.get_array().tolist() == [0.0, 0.5]
    assert looks(lowered)[1] != looks(raised)[1]
    low, high = lowered.get_clim()
    assert low == -high
    assert raised.get_clim() == (low, high)
    assert high == pytest.approx(np.quantile(np.abs(activations), 0.99))


@pytest.mark.parametrize("activations", [[0.5] * 4, [-0.5] * 4, [0.0] * 4])
def test_activations_may_have_one_sign_or_be_zero(activations, ax):
    plot_documents(POINTS, activations=np.array(activations), ax=ax)
    assert sum(len(c.get_offsets()) for c in ax.collections) == 4


def test_documents_may_have_neither_and_be_one(ax):
    plot_documents([[1, 2]], ax=ax)
    assert ax.collections[0].get_offsets().tolist() == [[1, 2]]
    assert ax.get_legend() is None
    assert ax.get_title() == "1 document"


@pytest.mark.parametrize("points", [np.ones((0, 2)), np.ones((4, 3)), np.ones(4)])
def test_points_have_two_numbers_and_are_some(points, ax):
    with pytest.raises(InputError, match="`points` must be of shape"):
        plot_documents(points, ax=ax)


def test_points_and_activations_are_finite(ax):
    with pytest.raises(InputError, match="`points` must be finite"):
        plot_documents(np.where(POINTS == 3, np.inf, POINTS), ax=ax)
    with pytest.raises(InputError, match="`activations` must be finite"):
        plot_documents(POINTS, activations=np.full(4, np.nan), ax=ax)


def test_there_is_a_label_or_an_activation_per_document(ax):
    with pytest.raises(InputError, match=r"`labels` must be one per document \(4\)"):
        plot_documents(POINTS, ["cat"], ax=ax)
    with pytest.raises(InputError, match="`activations` must be one per document"):
        plot_documents(POINTS, activations=np.ones(3), ax=ax)
    with pytest.raises(InputError, match="`activations` must be of one topic"):
        plot_documents(POINTS, activations=np.ones((4, 2)), ax=ax)


def test_labels_are_strings(ax):
    labels = ["cat", "dog", ("cat", "dog"), "cat"]
    with pytest.raises(InputError, match=r"`labels\[2\]` must be a string"):
        plot_documents(POINTS, labels, ax=ax)


def test_labels_and_activations_are_not_both_drawn(ax):
    with pytest.raises(InputError, match="two ways to colour"):
        plot_documents(POINTS, ["cat"] * 4, activations=np.ones(4), ax=ax)
