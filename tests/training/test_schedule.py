"""What training keeps, when it stops, and the learning rate meanwhile."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from kate_keras.models import KATEAutoencoder, PlainAutoencoder
from kate_keras.training import RECIPES, best_epoch, train
from kate_keras.training.callbacks import BestWeights
from kate_keras.training.network import TrainingNetwork

RECIPE = dataclasses.replace(RECIPES["default"], epochs=4, batch_size=16, min_steps=1)


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
    script, epochs = [], iter(range(100))

    def evaluate(self, *args, **kwargs):
        loss = float(script[next(epochs)])
        return {"loss": loss, "competition_loss": loss}

    monkeypatch.setattr(TrainingNetwork, "evaluate", evaluate)
    return script


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_units_compete_from_the_first_step_on(counts, epochs):
    recipe = dataclasses.replace(RECIPE, epochs=1)
    train(kate(), counts, recipe, verbose=False)
    train(PlainAutoencoder(15, 6, "tanh"), counts, recipe, verbose=False)
    assert not same(*epochs)


# === What is kept ===


@pytest.mark.parametrize(
    ("losses", "kept"), [([2, 1, 3], 1), ([1, 1, 1], 0), ([3, 1], 1), ([1, 3], 0)]
)
def test_the_first_epoch_of_the_lowest_loss_is_the_best(losses, kept):
    best, model = BestWeights(), SimpleNamespace()
    best.set_model(model)
    for epoch, loss in enumerate(losses):
        model.get_weights = lambda epoch=epoch: [epoch]
        best.on_epoch_end(epoch, {"val_competition_loss": loss})
    assert (best.epoch, best.weights, best.best) == (kept, [kept], losses[kept])
    assert best_epoch({"val_competition_loss": losses}) == kept


def test_a_loss_that_ended_training_is_not_the_best():
    assert best_epoch({"val_competition_loss": [9, 2, 8, float("nan")]}) == 1


def test_training_leaves_the_best_weights(counts, losses, epochs):
    losses += [3, 2, 1, 9]
    model = kate()
    train(model, counts, RECIPE, verbose=False)
    assert [same(model.get_weights(), weights) for weights in epochs] == [
        False,
        False,
        True,
        False,
    ]


def test_ctrl_c_keeps_the_best_weights_so_far(counts, losses, monkeypatch):
    def interrupt(self, epoch, logs):
        if epoch == 2:
            raise KeyboardInterrupt
        seen.append(self.model.get_weights())
        keep(self, epoch, logs)

    keep, seen = BestWeights.on_epoch_end, []
    monkeypatch.setattr(BestWeights, "on_epoch_end", interrupt)
    losses += [1, 2, 0]
    model = kate()
    train(model, counts, RECIPE, verbose=False)
    assert [same(model.get_weights(), weights) for weights in seen] == [True, False]


def test_ctrl_c_in_the_first_epoch_passes_on(counts, monkeypatch):
    def interrupt(self, epoch, logs):
        raise KeyboardInterrupt

    monkeypatch.setattr(BestWeights, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(kate(), counts, RECIPE, verbose=False)


# === When it stops, and its learning rate ===


@pytest.mark.parametrize(("patience", "n_epochs"), [(1, 2), (2, 3), (9, 10), (10, 10)])
def test_training_stops_when_patience_is_lost(patience, n_epochs, counts, losses):
    losses += range(1, 11)
    recipe = dataclasses.replace(RECIPE, epochs=10, patience=patience)
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
