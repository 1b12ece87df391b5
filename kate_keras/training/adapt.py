"""What is measured on the training corpus rather than learned by gradient."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from kate_keras.errors import InputError
from kate_keras.layers import LogCount
from kate_keras.models import Autoencoder
from kate_keras.text.count_input import document_frequency
from kate_keras.text.stored_counts import Counts
from kate_keras.training.batches import documents_with_words, sparse_batches
from kate_keras.training.losses import LOSSES

BATCH = 1000
# A word that no document has counts as if a twentieth of one had it.
PSEUDO_COUNT = 0.05


def adapt_input(autoencoder: Autoencoder, counts: Counts) -> None:
    """Sets the word weights of the input; call it before training."""
    autoencoder.adapt_input(document_frequency(counts), counts.shape[0])


def adapt_output(autoencoder: Autoencoder, counts: Counts, loss: str) -> None:
    """Sets the decoder's bias so that an empty code gives the mean document.

    From zeros, steps of a thousandth take longer than the whole training to reach the
    logarithms of word frequencies. Until then the code has to tell how frequent words
    are: units get a mean far from zero, and the columns of the kernel one direction in
    common. Call it before training.

    Args:
        autoencoder: Model, changed in place.
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        loss: Name of the loss, which gives the logits their meaning.
    """
    documents = documents_with_words(counts)
    normalize = LogCount(dtype="float32")
    mass = np.zeros(counts.shape[1])
    for batch in sparse_batches(counts, documents, BATCH):
        x = normalize(batch)
        mass += np.bincount(x.indices[:, 1], x.values, minlength=len(mass))
    mean = (mass + PSEUDO_COUNT) / (len(documents) + 2 * PSEUDO_COUNT)
    autoencoder.adapt_output(LOSSES[loss].link(mean))


def adapt_read_out(
    autoencoder: Autoencoder, counts: Counts, by_logits: bool = True
) -> None:
    """Sets origin and axes of the read-out; call it after training.

    Documents without words are left out: they are all the same to the read-out, which
    measures from them.

    Args:
        autoencoder: Trained model, changed in place.
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        by_logits: Whether directions are weighed by the kernel's Gram matrix; see
            `Variant.reads_logits`.

    Raises:
        InputError: If all documents are the same, or weights too large.
    """
    read_out = autoencoder.encoder.get_layer("read_out")
    documents = documents_with_words(counts)
    zero = _nothing(autoencoder)
    batches = before_read_out(autoencoder, counts, documents)
    try:
        # The order of a product's sums goes by the threads that share it.
        with threadpool_limits(1, user_api="blas"), np.errstate(all="ignore"):
            kernel = autoencoder.kernel
            gram = kernel.T @ kernel if by_logits else None
            read_out.adapt(batches, zero, gram)
        finite = all(np.isfinite(weight).all() for weight in read_out.get_weights())
    except np.linalg.LinAlgError:
        finite = False
    except ValueError as error:
        raise InputError(f"{error} Train on documents that differ.") from None
    if not finite:
        raise InputError(
            "Weights have become too large to make vectors of: lower `learning_rate`, "
            "and `alpha` or `strength` if set."
        )


def move_read_out(autoencoder: Autoencoder, before: Autoencoder) -> None:
    """Moves the origin of the read-out with what it reads of a document of no words.

    Axes stay as they are; call it after an update.

    Args:
        autoencoder: Updated model, with the read-out of `before`; changed in place.
        before: The model that was updated.
    """
    way = _nothing(autoencoder) - _nothing(before)
    autoencoder.encoder.get_layer("read_out").move_origin(way)


def _nothing(autoencoder: Autoencoder) -> np.ndarray:
    """What the read-out reads of a document without words, `(n_components,)`."""
    nothing = sparse.csr_array((1, autoencoder.vocabulary_size))
    ((read,),) = before_read_out(autoencoder, nothing, np.arange(1))
    return np.asarray(read, np.float64)


def before_read_out(
    autoencoder: Autoencoder, counts: Counts, documents: np.ndarray
) -> Iterator[np.ndarray]:
    """Yields what the read-out reads of documents, a batch at a time.

    Args:
        autoencoder: Model.
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        documents: Ids of the documents.

    Yields:
        Float32 arrays of shape `(n, n_components)`.
    """
    for batch in sparse_batches(counts, documents, BATCH):
        yield autoencoder.before_read_out(batch).numpy()
