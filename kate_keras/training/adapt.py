"""What is measured on the training corpus rather than learned by gradient."""

import keras
import numpy as np
from scipy import sparse

from kate_keras.errors import InputError
from kate_keras.models import Autoencoder
from kate_keras.training.batches import batches

BATCH = 500


def adapt_input(autoencoder: Autoencoder, counts: sparse.csr_array) -> None:
    """Sets the word weights of the input; call it before training."""
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    autoencoder.adapt_input(documents, counts.shape[0])


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
