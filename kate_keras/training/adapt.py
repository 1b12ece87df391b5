"""What is measured on the training corpus rather than learned by gradient."""

import keras
import numpy as np
from scipy import sparse

from kate_keras.errors import InputError
from kate_keras.models import KATEAutoencoder
from kate_keras.training.batches import batches

BATCH = 500


def adapt_input(autoencoder: KATEAutoencoder, counts: sparse.csr_array) -> None:
    """Sets the word weights of the input layer; call it before training."""
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    autoencoder.get_layer("log_count").adapt(documents, counts.shape[0])


def adapt_read_out(autoencoder: KATEAutoencoder, counts: sparse.csr_array) -> None:
    """Sets mean and axes of the read-out; call it after training.

    Documents without words are left out: they all have the same activations.

    Raises:
        InputError: If all documents are the same.
    """
    code = keras.Model(autoencoder.input, autoencoder.get_layer("competition").output)
    known = counts[np.diff(counts.indptr) > 0]
    try:
        autoencoder.encoder.get_layer("read_out").adapt(
            code(batch, training=False).numpy() for batch, _ in batches(known, BATCH)
        )
    except ValueError as error:
        raise InputError(f"{error} Train on documents that differ.") from None
