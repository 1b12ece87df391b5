"""Words too common to tell documents apart."""

from collections.abc import Collection

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from kate_keras.errors import InputError

# What the tokeniser leaves of contractions ("don't" is "don" and "t").
CONTRACTIONS = frozenset(
    "ain aren couldn d didn doesn don hadn hasn haven isn ll m mightn mustn needn re "
    "s shan shouldn t ve wasn weren won wouldn".split()
)


def resolve_stop_words(stop_words: str | Collection[str] | None) -> frozenset[str]:
    """Returns the set of words to leave out, lower-cased as the tokeniser does.

    Args:
        stop_words: `"english"` (scikit-learn's list and the remains of contractions),
            a collection of words, or `None` for no stop words.

    Raises:
        InputError: If `stop_words` is another string.
    """
    if stop_words is None:
        return frozenset()
    if stop_words == "english":
        return ENGLISH_STOP_WORDS | CONTRACTIONS
    if isinstance(stop_words, str):
        raise InputError(
            "`stop_words` must be 'english', a list of words or None. "
            f"Received: {stop_words!r}"
        )
    return frozenset(word.lower() for word in stop_words)
