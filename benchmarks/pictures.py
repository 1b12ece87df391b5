"""Draws what a model of 20 Newsgroups looks like, PNG files.

    python -m benchmarks.pictures DATA -o docs/pictures

DATA is the folder of `benchmarks.quality`. The posts are without headers, footers and
quotes; the documents shown are of the test part.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from benchmarks.quality.corpora import read_documents
from kate_keras import KATE, plots
from kate_keras.text import Document

# As many topics as there are groups can be shown on one page.
N_COMPONENTS, MAX_FEATURES = 20, 10_000
# Chosen by eye, as of different groups.
TOPICS = (7, 12, 16)
# A map of more documents is a blot, and takes minutes.
N_SHOWN = 2_500
WORDS = ("orbit", "windows", "engine", "jesus")
# Characters of a post that fills a picture of a few lines.
POST_LENGTH = 500
DPI = 100


class Reader(NamedTuple):
    """A trained model and documents that it has not seen."""

    model: KATE
    documents: list[Document]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pictures",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, help="folder of the corpora")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    options = parser.parse_args(arguments)
    train, test = read_documents(options.data, "20news-stripped")
    model = KATE(N_COMPONENTS, max_features=MAX_FEATURES, min_df=5)
    reader = Reader(model.fit(d.text for d in train), _some(test))
    options.output.mkdir(parents=True, exist_ok=True)
    for name, picture in PICTURES.items():
        # Without the version of matplotlib in it, the same model, the same file.
        path = options.output / f"{name}.png"
        picture(reader).savefig(path, dpi=DPI, metadata={"Software": None})
        print(path)
    return 0


def topics(reader: Reader) -> Figure:
    """A few topics, side by side."""
    listed = reader.model.topics(n_words=7)
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    for index, ax in zip(TOPICS, figure.subplots(1, len(TOPICS)), strict=True):
        plots.plot_topic(listed[index], ax=ax)
        ax.set_xlabel("influence")
    return figure


def topic_words(reader: Reader) -> Figure:
    """All topics by their two strongest words."""
    figure = Figure(figsize=(7, 6), layout="constrained")
    listed = reader.model.topics(n_words=len(reader.model.vocabulary_))
    plots.plot_topic_words(listed, n_words=2, ax=figure.subplots())
    return figure


def documents(reader: Reader) -> Figure:
    """Documents by t-SNE, coloured by group."""
    shown = [d for d in reader.documents if d.text.strip()]
    vectors = reader.model.transform([d.text for d in shown])
    figure = Figure(figsize=(8.5, 5.6), layout="constrained")
    plots.plot_documents(
        plots.project(vectors, "tsne"),
        [d.labels[0] for d in shown],
        ax=figure.subplots(),
    )
    return figure


def neighbours(reader: Reader) -> Figure:
    """Nearest words of a few."""
    model = reader.model
    figure = Figure(figsize=(4.5, 5), layout="constrained")
    found = {w: model.similar_words(w, 5) for w in WORDS if w in model.vocabulary_}
    plots.plot_neighbours(found, ax=figure.subplots())
    return figure


def highlights(reader: Reader) -> Figure:
    """A post about space by what its words add to its most active topic."""
    posts = [d.text.strip() for d in reader.documents if "space" in d.labels[0]]
    post = min(posts, key=lambda text: abs(len(text) - POST_LENGTH))
    figure = Figure(figsize=(7.5, 2.1), layout="constrained")
    plots.plot_highlights(
        reader.model.explain(post),
        post,
        reader.model.vocabulary_,
        ax=figure.subplots(),
    )
    return figure


def _some(documents: list[Document]) -> list[Document]:
    order = np.random.default_rng(0).permutation(len(documents))
    return [documents[i] for i in np.sort(order[:N_SHOWN])]


PICTURES: dict[str, Callable[[Reader], Figure]] = {
    "topics": topics,
    "topic-words": topic_words,
    "documents": documents,
    "neighbours": neighbours,
    "highlights": highlights,
}


if __name__ == "__main__":
    sys.exit(main())
