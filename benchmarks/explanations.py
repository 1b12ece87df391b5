"""Checks explanations on real documents, and what random weights do to them.

    python -m benchmarks.explanations DATA -o RESULTS

DATA is the folder with the folder 20news. A model is trained on its training posts; a
thousand test posts are explained.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.quality.files import write_text
from benchmarks.quality.table import line
from benchmarks.speed.__main__ import machine
from benchmarks.speed.encoding import read_texts
from kate_keras import KATE
from kate_keras.analysis import DocumentNetwork
from kate_keras.analysis.attribution import (
    RULES,
    Target,
    similarity_target,
    topic_target,
    word_target,
)
from kate_keras.analysis.sanity_check import randomized_agreement

N_DOCUMENTS, N_WORDS, N_COMPONENTS, SEEDS = 1000, 20_000, 128, 3
CHECKED = 200


def exactness(model: KATE, texts: list[str]) -> float:
    """Largest distance of shares and bias from the pre-activation."""
    worst = 0.0
    for text in texts:
        for topic in model.explain(text, n_topics=5).topics:
            total = topic.bias + sum(share for _, share in topic.words)
            worst = max(worst, abs(total - topic.pre_activation))
    return worst


def completeness(model: KATE, texts: list[str]) -> Iterator[tuple[str, list[float]]]:
    """Errors of integrated gradients, by what is explained."""
    strongest = [model.explain(text, n_topics=1).topics[0].index for text in texts]
    yield (
        "the most active topic",
        [
            model.attribute(text, topic=topic).completeness_error
            for text, topic in zip(texts, strongest, strict=True)
        ],
    )
    yield (
        "the logit of “space”",
        [model.attribute(text, word="space").completeness_error for text in texts],
    )
    yield (
        "the similarity to the next document",
        [
            model.attribute(a, similar_to=b).completeness_error
            for a, b in zip(texts, [*texts[1:], texts[0]], strict=True)
        ],
    )


def agreements(model: KATE, texts: list[str]) -> list[list[str]]:
    """Spearman's correlation with random weights, by rule and by what is explained."""
    autoencoder = model.autoencoder_
    networks = [model.document_network(text, competition=True)[1] for text in texts]
    read_out = autoencoder.encoder.get_layer("read_out")
    other = model.transform([texts[0]])[0]
    word = autoencoder.kernel[model.vocabulary_["space"]]

    def strongest(network: DocumentNetwork) -> Target:
        sums = network.x @ network.kernel + network.bias
        return topic_target(int(np.abs(sums).argmax()), N_COMPONENTS)

    targets: list[Callable[[DocumentNetwork], Target]] = [
        strongest,
        lambda _: word_target(word, 0.0),
        lambda network: similarity_target(
            network, other, read_out.origin.numpy(), read_out.whitening.numpy()
        ),
    ]
    return [
        [
            rule,
            *(
                f"{np.mean(found):+.2f} ± {np.std(found, ddof=1):.2f}"
                for found in (
                    [
                        randomized_agreement(networks, target, rule, seed)
                        for seed in range(SEEDS)
                    ]
                    for target in targets
                )
            ),
        ]
        for rule in RULES
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    data = str(options.data.resolve())
    # Of the competition, which linear vectors know nothing of.
    model = KATE(N_COMPONENTS, max_features=N_WORDS, read_out="whitened", verbose=False)
    model.fit(read_texts(data, "train"))
    texts = read_texts(data, "test")[:N_DOCUMENTS]
    lines = [
        "# Explanations, checked",
        "",
        f"Printed by `python -m benchmarks.explanations DATA -o RESULTS`: {machine()}. "
        f"KATE's default recipe, its activations whitened, V = {N_WORDS:,}, "
        f"d = {N_COMPONENTS}, trained on the training posts of 20 Newsgroups; the "
        f"first {N_DOCUMENTS:,} test posts.",
        "",
        "## Do the scores sum to what they explain?",
        "",
        "`KATE.explain`: the shares of the words and the bias, against the "
        f"pre-activation: at most {exactness(model, texts):.1e} apart, in the five "
        "most active topics of every post.",
        "",
        "Integrated gradients (32 points), the distance of the scores' sum from the "
        "number's change:",
        "",
        line(["explained", "mean", "largest"]),
        "|---|---|---|",
    ]
    for name, errors in completeness(model, texts):
        lines.append(line([name, f"{np.mean(errors):.1e}", f"{np.max(errors):.1e}"]))
    lines += [
        "",
        "## Do they tell of the network?",
        "",
        "The sanity check of Adebayo et al. (2018): the rows of W are drawn anew, and "
        "the sizes of the words' scores compared with those before by Spearman's "
        f"correlation; mean over the first {CHECKED} posts, mean ± sample standard "
        f"deviation over {SEEDS} draws. The competition is kept, as in training. Near "
        "0: the scores tell of what was learned. Near 1: they tell of the document "
        "alone.",
        "",
        line(["rule", "most active topic", "a word's logit", "a similarity"]),
        "|---|---|---|---|",
        *(line(row) for row in agreements(model, texts[:CHECKED])),
    ]
    text = "\n".join(lines) + "\n"
    write_text(options.output / "explanations.md", text)
    print(text)


if __name__ == "__main__":
    main()
