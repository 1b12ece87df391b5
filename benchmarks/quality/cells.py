"""What is run: a cell is a corpus, a vocabulary, dimensions, a row and a seed."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

SEEDS = (0, 1, 2)
# The middle ones first: a run that is cut short has the most telling cells.
DIMENSIONS = (128, 20, 512)
# Points of the paper's figure 5.
EFFECT_DIMENSIONS = (20, 32, 64, 128, 256, 512, 1024, 1500)
EFFECT_K = (2, 4, 6, 8, 16, 32, 64, 96, 128)
EFFECT_ALPHA = (0.0625, 0.3, 1.0, 3.0, 6.0, 9.0, 12.0)
EFFECT_ROWS = ("kate", "kate-paper")

_TRAINED: dict[str, dict[str, Any]] = {
    "kate": {},
    "kate-paper": {"recipe": "paper"},
    "kate-paper-biased": {"recipe": "paper", "output_bias": "frequencies"},
    "no-competition-paper-biased": {
        "recipe": "paper",
        "output_bias": "frequencies",
        "variant": "no-competition",
    },
    "deep": {"variant": "deep"},
    "no-amplification": {"variant": "no-amplification"},
    "no-energy": {"variant": "no-energy"},
    "no-competition": {"variant": "no-competition"},
    "k-sparse": {"variant": "k-sparse"},
    "plain": {"variant": "plain"},
    "denoising-masking": {"variant": "denoising-masking"},
    "denoising-gaussian": {"variant": "denoising-gaussian"},
    "denoising-salt-and-pepper": {"variant": "denoising-salt-and-pepper"},
    "contractive": {"variant": "contractive"},
    "variational": {"variant": "variational"},
}
# Networks whose topics are kept apart, and what they are without, by a decay that makes
# them less alike.
_UNSEPARATED = {
    f"{row}-unseparated": {**_TRAINED[row], "separation": 0.0, "weight_decay": 4.0}
    for row in ("kate", "no-amplification", "no-competition", "k-sparse")
}
# Options of `KATE` per row.
KATE_ROWS = {**_TRAINED, **_UNSEPARATED}
PEER_ROWS = ("lsa", "nmf", "lda", "word2vec", "doc2vec")
# Neither has dimensions to choose, nor a seed.
REFERENCE_ROWS = ("tf-idf", "minilm")
ROWS = (*KATE_ROWS, *PEER_ROWS, *REFERENCE_ROWS)


@dataclass(frozen=True)
class Cell:
    """One model to train and measure.

    Args:
        corpus: Key of `corpora.SOURCES`.
        n_words: Size of the vocabulary.
        n_components: Dimensions; `None` for rows that have none to choose.
        row: One of `ROWS`.
        seed: Seed of the model.
        options: Options of `KATE` beside those of the row, in order of name.
    """

    corpus: str
    n_words: int
    n_components: int | None
    row: str
    seed: int
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """What `--list` shows and `--only` is matched with.

        Example:
            >>> Cell("mrd", 2000, 128, "kate", 0, (("k", 16),)).name
            'mrd-V2000-d128-kate-k=16-seed0'
        """
        dimensions = [] if self.n_components is None else [f"d{self.n_components}"]
        chosen = [f"{name}={value:g}" for name, value in self.options]
        parts = [self.corpus, f"V{self.n_words}", *dimensions, self.row, *chosen]
        return "-".join([*parts, f"seed{self.seed}"])

    def file_name(self, settings: dict[str, Any]) -> str:
        """Name of the cell's file; other settings, another file."""
        content = json.dumps(settings, sort_keys=True).encode()
        return f"{self.name}-{hashlib.sha256(content).hexdigest()[:8]}.json"


def table_cells(
    corpus: str, sizes: tuple[int, ...], dimensions: tuple[int, ...]
) -> list[Cell]:
    """Every row on a corpus, seed by seed."""
    cells = []
    for seed in SEEDS:
        for n_words in sizes:
            for row in REFERENCE_ROWS if seed == SEEDS[0] else ():
                cells.append(Cell(corpus, n_words, None, row, seed))
            for d in dimensions:
                for row in (*KATE_ROWS, *PEER_ROWS):
                    cells.append(Cell(corpus, n_words, d, row, seed))
    return cells


def effect_cells(corpus: str, n_words: int) -> list[Cell]:
    """KATE at the points of the paper's figure 5: d, k and alpha."""
    cells = []
    for seed in SEEDS:
        for row in EFFECT_ROWS:
            cells += [Cell(corpus, n_words, d, row, seed) for d in EFFECT_DIMENSIONS]
            for name, values in (("k", EFFECT_K), ("alpha", EFFECT_ALPHA)):
                cells += [
                    Cell(corpus, n_words, 128, row, seed, ((name, value),))
                    for value in values
                ]
    return cells


# The tables, by the name of the file that keeps each.
GROUPS: dict[str, list[Cell]] = {
    "20news": table_cells("20news", (2_000, 20_000), DIMENSIONS),
    "20news-stripped": table_cells("20news-stripped", (2_000, 20_000), DIMENSIONS),
    "reuters21578": table_cells("reuters21578", (5_000,), (128, 512)),
    "mrd": table_cells("mrd", (2_000,), (128, 512)),
    "effects": effect_cells("20news", 2_000),
}


def all_cells() -> list[Cell]:
    """Every cell once, seed by seed, in the order in which they run."""
    cells = [cell for group in GROUPS.values() for cell in group]
    return sorted(dict.fromkeys(cells), key=lambda cell: cell.seed)
