"""The names of the networks, KATE and its relatives."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from kate_keras.argument_checks import is_number, require_text
from kate_keras.errors import InputError, require
from kate_keras.layers.read_out import ReadOutMode
from kate_keras.models.autoencoder import Autoencoder
from kate_keras.models.contractive_autoencoder import ContractiveAutoencoder
from kate_keras.models.deep_kate_autoencoder import WIDTH, DeepKATEAutoencoder
from kate_keras.models.denoising_autoencoder import DenoisingAutoencoder
from kate_keras.models.k_sparse_autoencoder import KSparseAutoencoder
from kate_keras.models.kate_autoencoder import KATEAutoencoder
from kate_keras.models.plain_autoencoder import PlainAutoencoder
from kate_keras.models.variational_autoencoder import VariationalAutoencoder

# What the network computes with is float32.
MOST = float(np.finfo(np.float32).max)
# What an option is when it was not chosen.
UNCHOSEN = {
    "k": None,
    "alpha": None,
    "inference": "dense",
    "strength": None,
}


@dataclass(frozen=True)
class Variant:
    """A network by name.

    Args:
        build: Makes it of `vocabulary_size`, `n_components`, the options that all have
            and its own.
        options: Its own: those of `k`, `alpha`, `inference`, `strength` that it takes.
        most_strength: The largest strength that makes sense.
        width: How many units compete for each component.
        one_layer: Whether words act on its code through one layer.
        decay_share: How much its weights decay by the default, as a share of what
            KATE's do. The competition keeps units from becoming alike, which decay
            makes them: without it, or without amplification, half is enough. It makes
            sigmoid units copies of each other, and a second layer classify worse;
            these have none, and topics that are not moved apart.
        linear: Whether its units are linear. A bias that decays keeps `tanh` from
            where it is flat; linear units have no such place, and only lose by it.
        read_out: What its read-out is by the default, if nothing competes outside
            training; see `ReadOut`. A linear one keeps what `tanh` takes from large
            pre-activations, by which units gain nothing that did not compete.
        one_sided: Whether units start on one side of their activation. Those of a
            small network need it where they are the code, are not linear and winners
            gain: pulled both ways, some would become alike.
        reads_logits: Whether its read-out weighs directions of the code by the words
            that the decoder makes of them; see `ReadOut.adapt`. Where units lean one
            way, as they do if nothing competes, that would hide what else they tell.
    """

    build: Callable[..., Autoencoder]
    options: tuple[str, ...] = ()
    most_strength: float = math.inf
    width: int = 1
    one_layer: bool = True
    decay_share: float = 0.0
    linear: bool = False
    read_out: ReadOutMode = "whitened"
    one_sided: bool = False
    reads_logits: bool = False


def _without_amplification(
    vocabulary_size: int, n_components: int, *, k: int, **options: Any
) -> KATEAutoencoder:
    """KATE with the `alpha` that the paper calls no amplification."""
    return KATEAutoencoder(vocabulary_size, n_components, k, 2 / k, **options)


VARIANTS = {
    "kate": Variant(
        KATEAutoencoder,
        ("k", "alpha", "inference"),
        decay_share=1.0,
        read_out="linear",
        one_sided=True,
        reads_logits=True,
    ),
    "deep": Variant(
        DeepKATEAutoencoder,
        ("k", "alpha", "inference"),
        width=WIDTH,
        one_layer=False,
        reads_logits=True,
    ),
    "no-amplification": Variant(
        _without_amplification,
        ("k", "inference"),
        decay_share=0.5,
        read_out="linear",
        one_sided=True,
        reads_logits=True,
    ),
    "no-energy": Variant(
        partial(KATEAutoencoder, alpha=0.0), ("k", "inference"), decay_share=0.5
    ),
    # Not `k = d`: its places are split by sign, and the surplus of a sign would lose.
    "no-competition": Variant(
        partial(PlainAutoencoder, activation="tanh"), decay_share=0.5
    ),
    "k-sparse": Variant(
        KSparseAutoencoder,
        ("k", "inference"),
        decay_share=0.5,
        linear=True,
        reads_logits=True,
    ),
    "plain": Variant(PlainAutoencoder),
    "denoising-masking": Variant(
        partial(DenoisingAutoencoder, noise="masking"), ("strength",), 1.0
    ),
    "denoising-gaussian": Variant(
        partial(DenoisingAutoencoder, noise="gaussian"), ("strength",)
    ),
    "denoising-salt-and-pepper": Variant(
        partial(DenoisingAutoencoder, noise="salt-and-pepper"), ("strength",), 1.0
    ),
    "contractive": Variant(ContractiveAutoencoder, ("strength",)),
    "variational": Variant(VariationalAutoencoder, ("strength",), one_layer=False),
}


def resolve_variant(name: str, options: Mapping[str, Any]) -> Variant:
    """Returns the variant of that name, after a look at the options.

    Args:
        name: One of `VARIANTS`.
        options: Options of `KATE` by name.

    Raises:
        InputError: If there is no such variant, if it does not have an option that was
            chosen, if `strength` is out of its range, or if a linear read-out was
            chosen where words act through two layers or units compete outside training.
    """
    require_text(name, "variant")
    require(name in VARIANTS, "variant", f"one of {list(VARIANTS)}", name)
    variant = VARIANTS[name]
    for option, unchosen in UNCHOSEN.items():
        value = options[option]
        if option not in variant.options and value != unchosen:
            having = [other for other in VARIANTS if option in VARIANTS[other].options]
            raise InputError(
                f"variant={name!r} has no `{option}`: leave it at {unchosen!r}, or "
                f"take one of {having}. Received: {option}={value!r}"
            )
    strength = options["strength"]
    limit = "" if variant.most_strength == math.inf else " to 1"
    require(
        strength is None
        or (is_number(strength) and 0 <= strength <= min(variant.most_strength, MOST)),
        "strength",
        f"None or a finite number from 0{limit} for variant={name!r}",
        strength,
    )
    if options.get("read_out") == "linear":
        dense = options["inference"] == "dense"
        require(
            variant.one_layer and dense,
            "read_out",
            "'whitened', 'centered' or 'activations' for "
            + (f"variant={name!r}" if dense else "inference='sparse'"),
            "linear",
        )
    return variant
