"""Whether an attribution tells of the network at all: the same with random weights."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr

from kate_keras.analysis.attribution import attribute
from kate_keras.analysis.document_network import DocumentNetwork, Target
from kate_keras.errors import InputError


def randomized_agreement(
    networks: Sequence[DocumentNetwork],
    target_of: Callable[[DocumentNetwork], Target],
    rule: str,
    random_state: int = 0,
) -> float:
    """Compares the scores of words with those of a network of random weights.

    The rows of `W` are drawn anew from a normal distribution of the same size. A rule
    that tells of what the network has learned gives other scores then: an agreement
    near 0. One near 1 tells of the document alone, whatever the network is.

    Args:
        networks: The network as each document sees it; those with fewer than three
            words, among which there is no order to speak of, are passed over.
        target_of: Returns what is explained of a document's network.
        rule: See `attribute`.
        random_state: Seed of the weights.

    Returns:
        Mean over the documents of Spearman's correlation of the sizes of the scores,
        from -1 to 1. Scores that are all equal agree with nothing, 0.

    Raises:
        InputError: If no document has three words.

    Reference:
        Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section 3.
    """
    generator = np.random.default_rng(random_state)
    found = []
    for network in networks:
        if len(network.x) < 3:
            continue
        size = float(network.kernel.std())
        random = generator.normal(scale=size, size=network.kernel.shape)
        scores = [
            np.abs(attribute(own, target_of(own), rule))
            for own in (network, replace(network, kernel=random))
        ]
        constant = any(np.ptp(sizes) == 0 for sizes in scores)
        found.append(0.0 if constant else float(spearmanr(*scores).statistic))
    if not found:
        raise InputError(
            "`networks` must hold a document of at least three words. Received: "
            f"{len(networks)} documents, none with so many"
        )
    return float(np.mean(found))
