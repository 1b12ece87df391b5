"""From a cell to its settings and to a fitted model."""

import time
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.quality.cells import KATE_ROWS, Cell
from benchmarks.quality.corpora import Prepared
from benchmarks.quality.fitted import Fitted
from benchmarks.quality.peers import NEEDS, PEERS, TOPIC_WORDS
from benchmarks.quality.records import Record, rounded
from kate_keras import KATE
from kate_keras.analysis import topic_word_ids
from kate_keras.layers.read_out import (
    PLAIN_SHRINKAGE,
    WHITENING_MODES,
    gram_shrinkage,
)
from kate_keras.models import VARIANTS
from kate_keras.training.held_out import MOST_HELD_OUT
from kate_keras.training.recipes import Recipe
from kate_keras.training.scaling import DECAY_DOCUMENTS
from kate_keras.training.word_sample import SAMPLE_SIZE

Chosen = dict[str, dict[str, Any]]
# What the words of topics are chosen by.
READ = {"topic_words": "sqrt(s) (W L^2)^(1/3)"}
# Parts of a recipe that are told by what they make, and only where they make anything.
TOLD = (
    "k_share",
    "fewest_winners",
    "unit_bias",
    "decay_share",
    "bias_decay",
    "separation",
)


def missing(cell: Cell, *, vectors: bool) -> str | None:
    """Says why a cell cannot run here, if it cannot.

    Args:
        cell: The cell.
        vectors: Whether the corpus has sentence vectors.
    """
    needed = NEEDS.get(cell.row)
    if needed and find_spec(needed) is None:
        return f"{cell.row} needs {needed}, which is not installed"
    if cell.row == "minilm" and not vectors:
        return f"minilm on {cell.corpus} needs the vectors that minilm.py makes"
    return None


def settings(cell: Cell, chosen: Chosen) -> dict[str, Any]:
    """Everything that decides a cell's figures beside the corpus, as JSON types.

    For KATE these are its options and what the recipe makes of them, so that a change
    of the recipe makes a cell new.

    Args:
        cell: The cell.
        chosen: Settings that tuning chose, per peer.
    """
    if cell.row not in KATE_ROWS:
        return chosen.get(cell.row, {})
    model = _kate(cell)
    options = model.get_params()
    del options["verbose"]
    recipe = model._recipe()
    k = model.k or recipe.k(VARIANTS[model.variant].width * model.n_components)
    decay = recipe.weight_decay_for(cell.n_words, model.n_components, n_documents=1)
    separation = recipe.separation_for(cell.n_words, model.n_components)
    choices = asdict(recipe)
    for name in TOLD:
        del choices[name]
    return {
        "options": options,
        "recipe": choices,
        "k": k,
        "alpha": recipe.alpha_for(k),
        "learning_rate": recipe.learning_rate_for(cell.n_words),
        # That of a small corpus.
        "weight_decay": decay,
        **(_decaying(model, recipe) if decay else {}),
        **({"separation": separation} if separation else {}),
        **({"unit_bias": recipe.unit_bias} if recipe.unit_bias else {}),
        "sample_size": SAMPLE_SIZE,
        "most_held_out": MOST_HELD_OUT,
        **_whitened(model, recipe),
        **READ,
    }


def _decaying(model: KATE, recipe: Recipe) -> dict[str, Any]:
    """From how many documents on decay falls, and what biases decay by, if at all."""
    documents = {"decay_documents": DECAY_DOCUMENTS}
    share = recipe.bias_decay_for(model.n_components)
    return {**documents, "bias_decay": share} if share else documents


def _whitened(model: KATE, recipe: Recipe) -> dict[str, Any]:
    """What whitened vectors are measured from, and by."""
    plain = {"shrinkage": PLAIN_SHRINKAGE}
    if recipe.read_out not in WHITENING_MODES:
        return plain
    origin = {"origin": "text without words"}
    if VARIANTS[model.variant].reads_logits:
        shrinkage = gram_shrinkage(model.n_components)
        return {**origin, "gram_power": 1.0, "shrinkage": shrinkage}
    return {**origin, **plain}


def outdated(record: Record) -> bool:
    """Tells whether a kept cell was trained by settings that its row no longer has.

    Peers keep the settings that tuning chose. How the words of topics are chosen is
    told by the columns that have figures, and no part of the training.
    """
    if record["row"] not in KATE_ROWS:
        return False
    place = (record[name] for name in ("corpus", "n_words", "n_components", "row"))
    cell = Cell(*place, record["seed"], tuple(sorted(record["options"].items())))
    now, then = rounded(settings(cell, {})), record["settings"]
    # Kept for all, and of no effect where nothing competes.
    unused = {"k", "alpha"} - {*VARIANTS[_kate(cell).variant].options}
    return any(
        now.get(name) != then.get(name)
        for name in {*now, *then} - {"corpus", "options", *READ, *unused}
    )


def fit(cell: Cell, corpus: Prepared, chosen: Chosen) -> Fitted:
    """Trains a cell's model on the training part and encodes both parts."""
    if cell.row in KATE_ROWS:
        return _fit_kate(cell, corpus)
    if cell.row == "minilm":
        assert corpus.vectors is not None  # noqa: S101
        return Fitted(*corpus.vectors)
    return PEERS[cell.row](corpus, cell.n_components, cell.seed, **chosen[cell.row])


def _kate(cell: Cell) -> KATE:
    assert cell.n_components is not None  # noqa: S101
    return KATE(
        cell.n_components,
        random_state=cell.seed,
        verbose=False,
        **KATE_ROWS[cell.row],
        **dict(cell.options),
    )


def _fit_kate(cell: Cell, corpus: Prepared) -> Fitted:
    model = _kate(cell)
    start = time.perf_counter()
    train = model.fit_transform(corpus.train.counts)
    fit_seconds = time.perf_counter() - start
    start = time.perf_counter()
    test = model.transform(corpus.test.counts)
    test_seconds = time.perf_counter() - start
    kernel = np.asarray(model.autoencoder_.kernel)
    by_weights = topic_word_ids(kernel, corpus.vocabulary.spread(), TOPIC_WORDS)
    return Fitted(
        train,
        test,
        fit_seconds,
        test_seconds,
        topics=model.topic_word_ids(TOPIC_WORDS).tolist() or None,
        topics_by_weights=by_weights.tolist() or None,
        kernel=kernel,
        word_vectors=kernel,
        facts={
            "epochs": len(model.history_["loss"]),
            "fingerprint": model.fingerprint_,
        },
    )
