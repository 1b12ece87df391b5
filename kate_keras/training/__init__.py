"""Losses on logits, recipes and training."""

from kate_keras.training.adapt import adapt_input, adapt_output, adapt_read_out
from kate_keras.training.competition_monitor import CompetitionMonitor
from kate_keras.training.fit import best_epoch, reconstruction_loss, train
from kate_keras.training.losses import BinaryCrossentropy, WordCrossentropy
from kate_keras.training.recipes import (
    RECIPES,
    Recipe,
    customized_recipe,
    resolve_recipe,
    scaled_alpha,
    scaled_learning_rate,
)

__all__ = [
    "RECIPES",
    "BinaryCrossentropy",
    "CompetitionMonitor",
    "Recipe",
    "WordCrossentropy",
    "adapt_input",
    "adapt_output",
    "adapt_read_out",
    "best_epoch",
    "customized_recipe",
    "reconstruction_loss",
    "resolve_recipe",
    "scaled_alpha",
    "scaled_learning_rate",
    "train",
]
