import dataclasses

import numpy as np
import pytest
from scipy import sparse

from kate_keras import InputError
from kate_keras.models import ContractiveAutoencoder, KATEAutoencoder, PlainAutoencoder
from kate_keras.training import (
    RECIPES,
    fit,
    reconstruction_loss,
    reconstruction_losses,
    train,
)
from kate_keras.training.callbacks import BestWeights
from kate_keras.training.held_out import split

RECIPE = dataclasses.replace(RECIPES["default"], epochs=4, batch_size=16, min_steps=1)


def autoencoder(**options):
    return KATEAutoencoder(15, 6, **{"k": 2, "alpha": 1.0, **options})


@pytest.mark.parametrize("recipe", ["default", "paper"])
def test_both_recipes_lower_the_validation_loss_of_the_competitive_network(
    counts, recipe
):
    choices = dataclasses.replace(RECIPES[recipe], epochs=40, batch_size=4)
    history = train(autoencoder(), counts, choices, verbose=False)
    losses = history["val_competition_loss"]
    assert min(losses) < 0.9 * losses[0]
    assert set(history) == {
        *("loss", "val_loss", "val_competition_loss", "learning_rate"),
        *("winners", "units_without_wins", "share_through_alpha"),
    }


def test_the_monitored_loss_is_that_of_the_network_with_competition(counts):
    model = autoencoder(alpha=6.26)
    history = train(model, counts, RECIPE, verbose=False)
    _, validate = split(60, 0.05, 0)
    best = int(np.argmin(history["val_competition_loss"]))
    dense = reconstruction_loss(model, counts[validate], RECIPE)
    assert dense == pytest.approx(history["val_loss"][best], rel=1e-5)
    assert dense != pytest.approx(history["val_competition_loss"][best], rel=1e-2)


def test_both_reconstruction_losses_are_those_that_training_recorded(counts):
    model = autoencoder(alpha=6.26)
    history = train(model, counts, RECIPE, verbose=False)
    _, validate = split(60, 0.05, 0)
    best = int(np.argmin(history["val_competition_loss"]))
    for competition, name in ((False, "val_loss"), (True, "val_competition_loss")):
        loss = reconstruction_loss(model, counts[validate], RECIPE, competition)
        assert loss == pytest.approx(history[name][best], rel=1e-5)


def test_without_competition_there_is_one_validation_loss(counts):
    model = PlainAutoencoder(15, 6)
    history = train(model, counts, RECIPE, verbose=False)
    assert history["val_competition_loss"] == history["val_loss"]
    assert reconstruction_loss(model, counts, RECIPE, competition=True) == (
        reconstruction_loss(model, counts, RECIPE)
    )


def test_validation_leaves_penalties_out(counts):
    model = ContractiveAutoencoder(15, 6, strength=100.0)
    history = train(model, counts, RECIPE, verbose=False)
    _, validate = split(60, 0.05, 0)
    best = int(np.argmin(history["val_loss"]))
    loss = reconstruction_loss(model, counts[validate], RECIPE)
    assert loss == pytest.approx(history["val_loss"][best], rel=1e-5)
    assert history["loss"][0] > 2 * history["val_loss"][0]


@pytest.mark.parametrize("loss", ["words", "binary"])
def test_the_reconstruction_loss_is_the_mean_over_the_documents(counts, loss):
    # 60 documents in batches of 16: the last batch is smaller and must count for less.
    model = autoencoder()
    recipe = dataclasses.replace(RECIPE, loss=loss)
    parts = [reconstruction_loss(model, counts[i : i + 1], recipe) for i in range(60)]
    whole = reconstruction_loss(model, counts, recipe)
    assert whole == pytest.approx(np.mean(parts), rel=1e-5)


def test_the_reconstruction_loss_leaves_the_model_compiled_as_it_is(counts):
    model = autoencoder()
    model.compile("sgd", "mse", metrics=["mae"], jit_compile=False)
    optimizer = model.optimizer
    reconstruction_loss(model, counts, RECIPE)
    assert model.optimizer is optimizer
    assert set(model.evaluate(counts.toarray(), counts.toarray(), verbose=0,
                              return_dict=True)) == {"loss", "mae"}  # fmt: skip
    untouched = autoencoder()
    reconstruction_loss(untouched, counts, RECIPE, competition=True)
    assert not untouched.compiled


def test_the_loss_of_no_documents_is_refused(counts):
    with pytest.raises(InputError, match="at least one document"):
        reconstruction_loss(autoencoder(), counts[:0], RECIPE)


def test_the_best_weights_are_kept_not_the_last(counts, monkeypatch):
    kept = {}
    restore = BestWeights.restore

    def remember(self):
        kept.update(epoch=self.epoch, best=self.best)
        restore(self)

    monkeypatch.setattr(BestWeights, "restore", remember)
    model = autoencoder()
    choices = {"epochs": 12, "patience": 12, "schedule": "plateau"}
    wild = dataclasses.replace(RECIPE, learning_rate=0.3, **choices)
    history = train(model, counts, wild, verbose=False)
    losses = history["val_competition_loss"]
    assert kept["best"] == min(losses) < losses[-1]
    _, validate = split(60, 0.05, 0)
    now = reconstruction_loss(model, counts[validate], RECIPE, competition=True)
    assert now == pytest.approx(min(losses), rel=1e-5)


def test_it_stops_when_the_loss_no_longer_falls(counts):
    wild = dataclasses.replace(RECIPE, epochs=50, learning_rate=1.0, patience=2)
    history = train(autoencoder(), counts, wild, verbose=False)
    assert len(history["loss"]) < 50


def test_the_same_seed_gives_the_same_weights(counts):
    def weights(seed):
        model = autoencoder(input_dropout=0.5, random_state=seed)
        train(model, counts, RECIPE, random_state=seed, verbose=False)
        return np.concatenate([w.ravel() for w in model.get_weights()])

    np.testing.assert_array_equal(weights(0), weights(0))
    assert not np.array_equal(weights(0), weights(1))


def test_ctrl_c_keeps_the_best_weights_so_far(counts, monkeypatch):
    calls = []

    def interrupt(self, epoch, logs):
        calls.append(epoch)
        if epoch == 2:
            raise KeyboardInterrupt
        best(self, epoch, logs)

    best = BestWeights.on_epoch_end
    monkeypatch.setattr(BestWeights, "on_epoch_end", interrupt)
    model = autoencoder()
    before = model.get_weights()
    train(model, counts, dataclasses.replace(RECIPE, epochs=9), verbose=False)
    assert calls == [0, 1, 2]
    assert not np.array_equal(before[0], model.get_weights()[0])


def test_ctrl_c_before_the_first_epoch_has_nothing_to_keep(counts, monkeypatch):
    def interrupt(self, epoch, logs):
        raise KeyboardInterrupt

    monkeypatch.setattr(BestWeights, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(autoencoder(), counts, RECIPE, verbose=False)


def test_a_loss_that_is_not_finite_is_an_error_that_says_what_to_do(counts):
    hopeless = dataclasses.replace(RECIPE, alpha=3e38)
    with pytest.raises(InputError, match="finite loss: lower `learning_rate`"):
        train(autoencoder(alpha=3e38), counts, hopeless, verbose=False)


def test_documents_without_words_do_not_change_the_training(counts):
    empty = sparse.csr_array((5, 15), dtype="float32")
    padded = sparse.csr_array(sparse.vstack([counts, empty]))
    models = [autoencoder(), autoencoder()]
    for model, data in zip(models, (counts, padded), strict=True):
        train(model, data, RECIPE, verbose=False)
    np.testing.assert_array_equal(
        models[0].get_weights()[1], models[1].get_weights()[1]
    )


def test_progress_names_epoch_and_losses_on_stderr(counts, capsys):
    train(autoencoder(), counts, RECIPE, verbose=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "epoch 4 of at most 4" in captured.err
    assert "loss=" in captured.err
    assert "validation=" in captured.err


@pytest.mark.parametrize("n_watched", [None, 9])
def test_only_the_first_documents_are_held_out_if_that_is_asked(
    counts, n_watched, monkeypatch
):
    parts = []

    def batches(counts, documents, *args, **kwargs):
        parts.append(documents)
        return make(counts, documents, *args, **kwargs)

    make = fit.batches
    monkeypatch.setattr(fit, "batches", batches)
    recipe = dataclasses.replace(RECIPE, epochs=1)
    options = {"validation_fraction": 0.4, "n_watched": n_watched, "verbose": False}
    train(autoencoder(), counts, recipe, **options)
    learn, watch = parts
    assert sorted([*learn, *watch]) == list(range(60))
    assert len(watch) == (24 if n_watched is None else 4)
    assert max(watch) < (n_watched or 60)


def test_the_loss_is_the_mean_of_the_documents_losses(counts):
    model = autoencoder()
    losses = reconstruction_losses(model, counts, RECIPE, competition=True)
    assert losses.shape == (60,)
    mean = reconstruction_loss(model, counts, RECIPE, competition=True)
    assert mean == pytest.approx(losses.mean())
    own = reconstruction_loss(model, counts[7:8], RECIPE, competition=True)
    assert own == pytest.approx(losses[7], rel=1e-5)
