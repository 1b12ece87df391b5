"""The page of tables."""

from typing import Any

from benchmarks.quality.table import line


def page(found: dict[str, Any]) -> str:
    """Writes what was found, section by section."""
    lines = [
        "# Search and the explorer",
        "",
        "Printed by `python -m benchmarks.search DATA -o RESULTS`: "
        f"{found['machine']}. V = 20,000, d = 128. Seconds vary with the machine; "
        "ratios are of one run.",
    ]
    for section, write in (
        ("queries", _queries),
        ("growth", _growth),
        ("kills", _kills),
        ("page", _page),
    ):
        if section in found:
            lines += ["", *write(found[section])]
    return "\n".join(lines) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [line(head), "|---" * len(head) + "|", *map(line, rows)]


def _queries(rows: list[dict[str, Any]]) -> list[str]:
    return [
        "## Searches of few words",
        "",
        "Known words drawn from every tenth training post of 20 Newsgroups, which the "
        "model never saw, search the other nine tenths: the share of the 10 nearest "
        "that are of the same group. Default: by the model's vectors, which are "
        "measured from the empty text, as `DocumentIndex.search` and `POST /similar` "
        "do. From the mean: by the same activations measured from the training mean.",
        "",
        *_table(
            ["known words", "default", "from the mean"],
            [
                [
                    f"all, {row['words']:.0f} at the median"
                    if row["whole"]
                    else f"{row['words']}",
                    f"{row['default']:.3f}",
                    f"{row['from_mean']:.3f}",
                ]
                for row in rows
            ],
        ),
    ]


def _growth(rows: list[dict[str, Any]]) -> list[str]:
    return [
        "## Growth",
        "",
        "Documents of 90 words, 70 drawn from a training post and 20 from another. "
        "Making: the light reader encodes and the index is written, one process; then "
        "search and map are made ready. The queries are 200 test posts; the median of "
        "a search, for 10 documents with their snippets. Recall it tells: what the "
        "index measured itself when it was made, and `kate index` prints. The "
        "product: one of NumPy over all vectors in memory, without snippets.",
        "",
        *_table(
            ["documents", "encode and write, s", "make ready, s", "peak MiB",
             "bytes a document", "search", "recall at 10", "recall it tells",
             "query, ms", "every vector, ms", "product, ms",
             "add 1,000, s"],
            [
                [
                    f"{row['documents']:,}",
                    f"{row['encode_and_write']:.1f}",
                    f"{row['prepare']:.1f}",
                    f"{row['peak_mib']:,.0f}",
                    f"{row['bytes_per_document']:,.0f}",
                    f"{row['probes']} parts" if row["probes"] else "exact",
                    f"{row['recall']:.3f}",
                    f"{row['recall_told']:.3f}",
                    f"{1e3 * row['index']:.1f}",
                    f"{1e3 * row['exact']:.1f}",
                    f"{1e3 * row['product']:.1f}",
                    f"{row['add_again']:.1f}",
                ]
                for row in rows
            ],
        ),
    ]  # fmt: skip


def _kills(row: dict[str, Any]) -> list[str]:
    return [
        "## kill -9",
        "",
        f"In {row['rounds']} rounds the writer of {row['documents']:,} documents was "
        "killed twice at a random moment, started anew, and run to the end: "
        f"{row['kills']} kills, {row['finishing']} of them while search and map were "
        f"made ready. Documents that had been reported and were lost: {row['lost']}. "
        "Indices whose documents, vectors or places were not, to the last bit, those "
        f"of a writer that was left alone: {row['different']}.",
    ]


def _page(rows: list[dict[str, Any]]) -> list[str]:
    return [
        "## The explorer with 100,000 documents",
        "",
        "Headless Chromium without a GPU on the same cores as the service. Time until "
        "the map is drawn and can be used, from the start of the navigation; frames a "
        "second by the median of the gaps while all points move, and the gap that 95 % "
        "of them keep within.",
        "",
        *_table(
            ["screen", "pixels per point", "usable after, s", "pan, frames/s",
             "95 %, ms", "zoom, frames/s", "95 %, ms"],
            [
                [
                    row["screen"],
                    f"{row['ratio']}",
                    f"{row['interactive']:.2f}",
                    f"{row['pan']:.0f}",
                    f"{row['pan_slowest']:.0f}",
                    f"{row['zoom']:.0f}",
                    f"{row['zoom_slowest']:.0f}",
                ]
                for row in rows
            ],
        ),
    ]  # fmt: skip
