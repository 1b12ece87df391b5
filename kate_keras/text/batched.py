"""Documents in lists of a size that can be held."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from kate_keras.errors import InputError


def batched(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yields lists of at most `size` texts.

    Raises:
        InputError: If `texts` is a bare string or not iterable.
    """
    refused = isinstance(texts, str | bytes | Mapping)
    refused = refused or getattr(texts, "ndim", 1) != 1
    if refused or not isinstance(texts, Iterable):
        raise InputError(
            "Documents must be a list or another iterable of strings. "
            f"Received: {texts!r:.80} (of type {type(texts).__name__}). "
            "For one document pass a list of one."
        )
    iterator = iter(texts)
    while batch := list(islice(iterator, size)):
        yield batch
