"""How a trained model should go on learning, on posts held out of the training part.

Two cases of 20 Newsgroups without headers, the test part never read. `later`: learned
are the earlier 70 % of every group, new are the later 30 %. `unseen groups`: learned
are 15 groups, new are 5 others. A part of both is held out, of the old at random or, as
in the second case, the latest. All rows of a case see the same documents; they differ
in what the update does. The first rows are the old model as it is, and what
`KATE.partial_fit` does; then one choice of it is changed at a time. Last come updates
that learn the old documents again, and trainings from nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from benchmarks.quality.columns import Column
from benchmarks.quality.corpora import read_documents
from benchmarks.quality.records import mean_and_sd
from benchmarks.quality.table import best_of, line, show
from kate_keras import KATE
from kate_keras.analysis import measure_retrieval
from kate_keras.analysis.linear_probe import to_unit_scale
from kate_keras.artifact import Signatures, encode_counts
from kate_keras.models import Autoencoder
from kate_keras.text import Document, count_words
from kate_keras.text.count_input import document_frequency
from kate_keras.training import (
    Recipe,
    adapt_read_out,
    continue_training,
    reconstruction_loss,
    update_recipe,
)
from kate_keras.training.continuation import (
    RATE_SHARE,
    RATE_SHARE_WITH_OLD,
    reseeded,
)

INTRODUCTION = """\
## Learning on

20 Newsgroups without headers (V = 20,000, d = 128), on documents held out of the
training part. `update` is `KATE.partial_fit` and `with old documents` the same with
`old`; the rows beside them change one choice. Accuracy is that of logistic regression
on the vectors of old and new documents, P@.02 the share of the nearest 2 % of them that
are of the query's group, loss the reconstruction's with competition, in nats."""
UNSEEN = (
    "alt.atheism",
    "comp.windows.x",
    "rec.sport.hockey",
    "sci.space",
    "talk.politics.guns",
)
PARTS = ("old", "new", "old held out", "new held out")
Corpora = dict[str, list[Document]]
COLUMNS = [
    Column("accuracy, old", ("old", "accuracy")),
    Column("accuracy, new", ("new", "accuracy")),
    Column("P@.02, old", ("old", "precision")),
    Column("P@.02, new", ("new", "precision")),
    Column("loss, old", ("old", "loss"), 1, min),
    Column("loss, new", ("new", "loss"), 1, min),
    Column("seconds", ("seconds",), 0, None),
]


class Change(NamedTuple):
    """What an update does otherwise than `KATE.partial_fit`.

    Attributes:
        rate: Step size as a share of the recipe's.
        epochs: Most passes; `None`, as there.
        with_old: Whether the old documents are learned again.
        adapted: Documents whose activations the read-out is fitted to; `None`, none:
            its axes stay.
        kept: Share of the old weights in the mean that is taken of both in the end.
        bias: Whether the decoder's bias starts from the words' frequencies in the old
            and the new documents together.
    """

    rate: float = RATE_SHARE
    epochs: int | None = None
    with_old: bool = False
    adapted: str | None = None
    kept: float = 0.0
    bias: bool = False


CHANGES = {
    "update": Change(),
    "rate .05": Change(rate=0.05),
    "rate .3": Change(rate=0.3),
    "rate 1": Change(rate=1.0),
    "30 epochs": Change(epochs=30),
    "mean of old and new weights, rate .3": Change(rate=0.3, kept=0.5),
    "bias from frequencies": Change(bias=True),
    "read-out of the new documents": Change(adapted="new"),
    "read-out of both": Change(adapted="both"),
    "with old documents": Change(rate=RATE_SHARE_WITH_OLD, with_old=True),
    "with old documents, rate .1": Change(with_old=True),
    "with old documents, rate 1": Change(rate=1.0, with_old=True),
    "with old documents, rate .1, read-out of both": Change(
        with_old=True, adapted="both"
    ),
}
TITLES = ("old model", *CHANGES, "trained anew, same words", "trained anew")


def cases(documents: list[Document]) -> dict[str, Corpora]:
    """Splits posts whose `id` is `group/number` in both ways."""
    groups: dict[str, list[Document]] = {}
    for document in sorted(documents, key=lambda d: int(d.id.split("/")[1])):
        groups.setdefault(document.id.split("/")[0], []).append(document)
    generator = np.random.default_rng(0)
    later: Corpora = {part: [] for part in PARTS}
    unseen: Corpora = {part: [] for part in PARTS}
    for group, posts in groups.items():
        border = round(0.7 * len(posts))
        for own, which, share in (
            (posts[:border], "old", 1 / 7),
            (posts[border:], "new", 1 / 3),
        ):
            order = generator.permutation(len(own))
            n = round(share * len(own))
            later[f"{which} held out"] += [own[i] for i in order[:n]]
            later[which] += [own[i] for i in order[n:]]
        which, border = "new" if group in UNSEEN else "old", round(0.82 * len(posts))
        unseen[which] += posts[:border]
        unseen[f"{which} held out"] += posts[border:]
    return {"later": later, "unseen groups": unseen}


def measure_updates(
    data: Path,
    work: Path,  # noqa: ARG001
    seeds: Sequence[int] = (0, 1),
) -> list[dict[str, Any]]:
    """Trains, updates and measures in both cases.

    Args:
        data: Folder of the corpora.
        work: Folder to work in; nothing is written.
        seeds: A run for each.

    Returns:
        A record per case, seed and row.
    """
    documents, _ = read_documents(data, "20news-stripped")
    return [
        {"case": case, "seed": seed, **record}
        for case, corpora in cases(documents).items()
        for seed in seeds
        for record in measure_case(corpora, KATE(random_state=seed, verbose=False))
    ]


def measure_case(
    corpora: Corpora, model: KATE, names: Sequence[str] = TITLES
) -> Iterator[dict[str, Any]]:
    """Yields the records of a case.

    Args:
        corpora: Documents of each of `PARTS`.
        model: The estimator, which is fitted.
        names: Rows wanted; the old model is always the first.
    """
    labels = {part: [d.labels for d in corpora[part]] for part in PARTS}
    texts = {part: [d.text for d in corpora[part]] for part in PARTS}
    start = perf_counter()
    model.fit(texts["old"])
    seconds = perf_counter() - start
    counts = {part: count_words(texts[part], model.vocabulary_) for part in PARTS}
    old = model.autoencoder_

    def record(row: str, autoencoder: Autoencoder, seconds: float) -> dict[str, Any]:
        loss = None if row == TITLES[-1] else model.recipe_
        return {
            "row": row,
            "seconds": seconds,
            **_figures(autoencoder, counts, labels, loss),
        }

    yield record("old model", old, seconds)
    for name, change in CHANGES.items():
        if name in names:
            start = perf_counter()
            updated = _update(old, counts, change, model)
            yield record(name, updated, perf_counter() - start)
    both = sparse.csr_array(sparse.vstack([counts["old"], counts["new"]]))
    for name, corpus in (
        ("trained anew, same words", both),
        ("trained anew", texts["old"] + texts["new"]),
    ):
        if name in names:
            start = perf_counter()
            model.fit(corpus)
            seconds = perf_counter() - start
            if model.input_ == "texts":
                counts = {
                    part: count_words(texts[part], model.vocabulary_) for part in PARTS
                }
            yield record(name, model.autoencoder_, seconds)


def _update(
    old: Autoencoder, counts: dict[str, sparse.csr_array], change: Change, model: KATE
) -> Autoencoder:
    recipe = update_recipe(model.recipe_, old.vocabulary_size, change.epochs)
    rate = recipe.learning_rate * change.rate / RATE_SHARE
    learned = counts["new"]
    both = sparse.csr_array(sparse.vstack([counts["new"], counts["old"]]))
    start = old
    if change.bias:
        start = reseeded(old, 0)
        bias = start.get_layer("tied_dense").reverse_bias
        now, before = (
            np.log((document_frequency(part) + 0.05) / part.shape[0])
            for part in (both, counts["old"])
        )
        bias.assign(bias.numpy() + now - before)
    updated, _ = continue_training(
        start,
        both if change.with_old else learned,
        replace(recipe, learning_rate=rate),
        n_new=learned.shape[0],
        random_state=1 + int(model.random_state or 0),
        verbose=False,
    )
    if change.kept:
        pairs = zip(updated.network_weights(), old.network_weights(), strict=True)
        for own, before in pairs:
            own.assign((1 - change.kept) * own + change.kept * before)
    if change.adapted is not None:
        adapt_read_out(updated, both if change.adapted == "both" else learned)
    return updated


def _figures(
    autoencoder: Autoencoder,
    counts: dict[str, sparse.csr_array],
    labels: dict[str, list[tuple[str, ...]]],
    recipe: Recipe | None,
) -> dict[str, Any]:
    """Figures of both held-out parts; losses of other words do not compare: `None`."""
    vectors = {
        part: encode_counts(Signatures(autoencoder, None), counts[part])
        for part in PARTS
    }
    base = np.concatenate([vectors["old"], vectors["new"]])
    names = [*labels["old"], *labels["new"]]
    scaled, _ = to_unit_scale(base, base)
    scale = float(np.linalg.norm(base) / np.linalg.norm(scaled))
    # One strength for all rows, that which most of them choose.
    classifier = LogisticRegression(C=0.1, max_iter=2000)
    with threadpool_limits(1, user_api="blas"):
        classifier.fit(scaled, [row[0] for row in names])
    found: dict[str, Any] = {}
    for which in ("old", "new"):
        part = f"{which} held out"
        own, truth = vectors[part], labels[part]
        near = measure_retrieval(own, truth, base, names, fractions=[0.02])
        found[which] = {
            "accuracy": classifier.score(own / scale, [row[0] for row in truth]),
            "precision": near.precision[0.02],
        }
        if recipe is not None:
            loss = reconstruction_loss(autoencoder, counts[part], recipe, True)
            found[which]["loss"] = loss
    return found


def render_updates(records: list[dict[str, Any]]) -> str:
    """Returns a table per case, means over the seeds."""
    n_seeds = len({record["seed"] for record in records})
    sections = [f"{INTRODUCTION}\n\nSeeds, whose mean is given: {n_seeds}."]
    for case in dict.fromkeys(record["case"] for record in records):
        here = [record for record in records if record["case"] == case]
        rows = {
            title: [_mean(here, title, column) for column in COLUMNS]
            for title in TITLES
            if any(record["row"] == title for record in here)
        }
        best = [
            best_of(column, [figures[j] for figures in rows.values()])
            for j, column in enumerate(COLUMNS)
        ]
        lines = [
            line(["", *(column.title for column in COLUMNS)]),
            "|---" * (len(COLUMNS) + 1) + "|",
        ]
        for title, figures in rows.items():
            shown = [
                show(figure, column, bold)
                for figure, column, bold in zip(figures, COLUMNS, best, strict=True)
            ]
            lines.append(line([title, *shown]))
        sections.append(f"### New documents: {case}\n\n" + "\n".join(lines))
    return "\n\n".join(sections) + "\n"


def _mean(
    records: list[dict[str, Any]], title: str, column: Column
) -> tuple[float, None] | None:
    own = [record for record in records if record["row"] == title]
    found = mean_and_sd(own, column.path)
    return None if found is None else (found[0], None)
