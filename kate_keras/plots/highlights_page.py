"""A document with tinted words as HTML."""

from html import escape

from kate_keras.analysis import Explanation
from kate_keras.plots.colors import DARKEST_TINT, LOWERS, RAISES
from kate_keras.plots.tinted_text import Piece, chosen_topic, tinted_pieces
from kate_keras.text import Vocabulary


def highlights_html(
    explanation: Explanation,
    text: str,
    vocabulary: Vocabulary,
    topic: int | None = None,
) -> str:
    """Writes a document as HTML, each word tinted by what it adds to a topic.

    Colours are those of `plot_highlights`; pointing at a word shows its share. In a
    notebook, `IPython.display.HTML(highlights_html(...))` shows it.

    Args:
        explanation: `KATE.explain(text)`.
        text: The same text; whatever it holds is shown as text.
        vocabulary: `KATE.vocabulary_`.
        topic: Number of a topic of the explanation; `None`, the first.

    Returns:
        A `<figure>` to be put into a page.

    Raises:
        InputError: If the explanation does not have the topic, or the text is another.

    Example:
        >>> from kate_keras.analysis import Explanation, TopicShare
        >>> from kate_keras.plots import highlights_html
        >>> from kate_keras.text import Vocabulary
        >>> share = TopicShare(7, 0.46, 0.5, 0.0, (("moon", 0.5),))
        >>> explanation = Explanation((share,), ("the",))
        >>> vocabulary = Vocabulary.from_words(["moon"])
        >>> page = highlights_html(explanation, "The <moon>", vocabulary)
        >>> page[page.index("<mark"):page.index("</pre>")]
        '<mark title="+0.50" style="...">moon</mark>&gt;'
    """
    chosen = chosen_topic(explanation, topic)
    body = "".join(map(_marked, tinted_pieces(text, chosen, vocabulary)))
    return (
        '<figure style="background:white;color:black;margin:0;padding:1em">'
        f"<figcaption><b>topic {chosen.index}</b>: "
        f"activation {chosen.activation:+.2f}, bias {chosen.bias:+.2f}. "
        f'<span style="border-bottom:3px solid {RAISES}">raises</span> '
        f'<span style="border-bottom:3px solid {LOWERS}">lowers</span></figcaption>'
        f'<pre style="white-space:pre-wrap;font:inherit;color:#767676">{body}</pre>'
        "</figure>"
    )


def _marked(piece: Piece) -> str:
    """A piece as HTML; it is the text of elements only, never of attributes."""
    written = escape(piece.text)
    if not piece.share:
        return written
    tint = f"{piece.color}{round(255 * DARKEST_TINT * piece.strength):02x}"
    line = "underline" if piece.share < 0 else "none"
    return (
        f'<mark title="{piece.share:+.2f}" style="background:{tint};color:black;'
        f'text-decoration:{line}">{written}</mark>'
    )
