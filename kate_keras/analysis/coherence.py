"""Coherence: whether the words of a topic stand together in a reference corpus."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from kate_keras.analysis.topic_lists import as_topic_array
from kate_keras.errors import InputError

EPSILON = 1e-12  # gensim's, in topic_coherence/direct_confirmation_measure.py.

Topics = Sequence[Sequence[int]] | np.ndarray


def npmi(topics: Topics, reference: Any) -> np.ndarray:
    """Normalised pointwise mutual information of the words of each topic.

    The mean over all pairs of a topic's words of

        log((p_ij + e) / (p_i p_j)) / -log(p_ij + e)        e = 1e-12

    with `p_i` the share of reference documents that hold word `i`, and `p_ij` of those
    that hold both. About 1, the words always stand together; 0, by chance; near -1,
    never. A word in no reference document says nothing: its pairs count as 0, by chance
    (where gensim's are NaN or raise). A pair in all of them counts as -1, as in gensim.

    Args:
        topics: Word ids of each topic, strongest first, shape `(n_topics, n_words)`.
        reference: Counts of the reference corpus, CSR of shape
            `(n_documents, vocabulary_size)`; each document is one window.

    Returns:
        Coherence per topic, shape `(n_topics,)`.

    Raises:
        InputError: If topics differ in length, have fewer than two words, a word twice
            or an id that the reference lacks, or the reference has no documents.

    Example:
        >>> import numpy as np
        >>> from scipy import sparse
        >>> from kate_keras.analysis import npmi
        >>> reference = sparse.csr_array([[1, 2, 0], [3, 1, 0], [0, 0, 1], [0, 0, 1]])
        >>> npmi([[0, 1], [0, 2]], reference).round(2).tolist()
        [1.0, -0.95]

    Reference:
        Bouma, "Normalized (Pointwise) Mutual Information in Collocation Extraction",
        2009. The figures are those of gensim's `c_npmi` with windows longer than every
        document.
    """
    return mean_npmi(pair_npmi(topics, reference))


def c_v(topics: Topics, reference: Any) -> np.ndarray:
    """C_v coherence of each topic: whether its words keep the same company in it.

    Word `i` of a topic has the vector of its NPMI with each word of the topic, itself
    among them. C_v is the mean, over the words, of the cosine between a word's vector
    and the sum of all of them. A word in no reference document has the zero vector, and
    cosine 0.

    Args:
        topics: As for `npmi`.
        reference: As for `npmi`.

    Returns:
        Coherence per topic, from -1 to 1, shape `(n_topics,)`.

    Raises:
        InputError: As for `npmi`.

    Example:
        >>> from scipy import sparse
        >>> from kate_keras.analysis import c_v
        >>> reference = sparse.csr_array([[1, 2, 0], [3, 1, 0], [0, 0, 1], [0, 0, 1]])
        >>> c_v([[0, 1], [0, 2]], reference).round(3).tolist()
        [1.0, 0.026]

    Reference:
        Röder, Both and Hinneburg, "Exploring the Space of Topic Coherence Measures",
        WSDM 2015. The figures are those of gensim's `c_v` with windows longer than
        every document; the paper's own windows are of 110 words.
    """
    return mean_c_v(pair_npmi(topics, reference))


def mean_npmi(pairs: np.ndarray) -> np.ndarray:
    """Returns `npmi` of topics whose `pair_npmi` is known, shape `(n_topics,)`."""
    first, second = np.triu_indices(pairs.shape[1], k=1)
    mean: np.ndarray = pairs[:, first, second].mean(axis=1)
    return mean


def mean_c_v(pairs: np.ndarray) -> np.ndarray:
    """Returns `c_v` of topics whose `pair_npmi` is known, shape `(n_topics,)`."""
    total = pairs.sum(axis=1, keepdims=True)
    products = (pairs * total).sum(axis=2)
    lengths = np.linalg.norm(pairs, axis=2) * np.linalg.norm(total, axis=2)
    cosines = np.zeros_like(products)
    np.divide(products, lengths, out=cosines, where=lengths > 0)
    mean: np.ndarray = cosines.mean(axis=1)
    return mean


def pair_npmi(topics: Topics, reference: Any) -> np.ndarray:
    """Returns the NPMI of every two words of a topic; see `npmi`.

    Args:
        topics: As for `npmi`.
        reference: As for `npmi`.

    Returns:
        A symmetric matrix per topic, shape `(n_topics, n_words, n_words)`.

    Raises:
        InputError: As for `npmi`.
    """
    ids, reference = _checked(topics, reference)
    words = np.unique(ids)
    # In CSC, as columns are taken out of it once per topic.
    presence = sparse.csc_array(reference[:, words] > 0, dtype=np.float64)
    together = np.stack(
        [
            (columns.T @ columns).toarray()
            for columns in (
                presence[:, places] for places in np.searchsorted(words, ids)
            )
        ]
    )
    shares = together / reference.shape[0]
    single = np.diagonal(shares, axis1=1, axis2=2)
    by_chance = single[:, :, None] * single[:, None, :]
    known = by_chance > 0
    shares, by_chance = shares[known] + EPSILON, by_chance[known]
    values = np.zeros(together.shape)
    values[known] = np.log(shares / by_chance) / -np.log(shares)
    return values


def _checked(topics: Topics, reference: Any) -> tuple[np.ndarray, sparse.csr_array]:
    ids, reference = as_topic_array(topics), sparse.csr_array(reference)
    n_documents, n_words = reference.shape
    if not n_documents:
        raise InputError(
            "`reference` must have at least one document. Received: counts of shape "
            f"{reference.shape}"
        )
    if ids.shape[1] < 2:
        raise InputError(
            "`topics` must have at least two words each, to make a pair. Received: "
            f"topics of {ids.shape[1]} word"
        )
    lowest, *_, highest = np.unique(ids)
    if ids.dtype.kind not in "iu" or lowest < 0 or highest >= n_words:
        raise InputError(
            f"`topics` must hold word ids, whole numbers from 0 to below the {n_words} "
            f"columns of `reference`. Received: {ids.dtype} from {lowest} to {highest}"
        )
    return ids, reference
