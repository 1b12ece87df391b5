"""Snowball stems, used only while the vocabulary is built."""

from collections.abc import Callable

import snowballstemmer

from kate_keras.argument_checks import require_text
from kate_keras.errors import InputError


def resolve_stemmer(stemmer: str | None) -> Callable[[str], str]:
    """Returns the function that gives a word's stem.

    Args:
        stemmer: A Snowball language such as `"english"`, or `None` to leave words
            as they are.

    Raises:
        InputError: If Snowball has no such language.

    Example:
        >>> from kate_keras.text.stemmer import resolve_stemmer
        >>> resolve_stemmer("english")("computing")
        'comput'
    """
    if stemmer is None:
        return str
    require_text(stemmer, "stemmer")
    if stemmer not in snowballstemmer.algorithms():
        raise InputError(
            f"`stemmer` must be None or one of {sorted(snowballstemmer.algorithms())}. "
            f"Received: {stemmer!r}"
        )
    stem: Callable[[str], str] = snowballstemmer.stemmer(stemmer).stemWord
    return stem
