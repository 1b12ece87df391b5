"""KATE, the k-competitive autoencoder for text, for Keras 3 on TensorFlow.

from kate_keras import KATE, load

model = KATE(n_components=128).fit(texts)
vectors = model.transform(texts)
"""

from importlib.metadata import version

import lazy_loader

from kate_keras.start_up import watch_imports

# TensorFlow takes seconds: names are imported when they are first used.
watch_imports()

__version__ = version("kate_keras")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
