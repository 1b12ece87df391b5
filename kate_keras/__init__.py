"""KATE, the k-competitive autoencoder for text, for Keras 3 on TensorFlow.

from kate_keras import KATE, load

model = KATE(n_components=128).fit(texts)
vectors = model.transform(texts)
"""

from importlib.metadata import version

from kate_keras.start_up import import_tensorflow

import_tensorflow()

# Layers are imported here, so that Keras finds them when it loads a saved model.
from kate_keras import analysis, layers, models  # noqa: E402
from kate_keras.errors import InputError  # noqa: E402
from kate_keras.estimator import KATE, load  # noqa: E402

__version__ = version("kate_keras")

__all__ = ["KATE", "InputError", "analysis", "layers", "load", "models"]
