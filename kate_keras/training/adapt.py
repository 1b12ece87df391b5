"""What is measured on the training corpus rather than learned by gradient."""

import keras
import numpy as np
import tensorflow as tf
from scipy import sparse

from kate_keras.errors import InputError
from kate_keras.layers import LogCount
from kate_keras.models import Autoencoder
from kate_keras.training.batches import batches
from kate_keras.training.losses import LOSSES

BATCH = 500
# A word that no document has counts as if a twentieth of one had it.
PSEUDO_COUNT = 0.05


def adapt_input(autoencoder: Autoencoder, counts: sparse.csr_array) -> None:
    """Sets the word weights of the input; call it before training."""
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    autoencoder.adapt_input(documents, counts.shape[0])


def adapt_output(autoencoder: Autoencoder, counts: sparse.csr_array, loss: str) -> None:
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
    known = counts[np.diff(counts.indptr) > 0].tocoo()
    places = np.stack([known.row, known.col], axis=1)
    x = LogCount()(tf.SparseTensor(places, known.data, known.shape)).values.numpy()
    mass = np.bincount(known.col, x, minlength=known.shape[1])
    mean = (mass + PSEUDO_COUNT) / (known.shape[0] + 2 * PSEUDO_COUNT)
    autoencoder.adapt_output(LOSSES[loss].link(mean))


def adapt_read_out(autoencoder: Autoencoder, counts: sparse.csr_array) -> None:
    """Sets mean and axes of the read-out; call it after training.

    Documents without words are left out: they all have the same activations.

    Raises:
        InputError: If all documents are the same.
    """
    read_out = autoencoder.encoder.get_layer("read_out")
    code = keras.Model(autoencoder.encoder.input, read_out.input)
    known = counts[np.diff(counts.indptr) > 0]
    try:
        read_out.adapt(
            code(batch, training=False).numpy() for batch, _ in batches(known, BATCH)
        )
    except ValueError as error:
        raise InputError(f"{error} Train on documents that differ.") from None
