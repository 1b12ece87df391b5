"""What a model learns from: words, counts, and facts of the corpus."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from kate_keras.errors import InputError
from kate_keras.text import Vocabulary
from kate_keras.text.chosen_words import choice_of
from kate_keras.text.count_blocks import store_rows
from kate_keras.text.count_input import (
    as_counts,
    column_names,
    document_frequency,
    is_counts,
)
from kate_keras.text.counts import MOST_IN_FORMS, spool_forms
from kate_keras.text.counts_folder import CountsFolder
from kate_keras.text.stored_counts import Counts, blocks
from kate_keras.text.word_choice import choose_words
from kate_keras.training.batches import documents_with_words


class TrainingCorpus(NamedTuple):
    """A corpus that was read.

    Attributes:
        kind: What the documents were, `"texts"` or `"counts"`.
        vocabulary: The words that were chosen, or the columns.
        counts: Counts of these, float32 `(n_documents, vocabulary_size)`.
        n_words: Words in all, known or not.
    """

    kind: str
    vocabulary: Vocabulary
    counts: Counts
    n_words: float


def read_training_corpus(documents: Any, options: Mapping[str, Any]) -> TrainingCorpus:
    """Reads documents, and chooses the words to learn from texts.

    Args:
        documents: Texts, counts or a folder of counts, as for `KATE.fit`.
        options: Options of `KATE` by name.

    Raises:
        InputError: If there are no documents, or they are none of these; or if the
            words of a folder were chosen by other options.
    """
    if isinstance(documents, CountsFolder):
        _require_options(documents, options)
        vocabulary, n_words = documents.vocabulary, documents.n_words
        return TrainingCorpus("texts", vocabulary, documents.counts, n_words)
    if is_counts(documents):
        counts = as_counts(documents)
        vocabulary = Vocabulary.from_words(column_names(documents))
        frequency = document_frequency(counts)
        vocabulary = vocabulary.seen_in(frequency, counts.shape[0])
        return TrainingCorpus("counts", vocabulary, counts, n_known_words(counts))
    with spool_forms(documents, MOST_IN_FORMS) as surface:
        if not surface.n_documents:
            raise InputError(
                "The corpus has no documents. Received: an empty iterable."
            )
        chosen = choose_words(surface, store_rows, **choice_of(options))
    return TrainingCorpus("texts", *chosen)


def _require_options(folder: CountsFolder, options: Mapping[str, Any]) -> None:
    """Refuses options that would have chosen other words than a folder has."""
    now, before = choice_of(options), choice_of(folder.options)
    differences = [
        f"{name} was {then!r:.80}, is {now[name]!r:.80} now"
        for name, then in before.items()
        if now[name] != then
    ]
    if differences:
        raise InputError(
            f"The words of {folder.path} were chosen by other options: "
            f"{'; '.join(differences)}. Leave these options out, or count anew."
        )


def require_learnable(counts: Counts, n_components: int) -> None:
    """Refuses what cannot be learned from.

    Args:
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        n_components: Number of topics.

    Raises:
        InputError: If there are fewer words than components, or fewer than 2 documents
            with words.
    """
    n_documents, n_words = counts.shape
    with_words = len(documents_with_words(counts))
    if n_words < n_components:
        raise InputError(
            f"The vocabulary has {n_words} words, fewer than n_components="
            f"{n_components}. Lower `n_components`, lower `min_df`, raise "
            "`max_features` or bring more text."
        )
    if with_words < 2:
        raise InputError(
            "Training needs at least 2 documents with words of the vocabulary, one of "
            f"them for validation. Received: {n_documents} documents, {with_words} of "
            "them with words."
        )


def corpus_facts(
    counts: Counts, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Returns the facts of a corpus for the manifest.

    Args:
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        before: Facts of documents that were learned earlier, to be counted in.
    """
    earlier = before or {}
    n_documents = earlier.get("documents", 0)
    entries = n_documents * earlier.get("distinct_words_per_document", 0.0)
    total = n_documents + counts.shape[0]
    without = counts.shape[0] - len(documents_with_words(counts))
    return {
        **earlier,
        "documents": total,
        "documents_without_words": earlier.get("documents_without_words", 0) + without,
        "known_words": earlier.get("known_words", 0.0) + n_known_words(counts),
        "distinct_words_per_document": (entries + counts.nnz) / total,
    }


def n_known_words(counts: Counts) -> float:
    """Returns how many known words documents have in all."""
    return float(sum(block.data.sum(dtype=np.float64) for block in blocks(counts)))
