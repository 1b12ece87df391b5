"""Seconds of the competition alone, by the number of units."""

import statistics
import time
from typing import Any


def compete(units: int) -> dict[str, Any]:
    """Seconds of the layer forward and back, and of a tanh in its place."""
    import tensorflow as tf

    from kate_keras.layers import KCompetitive

    layer = KCompetitive(units // 4, 1.0)
    h = tf.random.normal((100, units))

    @tf.function
    def competition() -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(h)
            z = layer(h, training=True)
        return tape.gradient(z, h)

    @tf.function
    def tanh() -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(h)
            z = tf.tanh(h)
        return tape.gradient(z, h)

    return {"seconds": _median(competition), "tanh_seconds": _median(tanh)}


def _median(run: Any) -> float:
    run()
    seconds = []
    for _ in range(50):
        start = time.perf_counter()
        run().numpy()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)
