"""Arrays that are written as they come and read as often as needed."""

from collections.abc import Iterable
from os import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import Any, Self

import numpy as np

# Until then in memory, from then on in a temporary file.
MOST_IN_MEMORY = 64 * 2**20


class ArraySpool:
    """Arrays in a file without a name. A context, at whose end the file is gone."""

    def __init__(self) -> None:
        self._file: Any = SpooledTemporaryFile(MOST_IN_MEMORY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Forgets the arrays."""
        self._file.close()

    def append(self, *arrays: np.ndarray) -> int:
        """Writes arrays and returns their place."""
        place: int = self._file.seek(0, SEEK_END)
        for array in arrays:
            np.save(self._file, array, allow_pickle=False)
        return place

    def read(self, place: int, number: int) -> list[np.ndarray]:
        """Returns so many arrays from a place on."""
        self._file.seek(place)
        return [np.load(self._file, allow_pickle=False) for _ in range(number)]


def pack(words: Iterable[bytes]) -> np.ndarray:
    """Returns words as one array; they are UTF-8 without line breaks."""
    return np.frombuffer(b"".join(word + b"\n" for word in words), np.uint8)


def unpack(packed: np.ndarray) -> list[str]:
    """Returns the words of `pack`."""
    return packed.tobytes().decode("utf-8").split("\n")[:-1]
