"""Training that goes on: a trained model and new documents in, an updated model out."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from kate_keras.models import Autoencoder
from kate_keras.models.precision import precision
from kate_keras.training.adapt import move_read_out
from kate_keras.training.fit import train
from kate_keras.training.recipes import Recipe

# Chosen on documents held out of train; see benchmarks/reliability/update.py.
RATE_SHARE = 0.1
RATE_SHARE_WITH_OLD = 0.3
EPOCHS = 10


def update_recipe(
    recipe: Recipe, n_words: int, epochs: int | None = None, with_old: bool = False
) -> Recipe:
    """Returns the recipe by which a trained model learns new documents.

    It is that of the first training with a tenth of its step size, or .3 of it where
    old documents are learned again, and 10 epochs. By more what was learned is
    forgotten, and new documents that are held out gain little or lose. Weights do not
    decay, or words that new documents lack would be forgotten; and topics stay where
    they are among each other.

    Args:
        recipe: Recipe of the first training.
        n_words: Size of the vocabulary.
        epochs: Most passes over the documents; `None`, 10.
        with_old: Whether old documents are learned again among the new ones.
    """
    share = RATE_SHARE_WITH_OLD if with_old else RATE_SHARE
    rate = share * recipe.learning_rate_for(n_words)
    epochs = EPOCHS if epochs is None else epochs
    return replace(
        recipe, learning_rate=rate, weight_decay=0.0, separation=0.0, epochs=epochs
    )


def continue_training(
    autoencoder: Autoencoder,
    counts: sparse.csr_array,
    recipe: Recipe,
    *,
    validation_fraction: float | None = None,
    n_new: int | None = None,
    random_state: int = 0,
    verbose: bool = True,
) -> tuple[Autoencoder, dict[str, list[float]]]:
    """Trains a copy of a trained model on further documents.

    What was measured on the first corpus stays: the word weights of the input, the
    ends of the topics and the axes of the read-out, whose origin moves with the
    activations of the empty text. A read-out that were fitted to the new documents
    alone would take what they have in common for what all documents have in common,
    and hide it.

    Args:
        autoencoder: Trained model, which stays as it is.
        counts: Counts of the documents to learn from, `(n_documents, vocabulary_size)`.
        recipe: Of this training; see `update_recipe`.
        validation_fraction: Share of the documents held out to watch training.
        n_new: How many of the documents, the first, are new, if not all. Only these
            watch training: what was learned by heart already gets worse by learning
            anything, and would stop it at once.
        random_state: Seed of dropout, noise, split and order.
        verbose: Whether to show a progress bar on stderr.

    Returns:
        The updated model, and values per epoch as of `train`.

    Raises:
        InputError: As `train`.
    """
    updated = reseeded(autoencoder, random_state)
    history = train(
        updated,
        counts,
        recipe,
        validation_fraction=validation_fraction,
        n_watched=n_new,
        random_state=random_state,
        verbose=verbose,
    )
    move_read_out(updated, autoencoder)
    return updated, history


def reseeded(autoencoder: Autoencoder, random_state: int) -> Autoencoder:
    """Returns a copy whose random parts begin anew, from a seed.

    A generator that went on where training left it would make an update of a loaded
    model another than that of the model that was saved.
    """
    config = {**autoencoder.get_config(), "random_state": random_state}
    with precision(autoencoder.get_layer("tied_dense").dtype_policy):
        copy = type(autoencoder).from_config(config)
    pairs = zip(copy.network_weights(), autoencoder.network_weights(), strict=True)
    for own, weight in pairs:
        own.assign(np.asarray(weight))
    copy.topic_ends = autoencoder.topic_ends
    return copy
