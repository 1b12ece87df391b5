"""Reuters RCV1-v2, whose published vectors are turned back into counts of words."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from kate_keras.text.document import Document
from kate_keras.text.records import Record

TRAINING_ROWS = 23_149  # LYRL2004; they are the first rows.
BLOCK = 1024


def read_rcv1(subset: str, download: bool) -> Iterator[Record]:
    """Yields the stories of RCV1 as pseudo-words: `t17 t17 t40` for their counts.

    The texts are not public. Published is, for a word that comes `tf` times, the
    cosine-normalised weight `(1 + ln tf) * ln(N / n_j)`, where `n_j` of the `N`
    training documents have word j. Since most stories have a word that comes once, the
    smallest `weight / ln(N / n_j)` of a story is taken to be that of `tf = 1`.

    Args:
        subset: `"train"`, `"test"` or `"all"`.
        download: Whether scikit-learn may fetch the vectors.

    Reference:
        Lewis, Yang, Rose and Li, "RCV1: A New Benchmark Collection for Text
        Categorization Research", JMLR 5, 2004, sections 7 and 8.
    """
    from sklearn.datasets import fetch_rcv1

    stories = fetch_rcv1(subset="all", shuffle=False, download_if_missing=download)
    weights, topics = stories.data.tocsr(), stories.target.tocsr()
    idf = _inverse_document_frequency(weights[:TRAINING_ROWS])
    n_rows = weights.shape[0]
    first = TRAINING_ROWS if subset == "test" else 0
    end = min(TRAINING_ROWS, n_rows) if subset == "train" else n_rows
    for start in range(first, end, BLOCK):
        rows = slice(start, min(start + BLOCK, end))
        counts = term_counts(weights[rows], idf)
        for row, name in enumerate(stories.sample_id[rows]):
            labels = stories.target_names[_columns(topics, start + row)]
            text = _pseudo_text(counts, row)
            document = Document(text, str(name), tuple(map(str, labels)))
            yield Record(start + row - first + 1, document)


def term_counts(weights: sparse.csr_matrix, idf: np.ndarray) -> sparse.csr_array:
    """Recovers counts from cosine-normalised logarithmic weights.

    Args:
        weights: Weights of shape `(n_documents, n_words)`.
        idf: `ln(N / n_j)` of every word, shape `(n_words,)`; where it is not positive
            and finite the word is left out.

    Returns:
        Counts of the same shape.

    Example:
        >>> import numpy as np
        >>> from scipy import sparse
        >>> from kate_keras.text.rcv1 import term_counts
        >>> weights = 0.5 * np.array([[1 + np.log(3), 1.0, 0.0]])
        >>> term_counts(sparse.csr_matrix(weights), np.ones(3)).toarray()
        array([[3, 1, 0]])
    """
    entries = sparse.coo_array(weights)
    known = np.isfinite(idf) & (idf > 0)
    kept = known[entries.col] & (entries.data > 0)
    rows, columns = entries.row[kept], entries.col[kept]
    ratios = entries.data[kept] / idf[columns]
    smallest = np.full(weights.shape[0], np.inf)
    np.minimum.at(smallest, rows, ratios)
    counts = np.rint(np.exp(ratios / smallest[rows] - 1)).astype(np.int64)
    return sparse.csr_array((counts, (rows, columns)), shape=weights.shape)


def _inverse_document_frequency(training: sparse.csr_matrix) -> np.ndarray:
    n_documents, n_words = training.shape
    documents = np.bincount(training.indices[training.data > 0], minlength=n_words)
    with np.errstate(divide="ignore"):
        idf: np.ndarray = np.log(n_documents / documents)
    return idf


def _columns(matrix: sparse.csr_matrix, row: int) -> np.ndarray:
    columns: np.ndarray = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
    return columns


def _pseudo_text(counts: sparse.csr_array, row: int) -> str:
    entries = slice(counts.indptr[row], counts.indptr[row + 1])
    columns = np.repeat(counts.indices[entries], counts.data[entries])
    return " ".join(f"t{column}" for column in columns)
