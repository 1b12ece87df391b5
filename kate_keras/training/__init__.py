"""Losses on logits, recipes and training."""

from kate_keras.training.adapt import adapt_input, adapt_output, adapt_read_out
from kate_keras.training.competition_monitor import CompetitionMonitor
from kate_keras.training.continuation import continue_training, update_recipe
from kate_keras.training.fit import best_epoch, train
from kate_keras.training.losses import BinaryCrossentropy, WordCrossentropy
from kate_keras.training.recipes import (
    RECIPES,
    Recipe,
    customized_recipe,
    resolve_recipe,
)
from kate_keras.training.reconstruction import (
    reconstruction_loss,
    reconstruction_losses,
)
from kate_keras.training.scaling import (
    scaled_alpha,
    scaled_learning_rate,
    scaled_separation,
    scaled_weight_decay,
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
    "continue_training",
    "customized_recipe",
    "reconstruction_loss",
    "reconstruction_losses",
    "resolve_recipe",
    "scaled_alpha",
    "scaled_learning_rate",
    "scaled_separation",
    "scaled_weight_decay",
    "train",
    "update_recipe",
]
