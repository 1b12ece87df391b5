"""One-dimensional arrays in files, of which parts are read and nothing is mapped."""

import os
import threading
import weakref
from io import FileIO
from typing import Any

import numpy as np

from kate_keras.errors import InputError


class ArrayFile:
    """Numbers in a file.

    Pages that are mapped count as memory of the process for as long as the system has
    room, and one look may map a MiB; what is read here takes what it is long.

    Args:
        file: File without a buffer, open for reading; closed once this is gone, and
            what it was divided into.
        dtype: Type of the numbers.
        start: Byte at which they begin.
        length: How many there are.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import numpy as np
        >>> from kate_keras.text.array_file import ArrayFile
        >>> path = Path(tempfile.mkdtemp()) / "numbers"
        >>> _ = path.write_bytes(np.arange(9, dtype="<i4").tobytes())
        >>> ArrayFile(path.open("rb", buffering=0), "<i4", 4, 8)[2:5].tolist()
        [3, 4, 5]
    """

    def __init__(self, file: FileIO, dtype: Any, start: int, length: int) -> None:
        self.dtype = np.dtype(dtype)
        self._file, self._start, self._length = file, start, length
        self._lock = threading.Lock()
        # Keeps the file open.
        self._whole: ArrayFile | None = None
        self._closing = weakref.finalize(self, file.close)

    def part(self, dtype: Any, start: int, length: int) -> "ArrayFile":
        """Returns some of the numbers as an array of its own, of the same open file.

        Args:
            dtype: Type that their bytes are taken for, of the same size.
            start: The first.
            length: How many.
        """
        place = self._start + start * self.dtype.itemsize
        part = ArrayFile(self._file, dtype, place, length)
        part._closing.detach()
        part._whole, part._lock = self, self._lock
        return part

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice) -> np.ndarray:
        """Reads the numbers of a slice without a step.

        Raises:
            InputError: If the file has become shorter.
        """
        start, end, _ = part.indices(self._length)
        size = self.dtype.itemsize
        content = self._read(self._start + start * size, max(0, end - start) * size)
        return np.frombuffer(content, self.dtype)

    def _read(self, place: int, size: int) -> bytes:
        pieces = []
        while size:
            piece = self._read_some(place, size)
            if not piece:
                raise InputError(
                    f"{self._file.name} has become shorter since it was opened: "
                    f"expected {size} more bytes at {place}, found none."
                )
            pieces.append(piece)
            place, size = place + len(piece), size - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read_some(self, place: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), size, place)
        with self._lock:
            self._file.seek(place)
            return self._file.read(size)
