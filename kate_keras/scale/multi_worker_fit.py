"""`model.fit` under `MultiWorkerMirroredStrategy`, where Keras 3.15 fails."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from kate_keras.errors import InputError

# What follows replaces methods that this version has, and that are its own affair.
KERAS = "3.15."


def mend(network: keras.Model) -> None:
    """Makes `fit` and `evaluate` of a compiled network work on several workers.

    Keras fails twice. Before the first step it reduces a batch, dictionary and all,
    over the workers, to build the model by it; ours is built. After every step it takes
    the mean of the logs over their first axis, which scalars do not have; ours are
    alike on all workers. And the optimiser would add up gradients that were added up
    already, of sparse ones each row as often as there are workers.

    Args:
        network: Model whose `train_step` and `test_step` return logs that are alike on
            all workers, and whose gradients are.

    Raises:
        InputError: If Keras is of another version.
    """
    if not keras.__version__.startswith(KERAS):
        raise InputError(
            "Training by several workers needs Keras's own `fit` to be mended, which "
            f"was done for Keras {KERAS}x. Received: Keras {keras.__version__}. "
            f"Install 'keras=={KERAS}*', or train without `--workers`."
        )
    network._maybe_symbolic_build = _build_nothing
    network._make_function = _step_function(network.distribute_strategy)
    network.optimizer._all_reduce_sum_gradients = list


def _build_nothing(**data: Any) -> None:
    """Leaves the first batch, which may be drawn once, to the first step."""


def _step_function(
    strategy: tf.distribute.Strategy,
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    def make(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def one_step(iterator: Any) -> Any:
            return strategy.run(step, args=(next(iterator),))

        function: Callable[[Any], Any] = tf.function(one_step, reduce_retracing=True)
        return function

    return make
