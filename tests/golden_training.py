"""Writes the vectors that training with seed 0 gives, for tests to compare with.

    PYTHONPATH=tests python tests/golden_training.py

A change that is meant to train otherwise writes them anew, and says so.
"""

import json
from pathlib import Path

from conftest import small_kate, themed_documents

GOLDEN = Path(__file__).parent / "golden_training.json"
# Of one recipe each: competition, tied weights and both optimisers.
TRAININGS = {
    "default": {},
    "paper": {"recipe": "paper"},
    "sampled": {"decoder": "sampled"},
}
TEXTS = ["Rocket, moon and ORBIT.", "cheese soup", "", "violin moon violin"]


def train(name):
    """Returns the vectors of `TEXTS`, float32 `(4, n_components)`."""
    texts = themed_documents(60)[0]
    model = small_kate(n_components=4, epochs=5, **TRAININGS[name]).fit(texts)
    return model.transform(TEXTS)


if __name__ == "__main__":
    golden = {name: train(name).tolist() for name in TRAININGS}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n")
