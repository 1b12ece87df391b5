"""Training: a model, a recipe and counts in; trained weights and a history out."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np

from kate_keras.errors import InputError
from kate_keras.models import Autoencoder
from kate_keras.models.competing import Competing
from kate_keras.text.count_input import document_frequency
from kate_keras.text.stored_counts import Counts
from kate_keras.training.batches import (
    Passes,
    batches,
    documents_with_words,
)
from kate_keras.training.callbacks import (
    MONITOR,
    BestWeights,
    Progress,
    StopWithoutLoss,
)
from kate_keras.training.checkpoint_file import CheckpointFile
from kate_keras.training.checkpoints import Checkpoints
from kate_keras.training.competition_monitor import CompetitionMonitor
from kate_keras.training.compiled import compiled_network
from kate_keras.training.held_out import split
from kate_keras.training.losses import Reconstruction
from kate_keras.training.recipes import Recipe
from kate_keras.training.replica import ALONE, Replica
from kate_keras.training.schedule import schedule_callbacks
from kate_keras.training.topic_separation import TopicSeparation, separated_words
from kate_keras.training.word_sample import LARGEST_SHARE, WordSample


def decoder_sample(
    autoencoder: Autoencoder, counts: Counts, recipe: Recipe
) -> WordSample | None:
    """Decides which words a step reconstructs beside those of its batch.

    Args:
        autoencoder: Model to train.
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        recipe: Its `decoder` is `"exact"`, `"sampled"`, or `"auto"`: sampled where a
            step then reconstructs less than a third of the vocabulary.

    Returns:
        The sample; `None`, all words.

    Raises:
        InputError: If the recipe asks for a sample that the model or the optimiser
            cannot be trained by.
    """
    able = autoencoder.takes_word_slices() and recipe.optimizer == "adam"
    if recipe.decoder == "exact" or (recipe.decoder == "auto" and not able):
        return None
    if not able:
        raise InputError(
            "`decoder='sampled'` needs a variant without noise or penalty ('kate', "
            "'deep', 'no-amplification', 'no-energy', 'no-competition', 'k-sparse' or "
            "'plain') and the optimizer of the default recipe. Received: "
            f"{type(autoencoder).__name__}, optimizer={recipe.optimizer!r}. "
            "Leave `decoder` out."
        )
    n_documents, n_words = counts.shape
    frequency = document_frequency(counts)
    sample = WordSample(frequency)
    batch = recipe.batch(n_documents)
    expected = sample.expected_words(frequency, n_documents, batch)
    if recipe.decoder == "auto" and expected > LARGEST_SHARE * n_words:
        return None
    return sample


def train(
    autoencoder: Autoencoder,
    counts: Counts,
    recipe: Recipe,
    *,
    validation_fraction: float | None = None,
    n_watched: int | None = None,
    random_state: int = 0,
    verbose: bool = True,
    checkpoint: CheckpointFile | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    replica: Replica = ALONE,
) -> dict[str, list[float]]:
    """Trains by `model.fit` and leaves the best weights in the model.

    The best are those of the epoch with the lowest validation loss of the network that
    is trained, *with* its competition but without noise; early stopping and
    learning-rate drops watch it too. It is the reconstruction loss alone: penalties
    count in training only. Ctrl-C ends training and keeps the best weights so far.

    Args:
        autoencoder: Model to train, in place.
        counts: Word counts, shape `(n_documents, vocabulary_size)`, float32.
        recipe: Loss, optimiser, batch size, epochs, patience.
        validation_fraction: Share of the documents held out; see `split`.
        n_watched: How many of the first documents may be held out; `None`, all.
        random_state: Seed of the split and of the order of the batches.
        verbose: Whether to show a progress bar on stderr.
        checkpoint: Where to keep the state of the training every few seconds, and what
            to go on from; weights and history are then to the bit those of a training
            that was not stopped. It is left in place.
        callbacks: What else watches the training.
        replica: The part that this process has in it, if there are several; the model
            was then made in its scope.

    Returns:
        Values per epoch: `loss` (with penalties), `val_loss` (without competition),
        `val_competition_loss` (the same where nothing competes) and `learning_rate`;
        where units compete, also what `CompetitionMonitor` adds.

    Raises:
        InputError: If the loss stops being finite, or if the checkpoint to go on from
            is of another corpus.
        KeyboardInterrupt: If interrupted before the first epoch has ended.
    """
    documents = documents_with_words(counts)
    free = documents[documents < (n_watched or counts.shape[0])]
    held_out = free[split(len(free), validation_fraction, random_state)[1]]
    parts = [np.setdiff1d(documents, held_out), held_out]
    sample = decoder_sample(autoencoder, counts, recipe)
    passes = Passes(random_state)
    n_steps, training, validation = _datasets(
        counts, parts, sample, recipe, passes, replica
    )
    network = compiled_network(autoencoder, recipe, replica, len(parts[0]))
    loss, rate = network.reconstruction, float(network.optimizer.learning_rate.numpy())
    best, history = BestWeights(), keras.callbacks.History()
    progress = [Progress(recipe.epochs, n_steps)] if verbose else []
    separation = recipe.separation_for(
        autoencoder.vocabulary_size, autoencoder.n_components
    )
    apart = [TopicSeparation(separation, separated_words(counts))] if separation else []
    schedule = schedule_callbacks(recipe, rate)
    checkpoints = (
        [Checkpoints(checkpoint, passes, counts, history, best, schedule)]
        if checkpoint
        else []
    )
    run = partial(
        network.fit,
        training,
        validation_data=validation,
        initial_epoch=checkpoints[0].first_epoch if checkpoints else 0,
        epochs=recipe.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[
            *schedule,
            *apart,
            *_monitors(autoencoder, loss, counts, held_out),
            history,
            best,
            StopWithoutLoss(),
            *progress,
            *callbacks,
            *checkpoints,
        ],
    )
    if _interrupted(run, best, progress, checkpoint):
        epoch = best_epoch(history.history) + 1
        sys.stderr.write(f"the best weights so far are of epoch {epoch}\n")
    elif checkpoint:
        checkpoint.ended = True
    if best.epoch is None or not _finite(best.weights):
        raise InputError(
            "Training did not reach a finite loss: lower `learning_rate`, and `alpha` "
            f"or `strength` if set. Received: learning_rate={rate:g}"
        )
    best.restore()
    # A trained model is its weights; the optimiser's moments would triple the file.
    autoencoder.compile(loss=loss, jit_compile=False)
    return {
        name: [float(v) for v in values] for name, values in history.history.items()
    }


def _datasets(
    counts: Counts,
    parts: list[np.ndarray],
    sample: WordSample | None,
    recipe: Recipe,
    passes: Passes,
    replica: Replica,
) -> tuple[int, Any, Any]:
    """Steps of an epoch, what `fit` learns from in new orders, and is watched by."""
    learn, validate = parts
    size = recipe.batch(len(learn))
    training = batches(
        counts, learn, size, sample=sample, passes=passes, replica=replica
    )
    watching = batches(
        counts, validate, recipe.batch_size, sample=sample, replica=replica
    )
    n_steps = int(training.cardinality().numpy())
    return n_steps, replica.dataset(training), replica.dataset(watching)


def _interrupted(
    run: Callable[[], object],
    best: BestWeights,
    progress: list[Progress],
    checkpoint: CheckpointFile | None,
) -> bool:
    """Fits, and says whether Ctrl-C ended that once there were weights to keep."""
    try:
        run()
    except KeyboardInterrupt:
        _close(progress)
        _say_interrupted(checkpoint)
        if best.epoch is None:
            raise
        return True
    finally:
        _close(progress)
    return False


def _close(progress: list[Progress]) -> None:
    for bar in progress:
        bar.close()


def _say_interrupted(checkpoint: CheckpointFile | None) -> None:
    sys.stderr.write("training was interrupted\n")
    if checkpoint and checkpoint.is_of_this_training:
        sys.stderr.write(f"it can be resumed from {checkpoint.path}\n")
    elif checkpoint:
        sys.stderr.write("there is no checkpoint yet that it could be resumed from\n")


def best_epoch(history: Mapping[str, Sequence[float]]) -> int:
    """Returns the epoch whose weights `train` left in the model, from 0.

    Args:
        history: What `train` returned.
    """
    return int(np.nanargmin(history[MONITOR]))


def _finite(weights: list[np.ndarray]) -> bool:
    return all(np.isfinite(weight).all() for weight in weights)


def _monitors(
    autoencoder: Autoencoder,
    loss: Reconstruction,
    counts: Counts,
    documents: np.ndarray,
) -> list[CompetitionMonitor]:
    if not isinstance(autoencoder, Competing):
        return []
    return [CompetitionMonitor.of_autoencoder(autoencoder, loss, counts, documents)]
