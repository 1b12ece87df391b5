"""Checks of the estimator's options that no other part makes when it is built."""

from collections.abc import Collection, Mapping
from typing import Any

from kate_keras.argument_checks import is_integer, is_number, require_count
from kate_keras.errors import require


def check_options(options: Mapping[str, Any], width: int = 1) -> None:
    """Refuses options out of their range, before a corpus is read.

    Args:
        options: Options of `KATE` by name, as plain Python values.
        width: How many units of the variant compete for each component.

    Raises:
        InputError: If one is out of its range.
    """
    d, k, seed = (options[name] for name in ("n_components", "k", "random_state"))
    require_count(d, "n_components", 1)
    valid = k is None or (is_integer(k) and 1 <= k <= width * d)
    units = "n_components" if width == 1 else f"{width} * n_components"
    expected = f"None or a whole number from 1 to {units} ({width * d})"
    require(valid, "k", expected, k)
    valid = seed is None or (is_integer(seed) and 0 <= seed < 2**32)
    expected = "None or a whole number from 0 to below 2**32"
    require(valid, "random_state", expected, seed)
    inference = options["inference"]
    modes = ("dense", "sparse")
    require(
        isinstance(inference, str) and inference in modes,
        "inference",
        f"one of {modes}",
        inference,
    )
    fraction = options["validation_fraction"]
    valid = fraction is None or (is_number(fraction) and 0 < fraction < 1)
    require(valid, "validation_fraction", "None or above 0 and below 1", fraction)


def check_stop_words(stop_words: object) -> None:
    """Refuses stop words that are no words, or that can be read only once.

    Raises:
        InputError: If so.
    """
    if stop_words is None or isinstance(stop_words, str):
        return
    words = isinstance(stop_words, Collection) and not isinstance(stop_words, bytes)
    valid = words and all(isinstance(word, str) for word in stop_words)  # type: ignore[attr-defined]
    require(valid, "stop_words", "'english', a list of words or None", stop_words)
