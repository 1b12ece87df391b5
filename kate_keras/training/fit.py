"""Training: a model, a recipe and counts in; trained weights and a history out."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from kate_keras.errors import InputError
from kate_keras.layers import LogCount
from kate_keras.models import Autoencoder
from kate_keras.models.competing import Competing
from kate_keras.text.count_input import document_frequency
from kate_keras.text.stored_counts import Counts
from kate_keras.training.batches import (
    Passes,
    batches,
    documents_with_words,
    sparse_batches,
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
from kate_keras.training.losses import LOSSES, Reconstruction
from kate_keras.training.network import TrainingNetwork
from kate_keras.training.recipes import Recipe
from kate_keras.training.replica import ALONE, Replica
from kate_keras.training.row_adam import RowAdam
from kate_keras.training.word_sample import LARGEST_SHARE, WordSample

# What watches training is not trained on; a few hundred documents tell epochs apart.
USUAL_FRACTION = 0.05
MOST_HELD_OUT = 200
# 80 MB of them.
MOST_LOGITS = 20_000_000


def split(
    n_documents: int, validation_fraction: float | None, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draws a validation part; rows of a corpus file are often sorted by class.

    Args:
        n_documents: Number of documents, at least 2.
        validation_fraction: Share of them held out, at least one document; `None`, one
            in twenty, but no more than 200.
        random_state: Seed.

    Returns:
        Indices of the training and of the validation documents.
    """
    order = np.random.default_rng(random_state).permutation(n_documents)
    if validation_fraction is None:
        wanted = min(round(USUAL_FRACTION * n_documents), MOST_HELD_OUT)
    else:
        wanted = round(validation_fraction * n_documents)
    held_out = min(max(1, wanted), n_documents - 1)
    return np.sort(order[held_out:]), np.sort(order[:held_out])


def make_optimizer(recipe: Recipe, n_words: int) -> keras.optimizers.Optimizer:
    """Returns the recipe's optimiser for a size of the vocabulary, new."""
    rate = recipe.learning_rate_for(n_words)
    if recipe.optimizer == "adadelta":
        # Keras 2.0.6's values, which the released code trained with.
        return keras.optimizers.Adadelta(rate, rho=0.95, epsilon=1e-8)
    return RowAdam(rate)


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
    network = _compiled(autoencoder, recipe, replica)
    loss, rate = network.reconstruction, float(network.optimizer.learning_rate.numpy())
    best = BestWeights()
    progress = [Progress(recipe.epochs, n_steps)] if verbose else []
    history = keras.callbacks.History()
    schedule = _schedule_callbacks(recipe, rate)
    checkpoints = (
        [Checkpoints(checkpoint, passes, counts, history, best, schedule)]
        if checkpoint
        else []
    )
    interrupted = False
    try:
        network.fit(
            training,
            validation_data=validation,
            initial_epoch=checkpoints[0].first_epoch if checkpoints else 0,
            epochs=recipe.epochs,
            shuffle=False,
            verbose=0,
            callbacks=[
                *schedule,
                *_monitors(autoencoder, loss, counts, held_out),
                history,
                best,
                StopWithoutLoss(),
                *progress,
                *callbacks,
                *checkpoints,
            ],
        )
    except KeyboardInterrupt:
        if best.epoch is None:
            raise
        interrupted = True
    finally:
        for bar in progress:
            bar.close()
    if interrupted:
        sys.stderr.write("interrupted; the best weights so far are kept\n")
        if checkpoint and checkpoint.path.exists():
            sys.stderr.write(f"the training can be resumed from {checkpoint.path}\n")
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


def _compiled(
    autoencoder: Autoencoder, recipe: Recipe, replica: Replica
) -> TrainingNetwork:
    """What `fit` fits, with an optimiser that has its state."""
    with replica.scope():
        network = TrainingNetwork(autoencoder, LOSSES[recipe.loss](), replica)
        optimizer = make_optimizer(recipe, autoencoder.vocabulary_size)
        optimizer.build(network.trainable_variables)
        # XLA's matrix products on a CPU are several times slower than TensorFlow's own.
        network.compile(
            optimizer, jit_compile=False, steps_per_execution=replica.steps_at_once
        )
    replica.prepare(network)
    return network


def best_epoch(history: Mapping[str, Sequence[float]]) -> int:
    """Returns the epoch whose weights `train` left in the model, from 0.

    Args:
        history: What `train` returned.
    """
    return int(np.nanargmin(history[MONITOR]))


def _finite(weights: list[np.ndarray]) -> bool:
    return all(np.isfinite(weight).all() for weight in weights)


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


def _monitors(
    autoencoder: Autoencoder,
    loss: Reconstruction,
    counts: Counts,
    documents: np.ndarray,
) -> list[CompetitionMonitor]:
    if not isinstance(autoencoder, Competing):
        return []
    return [CompetitionMonitor.of_autoencoder(autoencoder, loss, counts, documents)]


def _schedule_callbacks(recipe: Recipe, rate: float) -> list[Any]:
    """Early stopping and the learning rate of each epoch."""
    stop = keras.callbacks.EarlyStopping(
        monitor=MONITOR, mode="min", patience=recipe.patience
    )
    if recipe.schedule == "cosine":
        decay = keras.optimizers.schedules.CosineDecay(rate, recipe.epochs, alpha=0.02)
        fall = keras.callbacks.LearningRateScheduler(lambda epoch: float(decay(epoch)))
        return [fall, stop]
    # The released code's factor; its patience of 3 precedes the stop at 5.
    drop = keras.callbacks.ReduceLROnPlateau(
        monitor=MONITOR,
        mode="min",
        factor=0.2,
        patience=(recipe.patience + 1) // 2,
        min_delta=0.0,
        min_lr=rate / 200,
    )
    return [drop, stop]
