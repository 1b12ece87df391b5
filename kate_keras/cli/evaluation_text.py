"""The figures of `kate evaluate` as text, in sections."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

Figures = dict[str, Any]


def evaluation_text(figures: Figures) -> str:
    """Lays out figures; what was not measured is left out or said.

    Args:
        figures: The object that `kate evaluate --json` prints.

    Returns:
        Sections of lines, an empty line between them.
    """
    sections = (
        _read,
        _classification,
        _ratings,
        _retrieval,
        _topics,
        _units,
        _reconstruction,
        _words,
        _stability,
    )
    texts = ["\n".join(section(figures)) for section in sections]
    return "\n\n".join(text for text in texts if text)


def _line(name: str, value: float | None, note: str = "") -> str:
    shown = "    -" if value is None else f"{value:.3f}"
    return f"  {name:26}{shown:>8}  {note}".rstrip()


def _read(figures: Figures) -> Iterator[str]:
    yield "Documents"
    for part, read in figures["read"].items():
        yield (
            f"  {part:26}{read['documents']:>8,}  of which {read['empty']:,} empty; "
            f"{read['skipped']:,} skipped"
        )


def _classification(figures: Figures) -> Iterator[str]:
    if figures["strength"] is None:
        return
    yield (
        f"Classification by logistic regression, {figures['n_train']} training and "
        f"{figures['n_test']} test documents, C={figures['strength']:g}"
    )
    if figures["accuracy"] is not None:
        yield _line("accuracy", figures["accuracy"])
    yield _line("macro F1", figures["macro_f1"])
    yield _line("micro F1", figures["micro_f1"])


def _ratings(figures: Figures) -> Iterator[str]:
    if figures["r_squared"] is not None:
        yield "Ratings by ridge regression"
        yield _line("R squared", figures["r_squared"])


def _retrieval(figures: Figures) -> Iterator[str]:
    if figures["precision"] is None:
        return
    yield "Retrieval: test documents as queries to the training documents"
    for fraction, value in figures["precision"].items():
        yield _line(f"precision at {fraction}", value, "of the training documents")
    yield _line("precision at 10", figures["precision_at_10"], "documents")
    yield _line("mean average precision", figures["mean_average_precision"])
    bins = figures["precision_by_length"]
    fractions = list(bins[0]["precision"])
    columns = "".join(f"{f'at {fraction}':>10}" for fraction in fractions)
    yield f"  by known words of a query{columns}   queries"
    lowest = 0
    for length_bin in bins:
        below = length_bin["below"]
        name = f"from {lowest}" if below is None else f"under {below}"
        values = "".join(f"{p:10.3f}" for p in length_bin["precision"].values())
        yield f"    {name:23}{values}{length_bin['n_queries']:10}"
        lowest = below


def _topics(figures: Figures) -> Iterator[str]:
    yield (
        f"Topics: {figures['n_topics']} signs of units with "
        f"{figures['words_per_topic']} words each; reference corpus "
        f"{figures['reference']}"
    )
    yield _line("NPMI coherence", figures["npmi"])
    yield _line("C_v coherence", figures["c_v"])
    yield _line("diversity", figures["diversity"], "distinct words")
    yield _line("inverted RBO", figures["inverted_rbo"])
    yield _line("MSCD", figures["mscd"], "lower is more distinct")


def _units(figures: Figures) -> Iterator[str]:
    yield f"Units on {figures['train']}"
    yield _line("dead units", figures["dead_units"])
    note = "" if figures["saturation"] is not None else "not measured: not tanh alone"
    yield _line("saturated activations", figures["saturation"], note)


def _reconstruction(figures: Figures) -> Iterator[str]:
    yield f"Reconstruction loss on {figures['test']}, nats a document"
    yield _line("without competition", figures["reconstruction_loss"])
    yield _line("with competition", figures["reconstruction_loss_with_competition"])


def _words(figures: Figures) -> Iterator[str]:
    if figures["word_similarity"]:
        yield "Word similarity: Spearman's correlation of cosine and people's score"
    for path, found in figures["word_similarity"].items():
        note = f"{found['n_pairs']} pairs, {found['n_left_out']} left out"
        yield _line(Path(path).name, found["spearman"], note)


def _stability(figures: Figures) -> Iterator[str]:
    if figures["stability"] is not None:
        yield f"Stability against {figures['stability']['against']}"
        yield _line("overlap of topics", figures["stability"]["overlap"])
