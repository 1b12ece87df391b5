"""The figures of `kate update` as text, in sections."""

from collections.abc import Iterator
from typing import Any

Figures = dict[str, Any]
# What a topic keeps of its twenty words to count as the same.
KEPT = 0.75
SHOWN = 5


def update_text(figures: Figures) -> str:
    """Lays out figures; what was not measured is said.

    Args:
        figures: The object that `kate update --json` prints.

    Returns:
        Sections of lines, an empty line between them.
    """
    sections = (_summary, _unknown, _word_drift, _topic_drift, _comparisons, _topics)
    return "\n\n".join("\n".join(section(figures)) for section in sections)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _summary(figures: Figures) -> Iterator[str]:
    again = figures["learned_again"]
    old = f" and {again:,} old ones again" if again else ""
    yield f"# {figures['model']} updated to {figures['updated']}"
    yield ""
    yield (
        f"Learned from {figures['learned']:,} of {figures['new_documents']:,} new "
        f"documents{old}; {figures['epochs']} epochs, the best kept "
        f"({figures['best_epoch']})."
    )
    yield f"Fingerprint {figures['parent'][:12]}… became {figures['fingerprint'][:12]}…"
    yield "Indexes of the old model refuse the new one's vectors; index anew for it."
    yield ""
    yield from _verdict(figures)


def _verdict(figures: Figures) -> Iterator[str]:
    """The facts to decide by, a line each."""
    yield "In short:"
    for part in figures["comparisons"]:
        change, error = part["loss_change"], part["loss_change_error"]
        if error is None or abs(change) <= 2 * error:
            said = "reconstruction is the same within its error"
        else:
            better = "better" if change < 0 else "worse"
            share = abs(change) / part["loss"][0]
            said = f"reconstruction is {better} by {_percent(share)}"
        labels = part["labels"]
        if labels is not None:
            name, title = _decided(labels)
            old, new = labels[name]
            error = _accuracy_error(labels)
            spread = "" if error is None else f" (each ± {error:.3f})"
            said += f", {title} {old:.3f} became {new:.3f}{spread}"
            said += f", precision at 10 {labels['precision_at_10'][0]:.3f} became "
            said += f"{labels['precision_at_10'][1]:.3f}"
        yield f"- {part['name']}{_by_heart(part)}: {said}."
    matches = figures["topics"]["matches"]
    kept = sum(match["overlap"] >= KEPT for match in matches)
    yield (
        f"- {kept} of {len(matches)} topics keep at least three quarters of their "
        "words."
    )
    found = figures["unknown_words"]
    yield (
        f"- {_percent(found['unknown'] / found['words'])} of the new documents' words "
        "are unknown to both models."
    )


def _by_heart(part: Figures) -> str:
    """Warns of documents that the old model reconstructs because it learned them."""
    return " (which the old model had learned from)" if part["learned_before"] else ""


def _decided(labels: dict[str, Any]) -> tuple[str, str]:
    if labels["accuracy"][0] is None:
        return "micro_f1", "micro F1"
    return "accuracy", "accuracy"


def _accuracy_error(labels: dict[str, Any]) -> float | None:
    """Standard error of an accuracy; `None` where there is none."""
    share = labels["accuracy"][0]
    if share is None:
        return None
    return float((share * (1 - share) / labels["classified"]) ** 0.5)


def _unknown(figures: Figures) -> Iterator[str]:
    found = figures["unknown_words"]
    share = found["unknown"] / found["words"]
    yield "## Unknown words"
    yield ""
    yield (
        f"Of the {found['words']:,} words of the new documents (stop words left out) "
        f"{_percent(share)} are not in the vocabulary, {found['distinct']:,} different "
        "ones."
    )
    fitted = found["share_when_fitted"]
    if fitted is None:
        yield "The model does not record what it was of the documents it was fitted on."
    else:
        yield f"Of the documents that the model was fitted on: {_percent(fitted)}."
    yield (
        "An update cannot learn them. Where they matter, train anew on old and new "
        "documents together."
    )
    if found["most_frequent"]:
        yield ""
        yield f"  {'unknown in most documents':30}{'documents':>10}{'times':>8}"
    for word in found["most_frequent"]:
        yield f"  {word['word']:30}{word['documents']:10,}{word['count']:8,}"


def _word_drift(figures: Figures) -> Iterator[str]:
    drift = figures["drift"]["words"]
    yield "## Drift of words"
    yield ""
    if drift is None:
        yield "Not measured: the model does not record how frequent its words were."
        return
    yield (
        f"Divergence from the learned documents {drift['divergence']:.4f} bits; "
        f"samples of this size differ by {drift['by_chance']:.4f} by chance."
    )
    for name in ("rose", "fell"):
        yield ""
        yield f"  {f'{name} most':30}{'before':>10}{'now':>8}  of documents"
        for change in drift[name]:
            before, after = (_percent(change[when]) for when in ("before", "after"))
            yield f"  {change['word']:30}{before:>10}{after:>8}"


def _topic_drift(figures: Figures) -> Iterator[str]:
    drift = figures["drift"]["topics"]
    yield "## Drift of topics"
    yield ""
    if drift is None:
        yield (
            "Not measured: the model records no activations to compare with, or none "
            "of its words is in 20 documents. Give old documents with --with."
        )
        return
    distance, chance, limit = (
        drift[name] ** 0.5 for name in ("distance", "by_chance", "limit")
    )
    yield (
        f"Mean activations have moved by {distance:.3f} standard deviations of the "
        f"{drift['documents']:,} earlier documents (root mean square over the topics); "
        f"by chance it were {chance:.3f}, and above {limit:.3f} once in twenty times."
    )
    shifts = drift["shifts"]
    order = sorted(range(len(shifts)), key=lambda i: -abs(shifts[i]))
    for i in order[:SHOWN]:
        yield ""
        yield f"  topic {i} moved by {shifts[i]:+.2f}"
        yield figures["topics"]["words"][i]


def _comparisons(figures: Figures) -> Iterator[str]:
    yield "## Old model against new"
    for part in figures["comparisons"]:
        yield ""
        yield f"{part['name']}{_by_heart(part)}: {part['documents']:,} documents"
        yield f"  {'':34}{'old':>9}{'new':>9}"
        change, error = part["loss_change"], part["loss_change_error"]
        spread = "" if error is None else f" ± {error:.2f}"
        note = f"{change:+.2f}{spread}"
        yield _row("reconstruction loss, nats", part["loss"], 2, note)
        labels = part["labels"]
        if labels is not None:
            name, title = _decided(labels)
            error = _accuracy_error(labels)
            note = "" if error is None else f"each ± {error:.3f}"
            yield _row(title, labels[name], 3, note)
            yield _row("precision at 10", labels["precision_at_10"], 3)
            yield _row("precision at 0.02", labels["precision_at_0.02"], 3)
        name = f"of the {part['neighbours']} nearest documents the same"
        yield f"  {name:43}{part['same_neighbours']:9.2f}"
        if labels is not None:
            yield (
                f"  (classified, C={labels['strength']:g}, and retrieved by "
                f"{labels['learned_from']:,} documents that the new model learned from)"
            )


def _row(name: str, pair: list[float], digits: int, note: str = "") -> str:
    values = "".join(f"{value:9.{digits}f}" for value in pair)
    return f"  {name:34}{values}  {note}".rstrip()


def _topics(figures: Figures) -> Iterator[str]:
    matches = figures["topics"]["matches"]
    yield "## Topics"
    yield ""
    moved = sum(match["index"] != match["other"] for match in matches)
    mean = sum(match["overlap"] for match in matches) / max(len(matches), 1)
    yield (
        f"On average a topic keeps {_percent(mean)} of its words; {moved} have their "
        "counterpart in another unit. Those that changed most:"
    )
    for match in matches[:SHOWN]:
        yield ""
        turned = ", flipped" if match["flipped"] else ""
        place = "" if match["index"] == match["other"] else f" -> {match['other']}"
        yield f"  topic {match['index']}{place} keeps {match['overlap']:.0%}{turned}"
        yield figures["topics"]["words"][match["index"]]
        yield f"      gained: {' '.join(match['gained']) or '-'}"
        yield f"      lost:   {' '.join(match['lost']) or '-'}"
