import pytest

from kate_keras.plots.lettering import extent
from kate_keras.plots.text_lines import SPACE, lay_out
from kate_keras.plots.tinted_text import Piece


def lines(pieces, line_width):
    placed = [(line, p.text) for line, _, p in lay_out(pieces, line_width)]
    n_lines = 1 + max(line for line, _ in placed)
    return [[text for line, text in placed if line == i] for i in range(n_lines)]


def width(*texts):
    return sum(extent(text).width for text in texts)


def test_a_word_goes_to_the_next_line_with_its_comma():
    pieces = [Piece("a "), Piece("moon", 0.5), Piece(", b")]
    full = width("a", "moon", ",") + SPACE
    assert lines(pieces, full + 0.01)[0] == ["a", "moon", ","]
    assert lines(pieces, full - 0.01) == [["a"], ["moon", ","], ["b"]]


def test_what_is_wider_than_a_line_is_broken_inside():
    assert lines([Piece("x" * 100)], width("x" * 40) + 1) == [
        ["x" * 40],
        ["x" * 40],
        ["x" * 20],
    ]


def test_white_space_of_any_length_is_one_space():
    placed = list(lay_out([Piece(" a \n\n "), Piece("b", 0.5)], 99))
    assert [(line, p.text, p.share) for line, _, p in placed] == [
        (0, "a", None),
        (0, "b", 0.5),
    ]
    assert placed[1][1] == pytest.approx(width("a") + SPACE)


def test_nothing_has_no_lines():
    assert not list(lay_out([], 9))
    assert not list(lay_out([Piece(" ")], 9))
