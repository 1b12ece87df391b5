"""The step: on sparse counts, on slices of the vocabulary, and on all of it."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import sparse

from kate_keras import InputError
from kate_keras.layers import LogCount
from kate_keras.models import (
    ContractiveAutoencoder,
    DenoisingAutoencoder,
    KATEAutoencoder,
    PlainAutoencoder,
    VariationalAutoencoder,
)
from kate_keras.training import RECIPES, reconstruction_loss, train
from kate_keras.training.batches import Passes, batches
from kate_keras.training.fit import decoder_sample
from kate_keras.training.losses import LOSSES
from kate_keras.training.network import TrainingNetwork
from kate_keras.training.word_sample import WordSample

RECIPE = dataclasses.replace(
    RECIPES["default"], epochs=4, batch_size=16, min_steps=1, decoder="exact"
)
ALL = np.arange(60)


def kate(**options):
    model = KATEAutoencoder(15, 6, k=3, alpha=0.7, weighting="log-idf", **options)
    model.adapt_input(np.arange(1, 16), 20)
    generator = np.random.default_rng(1)
    model.set_weights(
        [w if w.ndim == 0 else w + generator.normal(size=w.shape) * 0.3
         for w in model.get_weights()]
    )  # fmt: skip
    return model


def one_batch(counts, sample=None, seed=0):
    (batch,) = batches(counts, ALL, 60, sample=sample, passes=Passes(seed))
    return batch


def gradients(model, function):
    with tf.GradientTape() as tape:
        loss = function()
    weights = model.trainable_weights
    return float(loss), [tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)]


@pytest.mark.parametrize("loss", ["words", "binary"])
@pytest.mark.parametrize("training", [False, True])
def test_a_step_on_all_words_is_that_of_the_functional_model(counts, loss, training):
    model = kate()
    network = TrainingNetwork(model, LOSSES[loss]())
    x = LogCount()(counts.toarray())

    def dense():
        return LOSSES[loss]()(x, model(counts.toarray(), training=training))

    def sliced():
        return tf.reduce_mean(network(one_batch(counts), training=training))

    (expected, right), (found, left) = gradients(model, dense), gradients(model, sliced)
    assert found == pytest.approx(expected, rel=1e-5)
    for one, other in zip(left, right, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("loss", ["words", "binary"])
def test_a_sample_of_all_words_is_exact(counts, loss):
    model = kate()
    network = TrainingNetwork(model, LOSSES[loss]())
    sample = WordSample(np.ones(15), 15)
    batch = one_batch(counts, sample)
    (expected, right), (found, left) = (
        gradients(model, lambda b=b: tf.reduce_mean(network(b, training=True)))
        for b in (one_batch(counts), batch)
    )
    assert found == pytest.approx(expected, rel=1e-5)
    for one, other in zip(left, right, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


class Fixed:
    """A generator whose uniform number is known."""

    def __init__(self, number):
        self.number = number

    def random(self):
        return self.number


def even_draws(batch, steps):
    """The batch with the samples of evenly spread uniform numbers."""
    sample = WordSample(np.arange(1, 16), 4)
    entries = {name: value.numpy() for name, value in batch.items()}
    for step in range(steps):
        drawn = sample.add_to(entries, Fixed((step + 0.5) / steps))
        yield {name: tf.constant(value) for name, value in drawn.items()}


def test_the_negatives_of_the_binary_loss_are_estimated_without_bias(counts):
    # Two documents of few words: value and gradient by their means over all draws.
    model = kate()
    network = TrainingNetwork(model, LOSSES["binary"]())
    (batch,) = batches(counts, np.array([0, 25]), 2)
    draws = list(even_draws(batch, 300))
    assert len({len(b["words"]) for b in draws}) > 1
    found, left = gradients(
        model, lambda: tf.add_n([tf.reduce_mean(network(b)) for b in draws])
    )
    expected, right = gradients(model, lambda: tf.reduce_mean(network(batch)))
    assert found / 300 == pytest.approx(expected, rel=0.005)
    for one, other in zip(left, right, strict=True):
        scale = float(tf.reduce_max(tf.abs(other)))
        np.testing.assert_allclose(one / 300, other, atol=0.02 * scale)


def test_the_partition_function_is_estimated_without_bias(counts):
    model = kate()
    (batch,) = batches(counts, np.array([0]), 1)
    sums = [
        np.exp(one_logits(model, drawn) + drawn["log_weights"]).sum()
        for drawn in even_draws(batch, 300)
    ]
    exact = np.exp(one_logits(model, batch)).sum()
    assert np.mean(sums) == pytest.approx(exact, rel=0.005)
    assert np.std(sums) > 0.01 * exact


def one_logits(model, batch):
    words = batch.get("words")
    n_words = 15 if words is None else len(words)
    places = tf.stack([batch["documents"], batch["columns"]], axis=1)
    counts = tf.SparseTensor(places, batch["counts"], [1, n_words])
    return model.logits(counts, words)[0].numpy()


def test_only_rows_of_the_slice_move(counts):
    model = kate()
    network = TrainingNetwork(model, LOSSES["words"]())
    network.compile("sgd", jit_compile=False)
    first = batches(counts, np.array([0]), 1, sample=WordSample(np.ones(15), 2))
    (batch,) = first
    before = model.kernel.copy()
    network.train_step(batch)
    moved = (model.kernel != before).any(axis=1)
    assert set(np.flatnonzero(moved)) == set(batch["words"].numpy())
    assert len(batch["words"]) < 15


@pytest.mark.parametrize("decoder", ["exact", "sampled"])
def test_both_decoders_lower_the_loss_of_all_words(counts, decoder):
    model = KATEAutoencoder(15, 6, k=2, alpha=1.0)
    recipe = dataclasses.replace(RECIPE, decoder=decoder, epochs=30, learning_rate=0.01)
    before = reconstruction_loss(model, counts, recipe, competition=True)
    train(model, counts, recipe, verbose=False)
    after = reconstruction_loss(model, counts, recipe, competition=True)
    assert after < 0.9 * before


def test_a_penalty_counts_in_training_alone(counts):
    model = ContractiveAutoencoder(15, 6, strength=10.0)
    network = TrainingNetwork(model, LOSSES["words"]())
    network.compile("sgd", jit_compile=False)
    batch = one_batch(counts)
    plain = float(tf.reduce_mean(network(batch)))
    network.reset_metrics()
    assert float(network.test_step(batch)["loss"]) == pytest.approx(plain, rel=1e-5)
    network.reset_metrics()
    with_penalty = float(network.train_step(batch)["loss"])
    assert with_penalty > plain + 1


def test_the_mean_of_an_epoch_counts_every_document_once(counts):
    model = kate()
    network = TrainingNetwork(model, LOSSES["words"]())
    network.compile("sgd", jit_compile=False)
    data = batches(counts, ALL, 16)
    found = network.evaluate(data, verbose=0, return_dict=True)
    for name, competition in (("loss", False), ("competition_loss", True)):
        expected = reconstruction_loss(model, counts, RECIPE, competition)
        assert found[name] == pytest.approx(expected, rel=1e-5)
    network.optimizer.learning_rate = 0.0
    history = network.fit(data, verbose=0, shuffle=False).history
    expected = reconstruction_loss(model, counts, RECIPE, competition=True)
    assert history["loss"] == pytest.approx([expected], rel=1e-5)


@pytest.mark.parametrize("decoder", ["exact", "sampled"])
def test_half_precision_trains_near_single_precision(counts, decoder):
    recipe = dataclasses.replace(RECIPE, decoder=decoder)
    usual = keras.config.dtype_policy()
    losses = {}
    for policy in ("float32", "mixed_float16"):
        keras.config.set_dtype_policy(policy)
        try:
            model = KATEAutoencoder(15, 6, k=2, alpha=1.0, weighting="log-idf")
        finally:
            keras.config.set_dtype_policy(usual)
        compute_dtype = model.get_layer("tied_dense").compute_dtype
        assert compute_dtype == policy.removeprefix("mixed_")
        losses[policy] = train(model, counts, recipe, verbose=False)["loss"]
    assert losses["mixed_float16"] == pytest.approx(losses["float32"], rel=0.01)


# === Which decoder ===


def recipe(decoder, **choices):
    return dataclasses.replace(RECIPE, decoder=decoder, **choices)


def test_a_small_vocabulary_is_reconstructed_whole(counts):
    assert decoder_sample(kate(), counts, recipe("auto")) is None
    assert decoder_sample(kate(), counts, recipe("exact")) is None
    assert decoder_sample(kate(), counts, recipe("sampled")) is not None


@pytest.mark.parametrize(("n_words", "sampled"), [(6000, False), (6200, True)])
def test_a_sample_is_drawn_where_a_step_takes_less_than_a_third(n_words, sampled):
    # Each word in one document of 10 million: a batch has almost none of them, and
    # the sample of 2,000 is a third of 6,000 words.
    one = (np.ones(n_words, "float32"), (np.arange(n_words), np.arange(n_words)))
    counts = sparse.csr_array(one, shape=(10_000_000, n_words))
    model = PlainAutoencoder(n_words, 2)
    assert (decoder_sample(model, counts, recipe("auto")) is not None) == sampled


@pytest.mark.parametrize(
    "model",
    [
        lambda: DenoisingAutoencoder(15, 6),
        lambda: ContractiveAutoencoder(15, 6),
        lambda: VariationalAutoencoder(15, 6),
    ],
)
def test_what_needs_every_word_is_not_sampled(counts, model, monkeypatch):
    monkeypatch.setattr("kate_keras.training.fit.LARGEST_SHARE", 2.0)
    assert decoder_sample(kate(), counts, recipe("auto")) is not None
    assert decoder_sample(model(), counts, recipe("auto")) is None
    with pytest.raises(InputError, match="`decoder='sampled'` needs a variant with"):
        decoder_sample(model(), counts, recipe("sampled"))


def test_adadelta_is_not_sampled(counts, monkeypatch):
    monkeypatch.setattr("kate_keras.training.fit.LARGEST_SHARE", 2.0)
    choices = recipe("auto", optimizer="adadelta")
    assert decoder_sample(kate(), counts, choices) is None
    choices = recipe("sampled", optimizer="adadelta")
    with pytest.raises(InputError, match="optimizer='adadelta'"):
        decoder_sample(kate(), counts, choices)
