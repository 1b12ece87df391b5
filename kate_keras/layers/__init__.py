"""Keras layers of KATE and its relatives; each works alone in any Keras model."""

from kate_keras.layers.competition import compete, winners
from kate_keras.layers.contractive_dense import ContractiveDense
from kate_keras.layers.gaussian_code import GaussianCode, gaussian_divergence
from kate_keras.layers.k_competitive import PAPER_ALPHA, KCompetitive
from kate_keras.layers.k_sparse import KSparse
from kate_keras.layers.log_count import LogCount
from kate_keras.layers.noise import GaussianNoise, MaskingNoise, SaltAndPepperNoise
from kate_keras.layers.read_out import ReadOut
from kate_keras.layers.sigmoid import sigmoid
from kate_keras.layers.tied_dense import TiedDense
from kate_keras.layers.whitening import Whitening
from kate_keras.layers.whitening_matrix import whitening_matrix

__all__ = [
    "PAPER_ALPHA",
    "ContractiveDense",
    "GaussianCode",
    "GaussianNoise",
    "KCompetitive",
    "KSparse",
    "LogCount",
    "MaskingNoise",
    "ReadOut",
    "SaltAndPepperNoise",
    "TiedDense",
    "Whitening",
    "compete",
    "gaussian_divergence",
    "sigmoid",
    "whitening_matrix",
    "winners",
]
