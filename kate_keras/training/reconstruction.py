"""How well a model reconstructs documents."""

import numpy as np

from kate_keras.errors import InputError
from kate_keras.layers import LogCount
from kate_keras.models import Autoencoder
from kate_keras.text.stored_counts import Counts
from kate_keras.training.batches import sparse_batches
from kate_keras.training.losses import LOSSES
from kate_keras.training.recipes import Recipe

# 80 MB of them.
MOST_LOGITS = 20_000_000


def reconstruction_loss(
    autoencoder: Autoencoder,
    counts: Counts,
    recipe: Recipe,
    competition: bool = False,
) -> float:
    """Measures how well a model reconstructs documents.

    The model stays as it is, compiled or not.

    Args:
        autoencoder: Model.
        counts: Word counts, shape `(n_documents, vocabulary_size)`, float32.
        recipe: Names the loss.
        competition: Whether the competition is kept, as in training; without effect
            where nothing competes.

    Returns:
        Mean loss without noise and penalties, in nats a document.

    Raises:
        InputError: If there are no documents.
    """
    losses = reconstruction_losses(autoencoder, counts, recipe, competition)
    if not len(losses):
        raise InputError("A loss needs at least one document. Received: none")
    return float(losses.mean())


def reconstruction_losses(
    autoencoder: Autoencoder,
    counts: Counts,
    recipe: Recipe,
    competition: bool = False,
) -> np.ndarray:
    """Returns what `reconstruction_loss` takes the mean of, float64 `(n_documents,)`.

    Args:
        autoencoder: Model.
        counts: As there, and so are the others.
        recipe: Names the loss.
        competition: Whether the competition is kept.
    """
    loss, normalize = LOSSES[recipe.loss](), LogCount(dtype="float32")
    # Logits are dense: fewer documents at a time where there are many words.
    size = max(1, min(recipe.batch_size, MOST_LOGITS // counts.shape[1]))
    parts = [np.zeros(0)]
    for batch in sparse_batches(counts, np.arange(counts.shape[0]), size):
        logits = autoencoder.logits(batch, competition=competition)
        parts.append(loss.sparse(normalize(batch), logits).numpy())
    return np.concatenate(parts, dtype=np.float64)
