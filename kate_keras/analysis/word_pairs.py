"""Whether word vectors agree with people on which words are alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from kate_keras.errors import InputError
from kate_keras.text.lines import decode, read_lines

HEADER = ["word1", "word2", "score"]
WordPair = tuple[str, str, float]


@dataclass(frozen=True)
class WordSimilarity:
    """How word vectors rank pairs of words.

    Args:
        spearman: Rank correlation of cosine and human score, from -1 to 1; `None` where
            fewer than two pairs are left, or all of them have one score or one cosine.
        n_pairs: Pairs it rests on.
        n_left_out: Pairs left out, as a word is not in the vocabulary.
    """

    spearman: float | None
    n_pairs: int
    n_left_out: int


def word_similarity(
    vectors: np.ndarray, vocabulary: Mapping[str, int], pairs: Iterable[WordPair]
) -> WordSimilarity:
    """Correlates the cosine of word vectors with human scores of likeness.

    Two words that the stemmer folded into one entry of the vocabulary have one vector,
    and cosine 1: to the model they are the same. A zero vector has cosine 0 with
    everything but itself.

    Args:
        vectors: A row per word, shape `(vocabulary_size, d)`; of KATE, the kernel.
        vocabulary: Row of each word; a `Vocabulary` knows every surface form.
        pairs: Two words and their score each; see `read_word_pairs`.

    Returns:
        The correlation, and how many pairs it rests on.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import word_similarity
        >>> vectors = np.array([[1.0, 0.0], [1.0, 0.5], [0.0, 1.0]])
        >>> pairs = [("cat", "dog", 8.0), ("cat", "sea", 1.0), ("dog", "sea", 3.0)]
        >>> vocabulary = {"cat": 0, "dog": 1, "sea": 2}
        >>> round(word_similarity(vectors, vocabulary, pairs).spearman, 3)
        1.0

    Reference:
        Spearman's correlation with human scores, leaving out unknown words, is the
        usual measure: Faruqui and Dyer, "Community Evaluation and Exchange of Word
        Vectors at wordvectors.org", ACL 2014.
    """
    known, scores, n_left_out = [], [], 0
    for first, second, score in pairs:
        if first in vocabulary and second in vocabulary:
            known.append((vocabulary[first], vocabulary[second]))
            scores.append(score)
        else:
            n_left_out += 1
    cosines = _cosines(vectors, np.array(known, int).reshape(-1, 2))
    varied = len(np.unique(cosines)) > 1 and len(set(scores)) > 1
    correlation = float(spearmanr(cosines, scores).statistic) if varied else None
    return WordSimilarity(correlation, len(known), n_left_out)


def read_word_pairs(path: str | Path) -> list[WordPair]:
    r"""Reads pairs of words with a human score.

    Args:
        path: UTF-8 file, plain or `.gz`, of three columns parted by tabs; the first
            line is the header `word1 word2 score`. Empty lines are passed over.

    Returns:
        The pairs, in the order of the file.

    Raises:
        InputError: If the file cannot be read or is not of this form; the message names
            the line.

    Example:
        >>> import pathlib, tempfile
        >>> from kate_keras.analysis import read_word_pairs
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "pairs.tsv")
        ...     _ = path.write_text("word1\tword2\tscore\nsun\tmoon\t6.5\n")
        ...     read_word_pairs(path)
        [('sun', 'moon', 6.5)]
    """
    pairs: list[WordPair] = []
    header_read = False
    for number, line in read_lines(Path(path)):
        try:
            fields = [field.strip() for field in decode(line, "utf-8").split("\t")]
            if fields == [""]:
                continue
            if header_read:
                pairs.append(_pair(fields))
                continue
            if fields != HEADER:
                raise InputError(
                    "the header must be word1, word2 and score, parted by tabs. "
                    f"Received: {fields!s:.120}"
                )
            header_read = True
        except InputError as error:
            raise InputError(f"{path}, line {number}: {error}") from None
    if not pairs:
        raise InputError(
            f"{path} holds no word pairs. Give a header line word1, word2, score, and "
            "below it one pair a line, parted by tabs."
        )
    return pairs


def _pair(fields: list[str]) -> WordPair:
    try:
        first, second, text = fields
        score = float(text)
    except ValueError:
        raise InputError(
            "a pair must be two words and a number, parted by tabs. "
            f"Received: {fields!s:.120}"
        ) from None
    if not first or not second or not np.isfinite(score):
        raise InputError(
            "a pair must have two words that are not empty and a finite number. "
            f"Received: {fields!s:.120}"
        )
    return first, second, score


def _cosines(vectors: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    first, second = (vectors[ids].astype(np.float64) for ids in pairs.T)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cosines = np.zeros(len(pairs))
    np.divide((first * second).sum(axis=1), lengths, out=cosines, where=lengths > 0)
    # Exactly 1, or rounding would rank words that are the same above each other.
    cosines[pairs[:, 0] == pairs[:, 1]] = 1.0
    return cosines
