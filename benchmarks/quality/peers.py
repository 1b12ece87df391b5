"""The peers: other ways to vectors from the same words, a function each.

Every function takes a prepared corpus, the number of dimensions, a seed and the
settings that `tune_peers.py` chooses among. `read_out="whitened"` is KATE's own
read-out applied to a peer's vectors.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.decomposition import NMF, LatentDirichletAllocation, TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer

from benchmarks.quality.corpora import Prepared
from benchmarks.quality.fitted import Fitted
from kate_keras.layers import ReadOut

TOPIC_WORDS = 10


def lsa(
    corpus: Prepared, n_components: int, seed: int, *, sublinear: bool, read_out: str
) -> Fitted:
    """Latent semantic analysis: truncated SVD of TF-IDF."""
    weights = TfidfTransformer(sublinear_tf=sublinear)
    model = TruncatedSVD(n_components, random_state=seed)
    train, test, seconds = _decompose(corpus, weights, model)
    train, test = _read_out(train, test, read_out)
    return Fitted(
        train,
        test,
        *seconds,
        topics=_top_words(np.vstack([model.components_, -model.components_])),
        # Axes of an SVD are orthogonal by construction: MSCD would say nothing.
        word_vectors=model.components_.T * model.singular_values_,
    )


def nmf(
    corpus: Prepared,
    n_components: int,
    seed: int,
    *,
    sublinear: bool,
    loss: str,
    max_iter: int,
    read_out: str,
) -> Fitted:
    """Non-negative matrix factorisation of TF-IDF."""
    weights = TfidfTransformer(sublinear_tf=sublinear)
    model = NMF(
        n_components,
        init="nndsvda",
        solver="cd" if loss == "frobenius" else "mu",
        beta_loss=loss,
        max_iter=max_iter,
        tol=1e-3,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # The iterations are a budget, the same for all dimensions.
        warnings.simplefilter("ignore", ConvergenceWarning)
        train, test, seconds = _decompose(corpus, weights, model)
    train, test = _read_out(train, test, read_out)
    return _factorized(model, train, test, seconds)


def _factorized(
    model: Any, train: np.ndarray, test: np.ndarray, seconds: tuple[float, float]
) -> Fitted:
    """What NMF and LDA show beside their vectors: topics and words."""
    return Fitted(
        train,
        test,
        *seconds,
        topics=_top_words(model.components_),
        kernel=model.components_.T,
        word_vectors=model.components_.T,
        facts={"epochs": int(model.n_iter_)},
    )


def lda(
    corpus: Prepared,
    n_components: int,
    seed: int,
    *,
    doc_topic_prior: float | None,
    max_iter: int,
    square_root: bool,
) -> Fitted:
    """Latent Dirichlet allocation by online variational Bayes.

    The square root makes the cosine of two topic mixtures their Bhattacharyya
    coefficient.
    """
    model = LatentDirichletAllocation(
        n_components,
        doc_topic_prior=doc_topic_prior,
        learning_method="online",
        batch_size=256,
        max_iter=max_iter,
        random_state=seed,
    )
    train, test, seconds = _decompose(corpus, None, model)
    if square_root:
        train, test = np.sqrt(train), np.sqrt(test)
    return _factorized(model, train, test, seconds)


def word2vec(
    corpus: Prepared,
    n_components: int,
    seed: int,
    *,
    window: int,
    epochs: int,
    weighting: str,
    read_out: str,
) -> Fitted:
    """Skip-gram word vectors of this corpus, averaged over a document's words.

    `weighting` is `"mean"`, `"idf"` or `"sif"`: a / (a + p), a = 1e-3, less the first
    principal axis (Arora, Liang and Ma, ICLR 2017).
    """
    from gensim.models import Word2Vec

    sentences = corpus.train.words
    start = time.perf_counter()
    model = Word2Vec(
        sentences,
        vector_size=n_components,
        window=window,
        epochs=epochs,
        sg=1,
        min_count=1,
        seed=seed,
        workers=1,
    )
    vectors = _gensim_words(model, len(corpus.vocabulary))
    average = _averaging(corpus, vectors, weighting)
    train = average(corpus.train.counts)
    fit_seconds = time.perf_counter() - start
    start = time.perf_counter()
    test = average(corpus.test.counts)
    if weighting == "sif":
        axis = TruncatedSVD(1, random_state=seed).fit(train).components_
        train, test = (part - part @ axis.T @ axis for part in (train, test))
    test_seconds = time.perf_counter() - start
    train, test = _read_out(train, test, read_out)
    return Fitted(train, test, fit_seconds, test_seconds, word_vectors=vectors)


def doc2vec(
    corpus: Prepared,
    n_components: int,
    seed: int,
    *,
    epochs: int,
    train_words: bool,
    infer_train: bool,
    read_out: str,
) -> Fitted:
    """Paragraph vectors, distributed bag of words (PV-DBOW).

    `infer_train` infers the training documents' vectors like those of new documents,
    rather than take those that training left.
    """
    from gensim.models.doc2vec import Doc2Vec, TaggedDocument

    sequences, new = corpus.train.words, corpus.test.words
    documents = [TaggedDocument(words, [i]) for i, words in enumerate(sequences)]
    start = time.perf_counter()
    model = Doc2Vec(
        documents,
        vector_size=n_components,
        dm=0,
        dbow_words=int(train_words),
        window=5,
        min_count=1,
        epochs=epochs,
        seed=seed,
        workers=1,
    )

    def infer(part: list[list[str]]) -> np.ndarray:
        rows = []
        for words in part:
            # Inference draws from the model's generator: the same draw for each
            # document, so that no vector depends on those before it.
            model.random.seed(seed)
            rows.append(model.infer_vector(words))
        return np.array(rows, np.float32)

    trained = model.dv.vectors[: len(documents)].copy()
    train = infer(sequences) if infer_train else trained
    fit_seconds = time.perf_counter() - start
    start = time.perf_counter()
    test = infer(new)
    test_seconds = time.perf_counter() - start
    train, test = _read_out(train, test, read_out)
    words = _gensim_words(model, len(corpus.vocabulary)) if train_words else None
    return Fitted(train, test, fit_seconds, test_seconds, word_vectors=words)


def _decompose(
    corpus: Prepared, weights: TfidfTransformer | None, model: Any
) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
    """Fits a decomposition; returns both parts' vectors, fit and test seconds."""
    start = time.perf_counter()
    counts = corpus.train.counts
    inputs = counts if weights is None else weights.fit_transform(counts)
    train = model.fit_transform(inputs).astype(np.float32)
    fit_seconds = time.perf_counter() - start
    start = time.perf_counter()
    counts = corpus.test.counts
    inputs = counts if weights is None else weights.transform(counts)
    test = model.transform(inputs).astype(np.float32)
    return train, test, (fit_seconds, time.perf_counter() - start)


def _read_out(
    train: np.ndarray, test: np.ndarray, mode: Any
) -> tuple[np.ndarray, np.ndarray]:
    layer = ReadOut(mode)
    if mode != "activations":
        layer.adapt([train])
    return layer(train).numpy(), layer(test).numpy()


def _top_words(weights: np.ndarray) -> list[list[int]]:
    """Ids of the strongest words of every row of `weights`, `(n_topics, n_words)`."""
    order = np.argsort(-weights, axis=1, kind="stable")
    top: list[list[int]] = order[:, :TOPIC_WORDS].tolist()
    return top


def _gensim_words(model: Any, n_words: int) -> np.ndarray:
    """Word vectors in the vocabulary's order, float32 `(n_words, d)`."""
    vectors = np.zeros((n_words, model.vector_size), np.float32)
    rows = np.array([int(word) for word in model.wv.index_to_key])
    vectors[rows] = model.wv.vectors
    return vectors


def _averaging(
    corpus: Prepared, vectors: np.ndarray, weighting: str
) -> Callable[[Any], np.ndarray]:
    counts = corpus.train.counts
    if weighting == "idf":
        documents = np.bincount(counts.indices, minlength=len(vectors))
        weights = np.log((1 + counts.shape[0]) / (1 + documents)) + 1
    elif weighting == "sif":
        share = np.asarray(counts.sum(axis=0)).ravel() / counts.sum()
        weights = 1e-3 / (1e-3 + share)
    else:
        weights = np.ones(len(vectors))
    weighted = (vectors * weights[:, None]).astype(np.float32)

    def average(part: Any) -> np.ndarray:
        lengths = np.maximum(np.asarray(part.sum(axis=1)).ravel(), 1.0)
        return np.asarray((part @ weighted) / lengths[:, None], np.float32)

    return average


PEERS: dict[str, Callable[..., Fitted]] = {
    "lda": lda,
    "nmf": nmf,
    "lsa": lsa,
    "word2vec": word2vec,
    "doc2vec": doc2vec,
}
NEEDS = {"word2vec": "gensim", "doc2vec": "gensim"}

# What tuning chooses among, at most four settings a peer.
GRID: dict[str, list[dict[str, Any]]] = {
    "lsa": [
        {"sublinear": sublinear, "read_out": read_out}
        for sublinear in (True, False)
        for read_out in ("activations", "whitened")
    ],
    "nmf": [
        {"sublinear": s, "loss": loss, "max_iter": 100, "read_out": read_out}
        for s, loss, read_out in (
            (True, "frobenius", "activations"),
            (True, "frobenius", "whitened"),
            (False, "frobenius", "whitened"),
            (True, "kullback-leibler", "whitened"),
        )
    ],
    "lda": [
        {"doc_topic_prior": prior, "max_iter": max_iter, "square_root": square_root}
        for prior, max_iter, square_root in (
            (None, 10, False),
            (None, 10, True),
            (0.1, 10, True),
            (None, 30, True),
        )
    ],
    "word2vec": [
        {"window": window, "epochs": epochs, "weighting": w, "read_out": read_out}
        for window, epochs, w, read_out in (
            (5, 10, "idf", "activations"),
            (5, 10, "sif", "activations"),
            (5, 10, "idf", "whitened"),
            (10, 10, "idf", "whitened"),
        )
    ],
    "doc2vec": [
        {"epochs": epochs, "train_words": words, "infer_train": infer, "read_out": mode}
        for epochs, words, infer, mode in (
            (20, False, False, "activations"),
            (40, False, False, "activations"),
            (40, False, True, "activations"),
            (40, False, True, "whitened"),
        )
    ],
}
