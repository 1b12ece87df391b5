"""Whole corpora through the signatures, a batch at a time."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import tensorflow as tf

from kate_keras.artifact.signatures import Signatures
from kate_keras.text import as_text_tensor, batched
from kate_keras.text.stored_counts import Counts

BATCH = 1024


def encode_text_batches(
    signatures: Signatures, texts: Iterable[str]
) -> Iterator[dict[str, np.ndarray]]:
    """Yields the outputs of `describe` for consecutive batches of texts.

    As many batches are worked on as there are cores: TensorFlow's string operations
    run on one each.
    """
    describe = _compiled(signatures, "describe")
    workers = usable_cores()
    first = 0
    pending: deque[Future[dict[str, tf.Tensor]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for batch in batched(texts, BATCH):
            pending.append(pool.submit(describe, as_text_tensor(batch, first)))
            first += len(batch)
            if len(pending) > workers:
                yield _as_arrays(pending.popleft().result())
        while pending:
            yield _as_arrays(pending.popleft().result())


def usable_cores() -> int:
    """Returns how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _as_arrays(outputs: dict[str, tf.Tensor]) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in outputs.items()}


def encode_texts(signatures: Signatures, texts: Iterable[str]) -> np.ndarray:
    """Returns the vectors of texts, float32 `(n_documents, n_components)`."""
    batches = (out["embedding"] for out in encode_text_batches(signatures, texts))
    return _stack(signatures, batches)


def encode_counts(signatures: Signatures, counts: Counts) -> np.ndarray:
    """Returns the vectors of counts, float32 `(n_documents, n_components)`."""
    return _stack(signatures, _encode_count_batches(signatures, counts))


def _encode_count_batches(
    signatures: Signatures, counts: Counts
) -> Iterator[np.ndarray]:
    encode_sparse = _compiled(signatures, "encode_sparse")
    for start in range(0, counts.shape[0], BATCH):
        rows: Any = counts[start : start + BATCH]
        outputs = encode_sparse(
            tf.constant(rows.indices, tf.int64),
            tf.constant(rows.data, tf.float32),
            tf.constant(rows.indptr, tf.int64),
        )
        yield outputs["embedding"].numpy()


def _compiled(signatures: Signatures, name: str) -> Callable[..., Any]:
    # TensorFlow takes a search over options, of a model each, for a function that it
    # has to compile again and again, and warns.
    function: Callable[..., Any] = signatures.functions[name].get_concrete_function()
    return function


def _stack(signatures: Signatures, batches: Iterator[np.ndarray]) -> np.ndarray:
    none = np.zeros((0, signatures.autoencoder.n_components), np.float32)
    return np.concatenate([none, *batches])
