"""Where a training step's time goes, operation by operation, on one core."""

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.synthetic import zipf_counts
from benchmarks.speed.training import BATCH, N_DOCUMENTS

STEPS = 50


def operations(n_words: int, n_components: int, decoder: str) -> dict[str, Any]:
    """Milliseconds of a step by TensorFlow's type of operation, of one thread."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    batches, step = _step(n_words, n_components, decoder)
    for batch in batches[:10]:
        step(batch)
    with tempfile.TemporaryDirectory() as log:
        tf.profiler.experimental.start(log)
        for batch in batches[:STEPS]:
            step(batch)
        tf.profiler.experimental.stop()
        found = _by_type(Path(log))
    words = [b["words"].shape[0] for b in batches if "words" in b]
    return {
        "operations": {name: ms / STEPS for name, ms in found.most_common()},
        "slice": float(np.mean(words)) if words else n_words,
    }


def _step(n_words: int, n_components: int, decoder: str) -> tuple[list[Any], Any]:
    """The batches of a pass, and what moves the weights by one."""
    import tensorflow as tf

    from kate_keras.models import KATEAutoencoder
    from kate_keras.text.count_input import document_frequency
    from kate_keras.training.batches import Passes, batches
    from kate_keras.training.compiled import compiled_network
    from kate_keras.training.fit import decoder_sample
    from kate_keras.training.recipes import RECIPES
    from kate_keras.training.replica import ALONE

    counts = zipf_counts(N_DOCUMENTS, n_words)
    recipe = replace(RECIPES["default"], decoder=decoder)
    k = recipe.k(n_components)
    autoencoder = KATEAutoencoder(
        n_words,
        n_components,
        k,
        recipe.alpha_for(k),
        weighting=recipe.weighting,
        input_dropout=recipe.input_dropout,
    )
    autoencoder.adapt_input(document_frequency(counts), N_DOCUMENTS)
    data = batches(
        counts,
        np.arange(N_DOCUMENTS),
        BATCH,
        sample=decoder_sample(autoencoder, counts, recipe),
        passes=Passes(0),
    )
    network = compiled_network(autoencoder, recipe, ALONE, counts.shape[0])
    # The last batch is smaller.
    return list(data)[:-1], tf.function(network.train_step, reduce_retracing=True)


def _by_type(log: Path) -> Counter[str]:
    """Milliseconds by the type of the operations that a profile holds."""
    from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

    (path,) = log.rglob("*.xplane.pb")
    space = XSpace()
    space.ParseFromString(path.read_bytes())
    found: Counter[str] = Counter()
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                # `name of the operation:its type`; other events have no single colon.
                name, colon, kind = plane.event_metadata[
                    event.metadata_id
                ].name.partition(":")
                if colon and kind.isidentifier() and not name.startswith("__"):
                    found[kind.removeprefix("_Mkl")] += event.duration_ps / 1e9
    return found
