import pytest

from kate_keras import InputError
from kate_keras.plots import plot_neighbours

FOUND = {"moon": [("lunar", 0.9), ("orbit", 0.5)], "bread": [("flour", 0.75)]}


def names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_words_stand_over_their_neighbours_at_their_cosines(ax):
    plot_neighbours(FOUND, ax=ax)
    assert names(ax) == ["moon", "lunar", "orbit", "bread", "flour"]
    dots = ax.lines[0]
    assert list(zip(dots.get_ydata(), dots.get_xdata(), strict=True)) == [
        (1, 0.9),
        (2, 0.5),
        (4, 0.75),
    ]
    ends = [segment[1].tolist() for segment in ax.collections[0].get_segments()]
    assert ends == [[0.9, 1], [0.5, 2], [0.75, 4]]
    weights = [label.get_fontweight() for label in ax.get_yticklabels()]
    assert [weight == "bold" for weight in weights] == [True, False, False, True, False]


def test_a_negative_cosine_is_within_the_axes(ax):
    plot_neighbours({"moon": [("bread", -0.5)]}, ax=ax)
    assert ax.get_xlim()[0] < -0.5


def test_a_word_may_have_no_neighbours(ax):
    plot_neighbours({"moon": []}, ax=ax)
    assert names(ax) == ["moon"]


def test_a_models_neighbours_are_drawn(ax, model):
    plot_neighbours({"moon": model.similar_words("moon", 3)}, ax=ax)
    assert names(ax) == ["moon", *(word for word, _ in model.similar_words("moon", 3))]


@pytest.mark.parametrize("neighbours", [{}, [("lunar", 0.9)]])
def test_neighbours_are_those_of_a_word(neighbours, ax):
    with pytest.raises(InputError, match="`neighbours` must be a mapping from names"):
        plot_neighbours(neighbours, ax=ax)
