import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.analysis import mscd
from kate_keras.plots import plot_topic_similarity


def columns(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


def test_cells_are_cosines_in_the_order_of_the_names(ax):
    kernel = np.random.default_rng(0).normal(size=(40, 7))
    plot_topic_similarity(kernel, ax=ax)
    order = [int(name) for name in columns(ax)]
    assert sorted(order) == list(range(7))
    assert [label.get_text() for label in ax.get_yticklabels()] == columns(ax)
    for row, i in enumerate(order):
        for column, j in enumerate(order):
            a, b = kernel[:, i], kernel[:, j]
            expected = a @ b / np.sqrt((a @ a) * (b @ b))
            found = ax.images[0].get_array()[row, column]
            assert found == pytest.approx(expected, abs=1e-9)
    assert f"{mscd(kernel):.3f}" in ax.get_title()
    assert ax.images[0].get_clim() == (-1, 1)


def test_similar_topics_stand_side_by_side(ax):
    generator = np.random.default_rng(1)
    centres = generator.normal(size=(30, 3))
    kernel = centres[:, [0, 1, 2, 0, 1, 2]] + 0.1 * generator.normal(size=(30, 6))
    plot_topic_similarity(kernel, ax=ax)
    groups = [int(name) % 3 for name in columns(ax)]
    assert [a == b for a, b in zip(groups[::2], groups[1::2], strict=True)] == [
        True
    ] * 3


def test_names_move_with_their_topics(ax):
    kernel = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.1]])
    plot_topic_similarity(kernel, ["space", "food", "orbit"], ax=ax)
    names = columns(ax)
    assert abs(names.index("space") - names.index("orbit")) == 1


def test_one_topic_and_a_topic_without_weights_are_drawn(ax):
    plot_topic_similarity(np.ones((3, 1)), ax=ax)
    assert ax.images[0].get_array().tolist() == [[1.0]]
    ax.clear()
    plot_topic_similarity(np.array([[1.0, 0.0], [1.0, 0.0]]), ax=ax)
    assert ax.images[0].get_array()[0, 1] == 0


@pytest.mark.parametrize("kernel", [np.ones(3), np.ones((3, 0))])
def test_a_kernel_has_topics(kernel, ax):
    with pytest.raises(InputError, match="`kernel` must be of shape"):
        plot_topic_similarity(kernel, ax=ax)


def test_a_kernel_is_finite(ax):
    with pytest.raises(InputError, match="`kernel` must be finite"):
        plot_topic_similarity(np.array([[1.0, np.nan]]), ax=ax)


def test_there_is_a_name_per_topic(ax):
    with pytest.raises(InputError, match="`names` must be 2 names"):
        plot_topic_similarity(np.eye(2), ["one"], ax=ax)
