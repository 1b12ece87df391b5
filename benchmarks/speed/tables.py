"""The measurements as one page of tables."""

import statistics
from typing import Any

from benchmarks.quality.table import line

Row = dict[str, Any]
NAMES = {
    "default": "KATE",
    "kate": "KATE, TensorFlow",
    "light": "KATE, light reader",
    "tfidf-svd": "TfidfVectorizer and TruncatedSVD",
    "hashing-product": "HashingVectorizer and a random projection",
    "minilm": "all-MiniLM-L6-v2",
    "textbook": "textbook Keras",
    "lda": "LDA",
    "nmf": "NMF",
    "gensim-lda": "LDA of gensim",
    "lsa": "LSA",
}
# Of operations in a column of the table of a step.
MOST_KINDS = 8
# Beside KATE in the table of epochs.
PEERS = ("textbook", "lda", "nmf", "gensim-lda")


def render(results: dict[str, Any]) -> str:
    """Returns the page.

    Args:
        results: Rows per section, and `machine`.
    """
    parts = [
        "# Time and memory\n\nPrinted by `python -m benchmarks.speed DATA -o RESULTS`: "
        f"{results['machine']}. Seconds vary with the machine; the ratios are of one "
        "run. Peaks are those of the whole process, of which Python and TensorFlow are "
        "about 600 MiB."
    ]
    for name, section in TABLES.items():
        if name in results:
            parts.append(section(results[name]))
    return "\n\n".join(parts) + "\n"


def _training(rows: list[Row]) -> str:
    by_place = {(r["n_words"], r["n_components"], r["name"]): r for r in rows}
    places = dict.fromkeys((r["n_words"], r["n_components"]) for r in rows)
    lines = []
    for n_words, d in places:

        def seconds(name: str, at: tuple[int, int] = (n_words, d)) -> float | None:
            found = by_place.get((*at, name), {})
            return found.get("seconds")

        sampled, exact, floor = map(seconds, ("sampled", "exact", "floor"))
        peak = by_place.get((n_words, d, "sampled"), {}).get("peak_mib")
        cells = [
            f"{n_words:,}",
            str(d),
            _seconds(sampled),
            _seconds(exact),
            _ratio(exact, sampled),
            _seconds(floor),
            _ratio(exact, floor),
            _mib(peak),
            *(_seconds(seconds(name)) for name in PEERS),
        ]
        lines.append(line(cells))
    head = ["V", "d", "sampled", "exact", "exact / sampled", "floor", "exact / floor"]
    head += ["peak MiB", *(NAMES[name] for name in PEERS)]
    text = (
        "## Training\n\nSeconds of an epoch over 11,314 documents of about 100 "
        "distinct words (counts drawn by Zipf's law); median of five. The floor is the "
        "five matrix products of a dense step alone. Textbook: dense rows, stock "
        "layers, loss and Adam. LDA: a pass, of scikit-learn's online LDA and of "
        "gensim's; NMF: an iteration. The peak is that of training with the sampled "
        "decoder."
    )
    return _section(text, head, lines)


def _ratios(rows: list[Row]) -> str:
    lines = []
    for r in rows:
        if not r["seconds"]:
            continue
        ratios = [one / other for one, other in r["seconds"]]
        medians = [
            statistics.median(times) for times in zip(*r["seconds"], strict=True)
        ]
        cells = [
            *(f"{name}, V = {n_words:,}" for name, n_words in r["pair"]),
            *map(_seconds, medians),
            f"{statistics.median(ratios):.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
        ]
        lines.append(line(cells))
    head = ["", "against", "seconds", "seconds", "ratio", "from, to"]
    text = (
        "## Epochs against each other\n\nAs above, d = 128, each pair in turns, every "
        "epoch's median of five in a process of its own; then the median over the "
        "turns, and the least and the greatest ratio of a turn."
    )
    return _section(text, head, lines)


def _race(rows: list[Row]) -> str:
    lines = [
        line(
            [
                NAMES[r["name"]],
                str(r["passes"]),
                _seconds(r["seconds"]),
                f"{r['accuracy']:.3f}",
                f"{r['precision']:.3f}",
            ]
        )
        for r in rows
        if "seconds" in r
    ]
    head = ["", "passes", "seconds", "accuracy", "P@.02"]
    text = (
        "## Quality by seconds of training\n\nFrom counts to a trained model, V = "
        "20,000, d = 128, one seed; measured on the latest 18 % of every group's "
        "training posts of 20 Newsgroups, which were held out. KATE's seconds include "
        "compiling; its rate falls to nothing over whatever number of passes it is "
        "given. Peers have the settings that tuning chose for the quality tables, "
        "gensim's LDA its own."
    )
    return _section(text, head, lines)


def _growth(rows: list[Row]) -> str:
    lines = [
        line(
            [
                f"{r['n_documents']:,}",
                _seconds(r.get("seconds")),
                _seconds(1e5 * r["seconds"] / r["n_documents"])
                if "seconds" in r
                else "",
                _seconds(r.get("other_seconds")),
                _mib(r.get("peak_mib")),
                _mib(r.get("peak_anonymous_mib")),
            ]
        )
        for r in rows
    ]
    head = [
        "documents",
        "seconds of an epoch",
        "per 100,000 documents",
        "seconds of all else",
        "peak MiB",
        "of it not pages of files",
    ]
    text = (
        "## Growth\n\n`KATE.fit` on texts, one a line of a file; V = 200,000, d = 128, "
        "the automatic choice of the decoder. All else: counting, the vocabulary, "
        "validation, the read-out. Pages of files, such as TensorFlow's own code, are "
        "dropped by the system when memory is short."
    )
    return _section(text, head, lines)


def _competition(rows: list[Row]) -> str:
    lines = [
        line(
            [
                f"{r['units']:,}",
                f"{1e3 * r['seconds']:.2f}",
                f"{1e3 * r['tanh_seconds']:.2f}",
            ]
        )
        for r in rows
    ]
    head = ["units", "competition, ms", "tanh, ms"]
    text = (
        "## The competition\n\nForward and back for 100 documents, k a quarter of the "
        "units; a tanh in its place."
    )
    return _section(text, head, lines)


def _step(rows: list[Row]) -> str:
    rows = [r for r in rows if "operations" in r]
    total = [sum(r["operations"].values()) for r in rows]
    kinds = {kind for r in rows for kind in list(r["operations"])[:MOST_KINDS]}
    ordered = sorted(kinds, key=lambda k: -max(r["operations"].get(k, 0) for r in rows))
    lines = [line(["all", *(f"{ms:.2f}" for ms in total)])]
    for kind in ordered:
        cells = (r["operations"].get(kind, 0.0) for r in rows)
        lines.append(line([kind, *(f"{ms:.2f}" for ms in cells)]))
    head = ["", *(f"V = {r['n_words']:,}, {r['name']}" for r in rows)]
    words = ", ".join(f"{r['slice']:,.0f}" for r in rows if r["slice"] != r["n_words"])
    text = (
        "## A step by operation\n\nMilliseconds of a training step for 100 documents, "
        "d = 128, on one core, by TensorFlow's type of operation, without what lies "
        f"between them; words of the sampled step: {words}."
    )
    return _section(text, head, lines)


def _encoding(rows: list[Row]) -> str:
    batches = list(dict.fromkeys(r["batch"] for r in rows))
    lines = []
    for name in dict.fromkeys(r["name"] for r in rows):
        own = {r["batch"]: r for r in rows if r["name"] == name}
        cells = [
            f"{own[batch]['documents']:,.0f}"
            if "documents" in own.get(batch, {})
            else ""
            for batch in batches
        ]
        largest = own[max(own)]
        speed = f"{largest['megabytes']:.1f}" if "megabytes" in largest else ""
        lines.append(line([NAMES[name], *cells, speed]))
    head = ["", *(f"{b:,} a call" for b in batches), "MB/s"]
    text = (
        "## Encoding\n\nDocuments per second from the raw text of 20 Newsgroups' test "
        "posts (1.8 kB on average), V = 20,000, d = 128, by texts per call."
    )
    return _section(text, head, lines)


def _start(rows: list[Row]) -> str:
    lines = [
        line([NAMES[r["name"]], _seconds(r["seconds"]), _mib(r["peak_mib"])])
        for r in rows
    ]
    head = ["", "seconds", "peak MiB"]
    text = (
        "## Start\n\nFrom the start of the process to the end after one vector; median "
        "of five."
    )
    return _section(text, head, lines)


def _section(text: str, head: list[str], lines: list[str]) -> str:
    return "\n".join([text, "", line(head), "|---" * len(head) + "|", *lines])


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _mib(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _ratio(one: float | None, other: float | None) -> str:
    return "" if one is None or other is None else f"{one / other:.1f}"


TABLES = {
    "training": _training,
    "ratios": _ratios,
    "race": _race,
    "growth": _growth,
    "competition": _competition,
    "step": _step,
    "encoding": _encoding,
    "start": _start,
}
