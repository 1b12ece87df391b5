"""KATE, the k-competitive autoencoder for text, for Keras 3 on TensorFlow.

    from kate_keras import KATE, load

    model = KATE(n_components=128).fit(texts)
    vectors = model.transform(texts)
"""

from importlib.metadata import version

from kate_keras import analysis, layers, models
from kate_keras.errors import InputError
from kate_keras.estimator import KATE, load

__version__ = version("kate_keras")

__all__ = ["KATE", "InputError", "analysis", "layers", "load", "models"]
