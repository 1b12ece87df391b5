"""What a document costs the worker that cuts batches, measured.

    python -m benchmarks.scale.reading RESULTS

writes `reading.json`. Every worker cuts the whole global batch, so this is what more
workers do not shorten. Seconds are the processor's, so that others who work on the same
cores hardly disturb.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.files import write_json
from benchmarks.speed.synthetic import zipf_counts
from kate_keras.text.count_input import document_frequency

N_DOCUMENTS, N_WORDS = 40_000, 200_000
BATCHES = (100, 1_600)


def measure_reading(n_documents: int, n_words: int) -> dict[str, Any]:
    """Measures the processor's seconds for a document by the size of the batch."""
    from kate_keras.training.batches import Passes, batches
    from kate_keras.training.word_sample import WordSample

    counts = zipf_counts(n_documents, n_words)
    sample = WordSample(document_frequency(counts))
    rows = []
    for size in BATCHES:
        dataset = batches(
            counts, np.arange(n_documents), size, sample=sample, passes=Passes(0)
        )
        for _ in dataset.take(2):
            pass
        start = time.process_time()
        for _ in dataset:
            pass
        seconds = time.process_time() - start
        rows.append({"batch": size, "seconds_per_document": seconds / n_documents})
    return {"documents": n_documents, "n_words": n_words, "rows": rows}


def main(arguments: list[str] | None = None) -> int:
    from benchmarks.speed.__main__ import machine

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    options = parser.parse_args(arguments)
    found = measure_reading(N_DOCUMENTS, N_WORDS)
    write_json(
        options.results / "reading.json", {"machine": machine(), **found}, indent=1
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
