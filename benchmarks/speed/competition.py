"""Seconds of the competition alone, by the number of units."""

from typing import Any

from benchmarks.speed.clock import median_seconds


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

    competition(), tanh()
    return {
        "seconds": median_seconds(lambda: competition().numpy(), 50),
        "tanh_seconds": median_seconds(lambda: tanh().numpy(), 50),
    }
