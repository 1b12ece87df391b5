"""What of a trained model the light reader needs, as plain arrays."""

import numpy as np

from kate_keras.models import Autoencoder, OneLayerAutoencoder

Arrays = dict[str, np.ndarray]


def encoder_arrays(autoencoder: Autoencoder) -> Arrays:
    """Returns the arrays of a model from which vectors, topics and words can be had.

    Args:
        autoencoder: Trained model.

    Returns:
        `kernel`, `(vocabulary_size, n_components)`. If the vectors are one layer away
        from the words and nothing competes outside training, also `bias`,
        `activation` (its name), and `word_weights`, `mean` and `whitening` where the
        model has them.
    """
    arrays: Arrays = {"kernel": autoencoder.kernel}
    one_layer = isinstance(autoencoder, OneLayerAutoencoder)
    if not one_layer or getattr(autoencoder, "inference", "dense") != "dense":
        return arrays
    arrays["bias"] = autoencoder.bias
    activation = autoencoder.get_layer("activations").activation
    arrays["activation"] = np.array(activation.__name__)
    log_count = autoencoder.get_layer("log_count")
    read_out = autoencoder.encoder.get_layer("read_out")
    for layer, name in (
        (log_count, "word_weights"),
        (read_out, "mean"),
        (read_out, "whitening"),
    ):
        if hasattr(layer, name):
            arrays[name] = getattr(layer, name).numpy()
    return arrays
