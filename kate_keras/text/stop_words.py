"""Words too common to tell documents apart."""

import unicodedata
from collections.abc import Collection, Iterable

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from kate_keras.errors import InputError
from kate_keras.text.tokenizer import as_text_tensor, tokenize

# What the tokeniser leaves of contractions ("don't" is "don" and "t").
CONTRACTIONS = frozenset(
    "ain aren couldn d didn doesn don hadn hasn haven isn ll m mightn mustn needn re "
    "s shan shouldn t ve wasn weren won wouldn".split()
)


def resolve_stop_words(stop_words: str | Collection[str] | None) -> frozenset[str]:
    """Returns the set of words to leave out, lower-cased as the tokeniser does.

    Args:
        stop_words: `"english"` (scikit-learn's list and the remains of contractions),
            a collection of words, or `None` for no stop words. A word that the
            tokeniser splits, such as "don't", stands for its parts.

    Raises:
        InputError: If `stop_words` is another string, or an item is not a string.
    """
    if stop_words is None:
        return frozenset()
    if isinstance(stop_words, str) and stop_words == "english":
        return CONTRACTIONS.union(ENGLISH_STOP_WORDS)
    if isinstance(stop_words, str | bytes) or not isinstance(stop_words, Iterable):
        raise InputError(
            "`stop_words` must be 'english', a list of words or None. "
            f"Received: {stop_words!r}"
        )
    words = tokenize(as_text_tensor(list(stop_words))).values.numpy()
    return frozenset(unicodedata.normalize("NFC", word.decode()) for word in words)
