"""The one definition of a word, as plain Python: the words of `tokenize`, or none.

Where a text has a character whose treatment depends on its neighbours in a way that is
not certain to be the graph's, it is refused.
"""

import re

from kate_keras.errors import InputError
from kate_keras.text.characters import SIGMA, Characters, characters

DOT_ABOVE = "\u0307"
DOTTED = re.compile("([ij\u012f])\u0307")


def plain_words(text: str) -> list[str]:
    """Splits a text into words as `tokenize` does, numbers left in.

    Args:
        text: Any text.

    Returns:
        The words, lower-cased, and numbers, which `tokenize` leaves out.

    Raises:
        InputError: If it is not certain what the words are.

    Example:
        >>> from kate_keras.text.plain_tokenizer import plain_words
        >>> plain_words("The 2 co\u00adoperating CAFÉS, 3D!")
        ['the', '2', 'cooperating', 'cafés', '3d']
    """
    table = characters()
    words = text.translate(table)
    if not text.isascii():
        if DOT_ABOVE in words:
            if "İ" in text:
                raise _uncertain("a dot above and a dotted capital I")
            words = DOTTED.sub(r"\1", words)
        if SIGMA in words:
            return [
                _with_sigmas(word, table) if SIGMA in word else word
                for word in words.split()
            ]
    return words.split()


def _with_sigmas(word: str, table: Characters) -> str:
    """Lower-cases sigmas: at the end of a word they have a form of their own."""
    if any(letter not in table.cased for letter in word):
        raise _uncertain(f"a capital sigma in {word!r}")
    last = len(word) - 1
    return "".join(
        ("ς" if 0 < place == last else "σ") if letter == SIGMA else letter
        for place, letter in enumerate(word)
    )


def _uncertain(what: str) -> InputError:
    return InputError(
        f"It is not certain which words a text with {what} has. "
        "Encode it with the whole model: load(path), or `kate encode` without --light."
    )
