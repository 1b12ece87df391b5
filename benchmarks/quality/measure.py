"""The figures of a fitted model."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.quality.corpora import Prepared
from benchmarks.quality.fitted import Fitted
from kate_keras.analysis import (
    evaluate,
    evaluate_ratings,
    npmi,
    read_word_pairs,
    topic_quality,
    word_similarity,
)


def figures(corpus: Prepared, fitted: Fitted, pairs: Path | None) -> dict[str, Any]:
    """Measures vectors, topics and words, whichever the model has.

    Args:
        corpus: The corpus it was trained on.
        fitted: Its vectors, topics and word vectors.
        pairs: Folder of word pairs with human scores; `None`, words are not measured.

    Returns:
        Figures as JSON types.
    """
    found: dict[str, Any] = {}
    train, test = corpus.train, corpus.test
    if train.labels[0]:
        found |= evaluate(
            fitted.train, train.labels, fitted.test, test.labels, lengths=test.lengths
        ).to_json()
    else:
        found["r2"] = evaluate_ratings(
            fitted.train, train.ratings, fitted.test, test.ratings
        )
    if fitted.topics is not None:
        quality = topic_quality(fitted.topics, train.counts, fitted.kernel)
        unseen = float(npmi(fitted.topics, test.counts).mean())
        found["topics"] = {**asdict(quality), "npmi_test": unseen}
    if fitted.topics_by_weights is not None:
        by_weights = asdict(topic_quality(fitted.topics_by_weights, train.counts))
        # The kernel has one MSCD, however its words are chosen.
        del by_weights["mscd"]
        found["topics_by_weights"] = by_weights
    if fitted.word_vectors is not None and pairs is not None:
        found["words"] = {
            path.stem: asdict(
                word_similarity(
                    fitted.word_vectors, corpus.vocabulary, read_word_pairs(path)
                )
            )
            for path in sorted(pairs.glob("*.tsv"))
        }
    return found
