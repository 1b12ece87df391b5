"""The network that `fit` fits, with its loss and its optimiser."""

import keras

from kate_keras.models import Autoencoder
from kate_keras.training.losses import LOSSES
from kate_keras.training.network import TrainingNetwork
from kate_keras.training.recipes import Recipe
from kate_keras.training.replica import Replica
from kate_keras.training.row_adam import RowAdam


def make_optimizer(
    recipe: Recipe, n_words: int, n_components: int, n_documents: int
) -> keras.optimizers.Optimizer:
    """Returns the recipe's optimiser for sizes of a network and of a corpus, new."""
    rate = recipe.learning_rate_for(n_words)
    decay = recipe.weight_decay_for(n_words, n_components, n_documents) or None
    if recipe.optimizer == "adadelta":
        # Keras 2.0.6's values, which the released code trained with.
        return keras.optimizers.Adadelta(
            rate, rho=0.95, epsilon=1e-8, weight_decay=decay
        )
    share = recipe.bias_decay_for(n_components)
    return RowAdam(rate, weight_decay=decay, bias_decay=share)


def compiled_network(
    autoencoder: Autoencoder, recipe: Recipe, replica: Replica, n_documents: int
) -> TrainingNetwork:
    """Returns what `fit` fits, with an optimiser that has its state.

    Args:
        autoencoder: What is trained.
        recipe: How.
        replica: The part of this process.
        n_documents: Documents that are learned from.
    """
    with replica.scope():
        network = TrainingNetwork(autoencoder, LOSSES[recipe.loss](), replica)
        sizes = autoencoder.vocabulary_size, autoencoder.n_components
        optimizer = make_optimizer(recipe, *sizes, n_documents)
        variables = network.trainable_variables
        optimizer.exclude_from_weight_decay(
            var_list=_biases_that_stay(autoencoder, variables, recipe)
        )
        optimizer.build(variables)
        # XLA's matrix products on a CPU are several times slower than TensorFlow's own.
        network.compile(
            optimizer, jit_compile=False, steps_per_execution=replica.steps_at_once
        )
    replica.prepare(network)
    return network


def _biases_that_stay(
    autoencoder: Autoencoder, variables: list[keras.Variable], recipe: Recipe
) -> list[keras.Variable]:
    """Biases that do not decay: all but those of the units that read words."""
    units = autoencoder.get_layer("tied_dense").bias
    decays = recipe.optimizer == "adam"
    biases = [variable for variable in variables if len(variable.shape) == 1]
    return [bias for bias in biases if not (decays and bias is units)]
