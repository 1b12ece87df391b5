"""How the step size falls, and when training stops."""

from typing import Any

import keras

from kate_keras.training.callbacks import MONITOR
from kate_keras.training.recipes import Recipe


def schedule_callbacks(recipe: Recipe, rate: float) -> list[Any]:
    """Returns what sets the learning rate of each epoch, and early stopping.

    Args:
        recipe: Its schedule, epochs and patience.
        rate: Learning rate at the start.
    """
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
