"""Keras layers of KATE; each works alone in any Keras model."""

from kate_keras.layers.competition import compete, winners
from kate_keras.layers.k_competitive import PAPER_ALPHA, KCompetitive
from kate_keras.layers.k_sparse import KSparse
from kate_keras.layers.log_count import LogCount
from kate_keras.layers.read_out import ReadOut
from kate_keras.layers.tied_dense import TiedDense

__all__ = [
    "PAPER_ALPHA",
    "KCompetitive",
    "KSparse",
    "LogCount",
    "ReadOut",
    "TiedDense",
    "compete",
    "winners",
]
