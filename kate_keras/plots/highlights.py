"""A document with its words tinted by what they add to a topic."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from kate_keras.analysis import Explanation
from kate_keras.errors import require
from kate_keras.plots.axes import axes_or_new
from kate_keras.plots.colors import DARKEST_TINT
from kate_keras.plots.lettering import ASCENT, DESCENT, draw_text, extent
from kate_keras.plots.text_lines import lay_out
from kate_keras.plots.tinted_text import Piece, chosen_topic, tinted_pieces
from kate_keras.text import Vocabulary

# Width of a line in sizes of the letters, some 75 of them; and of line to line.
LINE_WIDTH, LINE_HEIGHT = 42.0, 1.5


def plot_highlights(
    explanation: Explanation,
    text: str,
    vocabulary: Vocabulary,
    topic: int | None = None,
    *,
    n_characters: int = 800,
    ax: Axes | None = None,
) -> Axes:
    """Draws a document, each word tinted by what it adds to a topic.

    What raises the topic is blue, what lowers it orange and underlined; the larger its
    share, the stronger the tint. A word that stands several times has one share, which
    all its places show. Grey words are not in the vocabulary or add nothing.

    Args:
        explanation: `KATE.explain(text)`.
        text: The same text.
        vocabulary: `KATE.vocabulary_`.
        topic: Number of a topic of the explanation; `None`, the first.
        n_characters: Where a longer text is cut.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes.

    Raises:
        InputError: If the explanation does not have the topic, the text is another, or
            `n_characters` is below 1.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.analysis import Explanation, TopicShare
        >>> from kate_keras.plots import plot_highlights
        >>> from kate_keras.text import Vocabulary
        >>> share = TopicShare(7, 0.46, 0.5, 0.0, (("moon", 0.5),))
        >>> explanation = Explanation((share,), ("the",))
        >>> vocabulary = Vocabulary.from_words(["moon"])
        >>> ax = plot_highlights(
        ...     explanation, "The moon!", vocabulary, ax=Figure().subplots())
        >>> ax.get_title()
        'topic 7: activation +0.46, bias +0.00; underlined words lower it'
    """
    require(n_characters >= 1, "n_characters", "at least 1", n_characters)
    chosen = chosen_topic(explanation, topic)
    pieces = _cut(tinted_pieces(text, chosen, vocabulary), n_characters)
    placed = list(lay_out(pieces, LINE_WIDTH))
    height = 1 + max((line for line, _, _ in placed), default=0)
    ax = axes_or_new(ax, 7.5, 0.5 + 0.26 * height)
    for line, x, piece in placed:
        _draw(ax, x, -LINE_HEIGHT * line, piece)
    ax.set(
        xlim=(-0.2, LINE_WIDTH + 0.2),
        ylim=(-LINE_HEIGHT * height + 0.6, 1.1),
        aspect="equal",
        anchor="NW",
    )
    ax.set_axis_off()
    ax.set_title(
        f"topic {chosen.index}: activation {chosen.activation:+.2f}, "
        f"bias {chosen.bias:+.2f}; underlined words lower it"
    )
    return ax


def _cut(pieces: list[Piece], n_characters: int) -> list[Piece]:
    """Shortens a text."""
    kept: list[Piece] = []
    for piece in pieces:
        if len(piece.text) > n_characters:
            return [*kept, piece._replace(text=piece.text[:n_characters]), Piece(" …")]
        kept.append(piece)
        n_characters -= len(piece.text)
    return kept


def _draw(ax: Axes, x: float, y: float, piece: Piece) -> None:
    if piece.share:
        width = extent(piece.text).width
        ax.add_patch(
            Rectangle(
                (x, y - DESCENT),
                width,
                ASCENT + DESCENT + 0.1,
                color=piece.color,
                alpha=DARKEST_TINT * piece.strength,
                linewidth=0,
            )
        )
        if piece.share < 0:
            ax.hlines(
                y - DESCENT, x, x + width, color="black", linewidth=0.3 + piece.strength
            )
    draw_text(ax, piece.text, x, y, 1, color="black" if piece.share else "#767676")
