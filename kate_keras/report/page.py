"""The page: what a model is, what it learned, and how good it is."""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from sklearn.model_selection import train_test_split

from kate_keras import analysis, plots
from kate_keras.errors import InputError
from kate_keras.estimator import KATE
from kate_keras.report.examples import examples
from kate_keras.text import Document, count_words

TEMPLATE = Path(__file__).with_name("page.html")
# Points of the map; t-SNE takes ten seconds for them.
MOST_POINTS = 2000
FEWEST_FOR_TSNE = 50
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Part:
    """Documents with their vectors.

    Args:
        documents: The documents.
        counts: Their word counts, sparse `(n_documents, vocabulary_size)`.
        vectors: Their vectors, `(n_documents, n_components)`.
    """

    documents: Sequence[Document]
    counts: Any
    vectors: np.ndarray


def make_report(
    model: KATE,
    name: str,
    documents: Sequence[Document] | None = None,
    n_words: int = 10,
    random_state: int = 0,
) -> str:
    """Writes a model down as one HTML page that needs no network.

    Args:
        model: Fitted model of one layer or more.
        name: Its name.
        documents: Documents to show it by: examples of every topic, a map, the
            coherence of the topics and, if they have labels, how well vectors tell
            them; `None`, the model alone.
        n_words: Words per topic and sign.
        random_state: Seed of the map and of the split.

    Returns:
        The page, to be written to a file as UTF-8.

    Raises:
        InputError: If the model was fitted on counts, or there are no documents.
    """
    model.require_texts()
    template, part = _template(), _encoded(model, documents)
    return str(
        template.render(
            name=name,
            model=model,
            autoencoder=model.autoencoder_,
            topics=_topics(model, part, n_words),
            words_of_documents=_words_of_a_document(model),
            training=_picture(
                "training", lambda ax: plots.plot_training(model.history_, ax=ax), 7, 4
            ),
            similarity=_picture(
                "similarity",
                lambda ax: plots.plot_topic_similarity(
                    model.autoencoder_.kernel, ax=ax
                ),
                8,
                7,
            ),
            map=None if part is None else _map(part, random_state),
            documents=documents,
            topic_quality=None
            if part is None
            else _topic_quality(model, part, n_words),
            evaluation=None if part is None else _evaluation(part, random_state),
            dead_units=None
            if part is None
            else analysis.dead_units(model.activations(part.counts)),
        )
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))


def _encoded(model: KATE, documents: Sequence[Document] | None) -> Part | None:
    if documents is None:
        return None
    if not documents:
        raise InputError("A report needs documents, or none at all. Received: []")
    counts = count_words((d.text for d in documents), model.vocabulary_)
    return Part(documents, counts, model.transform(counts))


def _topics(model: KATE, part: Part | None, n_words: int) -> list[dict[str, Any]]:
    rows = []
    ids = [] if part is None else [document.id for document in part.documents]
    texts = [] if part is None else [document.text for document in part.documents]
    directions = None if part is None else _directions(part)
    for topic in model.topics(n_words):
        strongest = max(
            (abs(value) for _, value in (*topic.positive, *topic.negative)), default=1.0
        )
        rows.append(
            {
                "index": topic.index,
                "signs": [
                    [(word, abs(value) / strongest) for word, value in sign]
                    for sign in (topic.positive, topic.negative)
                ],
                "ends": None
                if directions is None
                else examples(directions, ids, texts, topic.index),
            }
        )
    return rows


def _directions(part: Part) -> np.ndarray:
    """Vectors of length 1, or the longest documents would be at every end.

    Those of documents without a known word say nothing, so they are zero.
    """
    lengths = np.linalg.norm(part.vectors, axis=1, keepdims=True)
    known = (np.diff(part.counts.indptr) > 0)[:, None] & (lengths > 0)
    directions: np.ndarray = np.where(known, part.vectors, 0) / np.where(
        known, lengths, 1
    )
    return directions


def _words_of_a_document(model: KATE) -> float:
    corpus = model.corpus_
    return float(corpus["known_words"]) / max(int(corpus["documents"]), 1)


def _picture(name: str, draw: Callable[[Any], Any], width: float, height: float) -> str:
    """The address of a plot that is held in the address itself, as SVG."""
    figure = Figure(figsize=(width, height), layout="constrained")
    draw(figure.subplots())
    drawn = io.BytesIO()
    # The same ids every time.
    with rc_context({"svg.hashsalt": name}):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def _map(part: Part, random_state: int) -> str | None:
    """The documents on a plane, those with a known word, a sample of them if many."""
    rows = np.flatnonzero(np.diff(part.counts.indptr))
    if len(rows) > MOST_POINTS:
        draw = np.random.default_rng(random_state)
        rows = np.sort(draw.choice(rows, MOST_POINTS, replace=False))
    if len(rows) < 4:
        return None
    method = "tsne" if len(rows) >= FEWEST_FOR_TSNE else "pca"
    points = plots.project(part.vectors[rows], method, random_state)
    shown = [part.documents[i] for i in rows.tolist()]
    return plots.documents_html(
        points,
        [document.text for document in shown],
        [", ".join(document.labels) or "no label" for document in shown],
    )


def _topic_quality(model: KATE, part: Part, n_words: int) -> dict[str, Any] | None:
    ids = model.topic_word_ids(n_words)
    # One word has no pairs that could come together.
    if n_words < 2 or not len(ids):
        return None
    kernel = model.autoencoder_.kernel
    return analysis.topic_quality(ids, part.counts, kernel).to_json()


def _evaluation(part: Part, random_state: int) -> analysis.Evaluation | None:
    """How well vectors tell labels: a fifth of the documents ask, the others answer."""
    labels = [document.labels for document in part.documents]
    rows = np.flatnonzero([bool(row) for row in labels])
    if len({label for row in labels for label in row}) < 2 or len(rows) < 10:
        return None
    train, test = train_test_split(
        rows, test_size=TEST_SHARE, random_state=random_state
    )
    if len({label for i in train for label in labels[i]}) < 2:
        return None
    return analysis.evaluate(
        part.vectors[train],
        [labels[i] for i in train],
        part.vectors[test],
        [labels[i] for i in test],
        random_state,
    )
