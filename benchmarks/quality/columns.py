"""Names of the rows, and the figures that stand in the tables' columns."""

from collections.abc import Callable
from dataclasses import dataclass

TITLES = {
    "kate": "KATE, default",
    "kate-paper": "KATE, paper's recipe",
    "kate-paper-biased": "KATE, paper's recipe, frequency bias",
    "no-competition-paper-biased": "no competition, paper's recipe, frequency bias",
    "deep": "KATE, deep",
    "no-amplification": "KATE, no amplification",
    "no-energy": "KATE, no energy",
    "no-competition": "KATE, no competition",
    "k-sparse": "k-sparse autoencoder",
    "plain": "autoencoder",
    "denoising-masking": "denoising, masking",
    "denoising-gaussian": "denoising, Gaussian",
    "denoising-salt-and-pepper": "denoising, salt and pepper",
    "contractive": "contractive autoencoder",
    "variational": "variational autoencoder",
    "kate-unseparated": "KATE, not kept apart",
    "no-amplification-unseparated": "KATE, no amplification, not kept apart",
    "no-competition-unseparated": "KATE, no competition, not kept apart",
    "k-sparse-unseparated": "k-sparse autoencoder, not kept apart",
    "lsa": "LSA",
    "nmf": "NMF",
    "lda": "LDA",
    "word2vec": "Word2Vec, averaged",
    "doc2vec": "Doc2Vec, DBOW",
    "tf-idf": "TF-IDF, linear model (ceiling)",
    "minilm": "MiniLM (pre-trained, 384 d)",
}


@dataclass(frozen=True)
class Column:
    """One figure of a table.

    Args:
        title: Heading.
        path: Keys of the figure in a cell.
        digits: Digits after the point.
        best: `max`, `min`, or `None` where none is best.
    """

    title: str
    path: tuple[str, ...]
    digits: int = 3
    best: Callable[..., float] | None = max


ACCURACY = Column("accuracy", ("figures", "accuracy"))
MACRO = Column("macro-F1", ("figures", "macro_f1"))
MICRO = Column("micro-F1", ("figures", "micro_f1"))
R2 = Column("R²", ("figures", "r2"))
RETRIEVAL = (
    Column("P@.001", ("figures", "precision", "0.001")),
    Column("P@.02", ("figures", "precision", "0.02")),
    Column("P@10", ("figures", "precision_at_10")),
    Column("MAP", ("figures", "mean_average_precision")),
)
MSCD = Column("MSCD", ("figures", "topics", "mscd"), best=min)
TOPICS = (
    Column("NPMI", ("figures", "topics", "npmi")),
    Column("NPMI, test", ("figures", "topics", "npmi_test")),
    Column("C_v", ("figures", "topics", "c_v")),
    Column("diversity", ("figures", "topics", "diversity")),
    Column("I-RBO", ("figures", "topics", "inverted_rbo")),
    MSCD,
    Column("stability", ("stability",)),
    Column("NPMI by weights", ("figures", "topics_by_weights", "npmi")),
    Column("diversity by weights", ("figures", "topics_by_weights", "diversity")),
)
SECONDS = Column("seconds", ("fit_seconds",), 1, None)
TASKS = {
    "20news": (ACCURACY, *RETRIEVAL),
    "20news-stripped": (ACCURACY, *RETRIEVAL),
    "reuters21578": (MACRO, MICRO, *RETRIEVAL),
    "mrd": (R2,),
}
