"""What the tables say of themselves: the corpus, the protocol, the tuning of peers."""

from pathlib import Path
from typing import Any

from benchmarks.quality.columns import TITLES
from benchmarks.quality.files import read_json

INTRODUCTIONS = {
    "20news": "20 Newsgroups, bydate split, headers kept, as the paper has it.",
    "20news-stripped": (
        "20 Newsgroups, bydate split, without headers, footers and quotes "
        "(scikit-learn's rules). The paper has no such figures."
    ),
    "reuters21578": (
        "Reuters-21578, ModApte split, 90 topics, several a document. The paper's "
        "figures are those of RCV1-v2, another and larger corpus of Reuters news."
    ),
    "mrd": (
        "Movie reviews (Pang and Lee, scale dataset 1.0), ratings from 0 to 1. The "
        "split has the paper's sizes but is not the paper's own."
    ),
    "effects": (
        "Effects of d, k and alpha, 20 Newsgroups with headers, V = 2,000, as in the "
        "paper's figure 5; k and alpha at d = 128. In the paper k was tuned anew for "
        "every d; ours follows the recipe's rule."
    ),
}
PROTOCOL = """
Mean ± sample standard deviation over the seeds; the best of each column in bold. All
rows but MiniLM see the same words: English stop words out, English stems, the most
frequent V of the training part. The test part chose nothing. Classifiers are logistic
regression (ratings: ridge regression), their strength chosen on a tenth of train.
Retrieval is by cosine, test documents querying the training part. Topics are the ten
strongest words of a unit, each sign a topic of its own where weights have signs, scored
on the documents of the training part (NPMI, test: on those of the test part). Those of
KATE and its relatives are the words that `kate topics` shows, chosen by weights and by
documents (see [topics](topics.md)); "by weights" has the figures of words chosen by
weights alone, and rows without figures beside those were last run when words were
chosen in other ways. Stability is the share of a topic's words that the matched topic
of another seed has too. MSCD of LSA is left out: its axes are orthogonal by
construction. Seconds are those of fitting, from counts or words in order, on one or two
cores that did other work too, so only their order of size means anything; MiniLM came
trained.
""".strip()

OUTDATED = """
† Trained or read out as was the default before: the file of the cells has its
settings.
""".strip()


def tuning(results: Path) -> str:
    """How the peers were tuned, and what was chosen."""
    path = results / "peers.json"
    if not path.is_file():
        return ""
    kept: dict[str, Any] = read_json(path)
    lines = [
        "Peers were tuned on 2,000 random documents held out of the training part of "
        "20 Newsgroups with headers (the default recipe on its latest posts, see "
        f"[recipe](recipe.md); V = {kept['n_words']:,}, "
        f"d = {kept['n_components']}, one seed), by accuracy plus precision at .02, "
        "and keep those settings on every corpus, as ours do. A read-out that is "
        "whitened is KATE's own, applied to a peer's vectors and measured from their "
        "mean. Tried, with accuracy / precision:",
        "",
    ]
    for peer, content in kept["peers"].items():
        tried = "; ".join(
            f"{_settings(trial['settings'])} → {trial['accuracy']:.3f} / "
            f"{trial['precision']:.3f}"
            for trial in content["trials"]
        )
        chosen = _settings(content["chosen"])
        lines.append(f"- {TITLES[peer]}: {tried}; chosen: **{chosen}**")
    return "\n".join(lines)


def _settings(settings: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())
