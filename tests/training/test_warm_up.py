"""When units begin to compete, what is kept of it, and the learning rate meanwhile."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from kate_keras.models import (
    KATEAutoencoder,
    KSparseAutoencoder,
    OneLayerAutoencoder,
    PlainAutoencoder,
)
from kate_keras.training import RECIPES, best_epoch, train
from kate_keras.training.callbacks import BestWeights, CompetitionLoss

# Two epochs of rest, two of competition.
RECIPE = dataclasses.replace(
    RECIPES["default"], epochs=4, warm_up=0.5, batch_size=16, min_steps=1
)
NETWORKS = {
    "kate": (
        lambda: KATEAutoencoder(15, 6, k=2, alpha=1.0, input_dropout=0.5),
        lambda: PlainAutoencoder(15, 6, "tanh", input_dropout=0.5),
    ),
    "k-sparse": (
        lambda: KSparseAutoencoder(15, 6, k=2, input_dropout=0.5),
        lambda: OneLayerAutoencoder(15, 6, "linear", input_dropout=0.5),
    ),
}


def kate(**options):
    return KATEAutoencoder(15, 6, **{"k": 2, "alpha": 1.0, **options})


@pytest.fixture
def epochs(monkeypatch):
    """The weights at the end of every epoch of what is trained from here on."""
    seen = []
    keep = BestWeights.on_epoch_end

    def record(self, epoch, logs):
        seen.append(self.model.get_weights())
        keep(self, epoch, logs)

    monkeypatch.setattr(BestWeights, "on_epoch_end", record)
    return seen


@pytest.fixture
def losses(monkeypatch):
    """A list that says what the monitored loss is, epoch by epoch."""
    script = []

    def write(self, epoch, logs):
        logs["val_competition_loss"] = float(script[epoch])

    monkeypatch.setattr(CompetitionLoss, "on_epoch_end", write)
    return script


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


# === Rest, then competition ===


@pytest.mark.parametrize("name", NETWORKS)
def test_units_rest_in_the_first_epochs_and_compete_in_the_others(name, counts, epochs):
    competing, free = NETWORKS[name]
    train(competing(), counts, RECIPE, verbose=False)
    train(free(), counts, RECIPE, verbose=False)
    assert len(epochs) == 8
    equal = [same(epochs[i], epochs[4 + i]) for i in range(4)]
    assert equal == [True, True, False, False]


def test_without_a_warm_up_they_compete_from_the_first_step_on(counts, epochs):
    at_once = dataclasses.replace(RECIPE, warm_up=0.0, epochs=1)
    train(kate(), counts, at_once, verbose=False)
    train(PlainAutoencoder(15, 6, "tanh"), counts, at_once, verbose=False)
    assert not same(*epochs)


def test_a_warm_up_of_less_than_an_epoch_is_none(counts, epochs):
    for warm_up in (0.0, 0.999):
        recipe = dataclasses.replace(RECIPE, warm_up=warm_up, epochs=1)
        train(kate(), counts, recipe, verbose=False)
    assert same(*epochs)


@pytest.mark.parametrize("stop", [None, KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_nobody_rests_after_training(stop, epoch, counts, monkeypatch):
    def end(self, now, logs):
        if now == epoch and stop is not None:
            raise stop
        keep(self, now, logs)

    keep = BestWeights.on_epoch_end
    monkeypatch.setattr(BestWeights, "on_epoch_end", end)
    model = kate()
    # Ctrl-C passes on where there is nothing to keep yet, an error always.
    if stop is RuntimeError or (stop is KeyboardInterrupt and epoch == 0):
        with pytest.raises(stop):
            train(model, counts, RECIPE, verbose=False)
    else:
        train(model, counts, RECIPE, verbose=False)
    assert model.competition().resting is False
    words = counts.toarray()
    survivors = model.competition()(model.code(words), training=True).numpy()
    assert (survivors != 0).sum(axis=1).max() == 2


# === What is kept ===


@pytest.mark.parametrize(
    ("start", "losses", "kept"),
    [
        (0, [2, 1, 3], 1),
        (0, [1, 1, 1], 0),
        (2, [1, 2, 9, 8, 10], 3),
        (2, [1, 2, 8, 9], 2),
        (2, [3, 1], 1),
        (2, [1, 3], 0),
    ],
)
def test_the_best_epoch_is_one_of_competition_once_there_was_one(start, losses, kept):
    best, model = BestWeights(start), SimpleNamespace()
    best.set_model(model)
    for epoch, loss in enumerate(losses):
        model.get_weights = lambda epoch=epoch: [epoch]
        best.on_epoch_end(epoch, {"val_competition_loss": loss})
    assert (best.epoch, best.weights, best.best) == (kept, [kept], losses[kept])
    # `best_epoch` finds the same one in the history; 2 of 4 epochs are the warm-up.
    recipe = dataclasses.replace(RECIPE, warm_up=0.5 if start else 0.0)
    assert best_epoch({"val_competition_loss": losses}, kate(), recipe) == kept


def test_the_best_epoch_of_what_never_competes_is_any(counts, losses, epochs):
    losses += [1, 2, 9, 8]
    model = PlainAutoencoder(15, 6, "tanh")
    assert best_epoch({"val_competition_loss": losses}, model, RECIPE) == 0


def test_a_loss_that_ended_training_is_not_the_best():
    history = {"val_competition_loss": [1, 2, 9, float("nan")]}
    assert best_epoch(history, kate(), RECIPE) == 2


def test_training_leaves_the_best_weights_of_the_competition(counts, losses, epochs):
    losses += [1, 2, 8, 9]
    model = kate()
    train(model, counts, RECIPE, verbose=False)
    assert [same(model.get_weights(), weights) for weights in epochs] == [
        False,
        False,
        True,
        False,
    ]


def test_ctrl_c_in_the_warm_up_keeps_its_best_weights(counts, losses, monkeypatch):
    def interrupt(self, epoch, logs):
        if epoch == 2:
            raise KeyboardInterrupt
        seen.append(self.model.get_weights())
        keep(self, epoch, logs)

    keep, seen = BestWeights.on_epoch_end, []
    monkeypatch.setattr(BestWeights, "on_epoch_end", interrupt)
    losses += [1, 2, 0]
    model = kate()
    recipe = dataclasses.replace(RECIPE, warm_up=0.75)
    train(model, counts, recipe, verbose=False)
    assert [same(model.get_weights(), weights) for weights in seen] == [True, False]


# === When it stops, and its learning rate ===


@pytest.mark.parametrize(("warm_up", "n_epochs"), [(0.0, 3), (0.5, 8), (0.9, 10)])
def test_only_epochs_of_competition_lose_patience(warm_up, n_epochs, counts, losses):
    # The loss only rises: two epochs after the first that counts, patience is lost.
    losses += range(1, 11)
    choices = {"warm_up": warm_up, "epochs": 10, "patience": 2}
    recipe = dataclasses.replace(RECIPE, **choices)
    history = train(kate(), counts, recipe, verbose=False)
    assert len(history["loss"]) == n_epochs


def test_the_cosine_falls_over_all_epochs_to_a_fiftieth(counts):
    recipe = dataclasses.replace(RECIPE, learning_rate=0.1)
    history = train(kate(), counts, recipe, verbose=False)
    # 0.1 (0.02 + 0.98 (1 + cos(pi e / 4)) / 2) with cosines 1, 0.707107, 0, -0.707107.
    expected = [0.1, 0.0856482, 0.051, 0.0163518]
    assert history["learning_rate"] == pytest.approx(expected, rel=1e-4)


def test_the_plateau_drops_to_a_fifth_after_three_epochs(counts, losses):
    losses += [1] * 10
    recipe = dataclasses.replace(RECIPES["paper"], epochs=10)
    history = train(kate(), counts, recipe, verbose=False)
    # Epochs 1, 2 and 3 are no better than epoch 0; 5 is the fifth and last.
    assert history["learning_rate"] == pytest.approx([2, 2, 2, 2, 0.4, 0.4])
    assert len(history["loss"]) == 6
