"""What decays in training: the weights of every layer, and the units' biases."""

import dataclasses

import numpy as np
import pytest

from kate_keras.models import DeepKATEAutoencoder, KATEAutoencoder
from kate_keras.training import RECIPES, train
from kate_keras.training.compiled import compiled_network
from kate_keras.training.replica import ALONE


@pytest.mark.parametrize(
    ("recipe", "decoder"),
    [("default", "exact"), ("default", "sampled"), ("paper", "exact")],
)
def test_decay_shortens_the_weights(counts, recipe, decoder):
    lengths = []
    for decay in (0.0, 1.0):
        autoencoder = KATEAutoencoder(15, 6, k=2, alpha=1.0)
        choices = {"decoder": decoder, "loss": "words", "weight_decay": decay}
        recipe_of_now = dataclasses.replace(
            RECIPES[recipe], epochs=2, batch_size=8, min_steps=1, **choices
        )
        train(autoencoder, counts, recipe_of_now, verbose=False)
        lengths.append(np.linalg.norm(autoencoder.kernel))
    assert lengths[1] < 0.99 * lengths[0]


def test_the_units_biases_decay_a_tenth_as_much_as_weights_and_others_do_not():
    autoencoder = DeepKATEAutoencoder(150_000, 2, k=2, alpha=1.0)
    network = compiled_network(autoencoder, RECIPES["default"], ALONE, 20_000)
    optimizer, variables = network.optimizer, network.trainable_variables
    # 8 (2 / 128)^(3/4) / 2, for 300,000 weights and 20,000 documents, and 10 times
    # 2,000 words or more.
    decay = 2**-2.5 * 10 ** (1 / 6)
    decays = {v.path: optimizer._weight_decay_of(v.value) for v in variables}
    assert decays == {
        "tied_dense/kernel": pytest.approx(decay),
        "tied_dense/bias": pytest.approx(decay / 10),
        "tied_dense/reverse_bias": 0.0,
        "inner_dense/kernel": pytest.approx(decay),
        "inner_dense/bias": 0.0,
        "inner_dense/reverse_bias": 0.0,
    }


@pytest.mark.parametrize(("units", "share"), [(4, 0.1), (128, 0.1), (256, 0.05)])
def test_biases_of_many_units_decay_less(units, share):
    autoencoder = KATEAutoencoder(40, units, k=2, alpha=1.0)
    recipe = dataclasses.replace(RECIPES["default"], weight_decay=3.0)
    optimizer = compiled_network(autoencoder, recipe, ALONE, 100).optimizer
    bias = autoencoder.get_layer("tied_dense").bias.value
    assert optimizer._weight_decay_of(bias) == pytest.approx(3 * share)


def test_adadelta_leaves_all_biases_as_they_are():
    recipe = dataclasses.replace(RECIPES["paper"], weight_decay=1.0)
    autoencoder = KATEAutoencoder(15, 6, k=2, alpha=1.0)
    network = compiled_network(autoencoder, recipe, ALONE, 100)
    use = network.optimizer._use_weight_decay
    decaying = {v.path for v in network.trainable_variables if use(v)}
    assert decaying == {"tied_dense/kernel"}
