"""A text laid out in lines."""

import re
from collections.abc import Iterator, Sequence

from kate_keras.plots.lettering import extent
from kate_keras.plots.tinted_text import Piece

SPACE = 0.3
# What is longer without a space, such as an address, may be broken.
PARTS = re.compile(r"\s+|\S{1,40}")


def lay_out(
    pieces: Sequence[Piece], line_width: float
) -> Iterator[tuple[int, float, Piece]]:
    """Places a text on lines that are broken at spaces, for letters of size 1.

    Args:
        pieces: Parts of the text; white space of any length is one space.
        line_width: Width of a line in sizes of the letters.

    Yields:
        Number of the line, place on it, and what stands there.
    """
    line, x = 0, 0.0
    for chunk in _chunks(pieces):
        width = sum(extent(piece.text).width for piece in chunk)
        if x and x + width > line_width:
            line, x = line + 1, 0.0
        for piece in chunk:
            # Only a chunk that is wider than a whole line is broken inside.
            if x and x + extent(piece.text).width > line_width:
                line, x = line + 1, 0.0
            yield line, x, piece
            x += extent(piece.text).width
        x += SPACE


def _chunks(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Groups the parts that no space parts: a word and its comma stay together."""
    chunk: list[Piece] = []
    for piece in pieces:
        for part in PARTS.findall(piece.text):
            if not part.isspace():
                chunk.append(piece._replace(text=part))
            elif chunk:
                yield chunk
                chunk = []
    if chunk:
        yield chunk
