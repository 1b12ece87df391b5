"""What of a trained model the light reader needs: plain arrays and the vocabulary."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from kate_keras.artifact.manifest import ENCODER, VOCABULARY
from kate_keras.models import Autoencoder, OneLayerAutoencoder
from kate_keras.text import Vocabulary

Arrays = dict[str, np.ndarray]


def write_encoder(
    autoencoder: Autoencoder, vocabulary: Vocabulary, folder: Path
) -> None:
    """Writes what the light reader reads.

    Args:
        autoencoder: Trained model.
        vocabulary: Words of its input.
        folder: Folder for the two files.
    """
    text = json.dumps(vocabulary.to_json(), ensure_ascii=False)
    (folder / VOCABULARY).write_text(text, encoding="utf-8")
    arrays: dict[str, Any] = encoder_arrays(autoencoder)
    np.savez(folder / ENCODER, **arrays)


def encoder_arrays(autoencoder: Autoencoder) -> Arrays:
    """Returns the arrays of a model from which vectors, topics and words can be had.

    Args:
        autoencoder: Trained model.

    Returns:
        `kernel`, `(vocabulary_size, n_components)`; `topic_ends`, `(2, n_components,
        n_components)`, if they are known. If the vectors are one layer away
        from the words and nothing competes outside training, also `bias`,
        `activation` (its name), `read` (what the read-out reads, `"activations"` or
        `"pre-activations"`), and where the model has them `word_weights`, `mean` (the
        read-out's origin) and `whitening`.
    """
    arrays: Arrays = {"kernel": autoencoder.kernel}
    if autoencoder.topic_ends is not None:
        arrays["topic_ends"] = autoencoder.topic_ends
    one_layer = isinstance(autoencoder, OneLayerAutoencoder)
    if not one_layer or getattr(autoencoder, "inference", "dense") != "dense":
        return arrays
    arrays["bias"] = autoencoder.bias
    activation = autoencoder.get_layer("activations").activation
    arrays["activation"] = np.array(activation.__name__)
    linear = autoencoder.read_out == "linear"
    arrays["read"] = np.array("pre-activations" if linear else "activations")
    log_count = autoencoder.get_layer("log_count")
    read_out = autoencoder.encoder.get_layer("read_out")
    for layer, weight, name in (
        (log_count, "word_weights", "word_weights"),
        (read_out, "origin", "mean"),
        (read_out, "whitening", "whitening"),
    ):
        if hasattr(layer, weight):
            arrays[name] = getattr(layer, weight).numpy()
    return arrays
