"""A document cut into its words, each with what it adds to a topic."""

import re
from typing import NamedTuple

from kate_keras.analysis import Explanation, TopicShare
from kate_keras.errors import InputError
from kate_keras.plots.colors import LOWERS, RAISES
from kate_keras.text import Vocabulary
from kate_keras.text.characters import characters
from kate_keras.text.checked_text import utf8


class Piece(NamedTuple):
    """A part of a text.

    Attributes:
        text: The part as it is written.
        share: What its word adds to the topic's pre-activation; `None` where it is no
            word, or not one that adds anything.
        strength: Size of the share as a part of the largest, from 0 to 1.
    """

    text: str
    share: float | None = None
    strength: float = 0.0

    @property
    def color(self) -> str:
        """The colour of its sign."""
        return RAISES if (self.share or 0) > 0 else LOWERS


def chosen_topic(explanation: Explanation, topic: int | None) -> TopicShare:
    """Returns a topic of an explanation, by default the first.

    Raises:
        InputError: If the explanation does not have it.
    """
    for share in explanation.topics:
        if topic is None or share.index == topic:
            return share
    known = ", ".join(str(share.index) for share in explanation.topics)
    raise InputError(
        f"`topic` must be one that was explained ({known or 'none was'}); `explain` "
        f"explains more with a higher `n_topics`. Received: topic={topic}"
    )


def tinted_pieces(text: str, topic: TopicShare, vocabulary: Vocabulary) -> list[Piece]:
    """Cuts a text into words and what stands between them.

    Args:
        text: The text that was explained.
        topic: A topic of its explanation.
        vocabulary: The model's; it knows which word a form such as `orbits` is.

    Returns:
        Pieces, which joined are the text.

    Raises:
        InputError: If the text lacks a word of the explanation, and so is not the text
            that was explained.
    """
    utf8(text, 0)
    shares = dict(topic.words)
    largest = max(map(abs, shares.values()), default=0.0) or 1.0
    pieces, found = [], set()
    for run in _runs(text):
        word = _word(run, vocabulary)
        if word in shares:
            found.add(word)
            share = shares[word]
            pieces.append(Piece(run, share, abs(share) / largest))
        else:
            pieces.append(Piece(run))
    missing = [word for word in shares if word not in found]
    if missing:
        raise InputError(
            "`text` must be the text that was explained, and `vocabulary` that of the "
            f"model. Its words lack {missing[0]!r}. Received: {text!r:.80}"
        )
    return pieces


def _runs(text: str) -> list[str]:
    """Cuts a text where words begin and end, as `tokenize` does, losing nothing."""
    table = characters()
    # An invisible character, which the table removes, is part of the word around it.
    kinds = "".join(" " if letter.translate(table) == " " else "w" for letter in text)
    return [text[m.start() : m.end()] for m in re.finditer(r" +|w+", kinds)]


def _word(run: str, vocabulary: Vocabulary) -> str | None:
    form = run.translate(characters())
    return vocabulary.words[vocabulary[form]] if form in vocabulary else None
