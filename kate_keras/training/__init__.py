"""Losses on logits, recipes and training."""

from kate_keras.training.fit import train
from kate_keras.training.losses import BinaryCrossentropy, WordCrossentropy
from kate_keras.training.recipes import RECIPES, Recipe, resolve_recipe

__all__ = [
    "RECIPES",
    "BinaryCrossentropy",
    "Recipe",
    "WordCrossentropy",
    "resolve_recipe",
    "train",
]
