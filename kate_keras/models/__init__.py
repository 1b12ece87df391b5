"""Functional Keras models: KATE and its relatives."""

from kate_keras.models.autoencoder import Autoencoder
from kate_keras.models.contractive_autoencoder import ContractiveAutoencoder
from kate_keras.models.deep_kate_autoencoder import DeepKATEAutoencoder
from kate_keras.models.denoising_autoencoder import DenoisingAutoencoder
from kate_keras.models.k_sparse_autoencoder import KSparseAutoencoder
from kate_keras.models.kate_autoencoder import KATEAutoencoder
from kate_keras.models.one_layer import OneLayerAutoencoder
from kate_keras.models.plain_autoencoder import PlainAutoencoder
from kate_keras.models.variants import VARIANTS, Variant, resolve_variant
from kate_keras.models.variational_autoencoder import VariationalAutoencoder

__all__ = [
    "VARIANTS",
    "Autoencoder",
    "ContractiveAutoencoder",
    "DeepKATEAutoencoder",
    "DenoisingAutoencoder",
    "KATEAutoencoder",
    "KSparseAutoencoder",
    "OneLayerAutoencoder",
    "PlainAutoencoder",
    "VariationalAutoencoder",
    "Variant",
    "resolve_variant",
]
