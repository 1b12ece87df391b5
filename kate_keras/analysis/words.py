"""Word vectors: the rows of the kernel."""

from difflib import get_close_matches

import numpy as np

from kate_keras.argument_checks import require_count, require_text
from kate_keras.errors import InputError
from kate_keras.text import Vocabulary


def similar_words(
    kernel: np.ndarray, vocabulary: Vocabulary, word: str, n: int
) -> list[tuple[str, float]]:
    """Finds the words whose rows of `W` have the highest cosine with a word's.

    Args:
        kernel: `W`, shape `(vocabulary_size, n_components)`.
        vocabulary: Words of its rows.
        word: Any surface form of a word of the vocabulary.
        n: How many neighbours.

    Returns:
        Words and cosines, nearest first, without the word itself.

    Raises:
        InputError: If the word is not in the vocabulary, or `n` is no whole number
            of at least 0.

    Reference:
        Chen and Zaki 2017, table 3.
    """
    require_text(word, "word")
    require_count(n, "n")
    if word not in vocabulary:
        close = get_close_matches(word.lower(), vocabulary.forms, n=3)
        hint = f" Did you mean {', '.join(close)}?" if close else ""
        raise InputError(f"{word!r} is not in the vocabulary.{hint}")
    word_id = vocabulary[word]
    lengths = np.maximum(np.linalg.norm(kernel, axis=1), np.finfo(np.float32).tiny)
    # One after the other: the product of two small lengths may be 0.
    cosines = (kernel @ (kernel[word_id] / lengths[word_id])) / lengths
    order = np.argsort(-cosines, kind="stable")
    order = order[order != word_id][:n]
    return [(vocabulary.words[j], float(cosines[j])) for j in order]
