"""Seconds of one pass over a corpus: KATE, bare products, and other libraries."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.speed.clock import median_seconds
from benchmarks.speed.synthetic import zipf_counts

N_DOCUMENTS = 11_314
BATCH = 100


def kate(n_words: int, n_components: int, decoder: str) -> dict[str, Any]:
    """Seconds of an epoch of `KATE.fit`, without validation."""
    counts = zipf_counts(N_DOCUMENTS, n_words)
    found = _kate(counts, 5, n_components=n_components, decoder=decoder)
    return {**found, "words_per_document": counts.nnz / counts.shape[0]}


def kate_of_texts(path: str, repeats: int) -> dict[str, Any]:
    """Seconds of an epoch and of the rest for texts, one a line; d = 128."""
    options = {"max_features": None, "stop_words": None, "stemmer": None}
    with Path(path).open(encoding="utf-8") as lines:
        return _kate(lines, repeats, **options)


def _kate(documents: Any, repeats: int, **options: Any) -> dict[str, Any]:
    import keras

    from kate_keras import KATE
    from kate_keras.training import train

    class Clock(keras.callbacks.Callback):
        """Notes the seconds of every epoch up to its validation."""

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.start = time.perf_counter()

        def on_test_begin(self, logs: Any = None) -> None:
            seconds.append(time.perf_counter() - self.start)

    seconds: list[float] = []
    model = KATE(epochs=repeats + 1, verbose=False, **options)
    start = time.perf_counter()
    model.fit(documents, trainer=partial(train, callbacks=[Clock()]))
    whole = time.perf_counter() - start
    return {
        # The first epoch compiles.
        "seconds": statistics.median(seconds[1:]),
        "other_seconds": whole - sum(seconds),
    }


def floor(n_words: int, n_components: int) -> dict[str, Any]:
    """Seconds of an epoch's five matrix products (two forward, three back), bare."""
    import tensorflow as tf

    # Distinct operands, or the graph would compute equal products only once.
    x, upstream = (tf.random.normal((BATCH, n_words)) for _ in range(2))
    h, upstream_h = (tf.random.normal((BATCH, n_components)) for _ in range(2))
    kernel = tf.random.normal((n_words, n_components))

    @tf.function
    def products() -> tuple[tf.Tensor, ...]:
        return (
            tf.matmul(x, kernel),
            tf.matmul(h, kernel, transpose_b=True),
            tf.matmul(upstream, kernel),
            tf.matmul(upstream, h, transpose_a=True),
            tf.matmul(x, upstream_h, transpose_a=True),
        )

    def epoch() -> None:
        for _ in range(N_DOCUMENTS // BATCH):
            result = products()
        result[0].numpy()

    return {"seconds": _median(epoch)}


def textbook(n_words: int, n_components: int) -> dict[str, Any]:
    """Seconds of an epoch of the same network as one writes it first in Keras."""
    import keras

    from kate_keras.layers import KCompetitive

    x = zipf_counts(N_DOCUMENTS, n_words).toarray()
    x /= x.max(axis=1, keepdims=True)
    inputs = keras.Input((n_words,))
    h = keras.layers.Dense(n_components, activation="tanh")(inputs)
    z = KCompetitive(n_components // 4)(h)
    model = keras.Model(inputs, keras.layers.Dense(n_words, activation="sigmoid")(z))
    model.compile("adam", "binary_crossentropy")
    return {"seconds": _median(lambda: model.fit(x, x, BATCH, verbose=0))}


def lda(n_words: int, n_components: int) -> dict[str, Any]:
    """Seconds of a pass of scikit-learn's online LDA."""
    from sklearn.decomposition import LatentDirichletAllocation

    counts = zipf_counts(N_DOCUMENTS, n_words)
    model = LatentDirichletAllocation(
        n_components, learning_method="online", random_state=0, batch_size=1000
    )
    return {"seconds": median_seconds(lambda: model.partial_fit(counts), 1)}


def nmf(n_words: int, n_components: int) -> dict[str, Any]:
    """Seconds of an iteration of scikit-learn's NMF, of ten in one run."""
    from sklearn.decomposition import NMF

    counts = zipf_counts(N_DOCUMENTS, n_words)
    model = NMF(n_components, init="random", max_iter=10, tol=0, random_state=0)
    return {"seconds": median_seconds(lambda: model.fit(counts), 1) / 10}


def gensim_lda(n_words: int, n_components: int) -> dict[str, Any]:
    """Seconds of a pass of gensim's LDA."""
    counts = zipf_counts(N_DOCUMENTS, n_words)
    return {"seconds": median_seconds(lambda: gensim_model(counts, n_components, 1), 1)}


def gensim_model(
    counts: sparse.csr_array, n_components: int, passes: int
) -> Callable[[sparse.csr_array], np.ndarray]:
    """Fits gensim's LDA; returns what gives documents' topics, `(n_documents, d)`."""
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    def documents(counts: sparse.csr_array) -> Any:
        # Whole documents, not their transposes; gensim reads matrices of columns.
        return Sparse2Corpus(sparse.csc_matrix(counts.T))

    model = LdaModel(
        documents(counts),
        n_components,
        id2word={word: str(word) for word in range(counts.shape[1])},
        passes=passes,
        eval_every=None,
        random_state=0,
    )

    def topics_of(counts: sparse.csr_array) -> np.ndarray:
        weights, _ = model.inference(list(documents(counts)))
        return weights / weights.sum(axis=1, keepdims=True)

    return topics_of


def _median(run: Callable[[], object]) -> float:
    run()
    return median_seconds(run, 5)
