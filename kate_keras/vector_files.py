"""Files of vectors, written a batch at a time."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from kate_keras.errors import InputError


class VectorFile:
    """Base of the files: a context in which batches are written.

    Args:
        path: File to write.
        n_components: Size of a vector.
        fingerprint: The model's.
    """

    def __init__(self, path: Path, n_components: int, fingerprint: str) -> None:
        self.path = path
        self.n_components = n_components
        self.fingerprint = fingerprint

    def write(
        self, ids: Sequence[str], vectors: np.ndarray, known_words: np.ndarray
    ) -> None:
        """Appends documents.

        Args:
            ids: Their ids.
            vectors: Their vectors, float32 `(batch, n_components)`.
            known_words: How many of their words the model knows, `(batch,)`.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Completes the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class ArrayFile(VectorFile):
    """`.npy`: the vectors alone, an array that can be memory-mapped."""

    def __init__(self, path: Path, n_components: int, fingerprint: str) -> None:
        super().__init__(path, n_components, fingerprint)
        self.n_documents = 0
        self._file = path.open("wb")
        self._write_header()

    def write(
        self,
        ids: Sequence[str],
        vectors: np.ndarray,
        known_words: np.ndarray,  # noqa: ARG002
    ) -> None:
        """Appends documents."""
        self.n_documents += len(ids)
        self._file.write(np.ascontiguousarray(vectors, "<f4").tobytes())

    def close(self) -> None:
        """Writes how many vectors there are; NumPy leaves room in the header for it."""
        self._file.seek(0)
        self._write_header()
        self._file.close()

    def _write_header(self) -> None:
        header = {
            "descr": "<f4",
            "fortran_order": False,
            "shape": (self.n_documents, self.n_components),
        }
        np.lib.format.write_array_header_1_0(self._file, header)


class ArchiveFile(VectorFile):
    """`.npz`: `ids`, `vectors`, `known_words` and `fingerprint`."""

    def __init__(self, path: Path, n_components: int, fingerprint: str) -> None:
        super().__init__(path, n_components, fingerprint)
        self._vectors = ArrayFile(
            path.with_suffix(".vectors"), n_components, fingerprint
        )
        self._ids: list[str] = []
        self._known_words: list[np.ndarray] = [np.zeros(0, np.int64)]

    def write(
        self, ids: Sequence[str], vectors: np.ndarray, known_words: np.ndarray
    ) -> None:
        """Appends documents."""
        self._vectors.write(ids, vectors, known_words)
        self._ids.extend(ids)
        self._known_words.append(np.asarray(known_words, np.int64))

    def close(self) -> None:
        """Puts the arrays together."""
        self._vectors.close()
        arrays: dict[str, Any] = {
            "ids": np.array(self._ids, dtype=str),
            "known_words": np.concatenate(self._known_words),
            "fingerprint": np.array(self.fingerprint),
        }
        np.savez(self.path, **arrays)
        with zipfile.ZipFile(self.path, "a") as archive:
            archive.write(self._vectors.path, "vectors.npy")
        self._vectors.path.unlink()


class LinesFile(VectorFile):
    """`.jsonl`: `id`, `known_words`, `embedding` and `fingerprint` a line."""

    def __init__(self, path: Path, n_components: int, fingerprint: str) -> None:
        super().__init__(path, n_components, fingerprint)
        self._file = path.open("w", encoding="utf-8")

    def write(
        self, ids: Sequence[str], vectors: np.ndarray, known_words: np.ndarray
    ) -> None:
        """Appends documents."""
        for name, vector, known in zip(ids, vectors, known_words, strict=True):
            # str of a float32 is its shortest exact form; float64's is longer.
            numbers = ", ".join(str(value) for value in vector)
            self._file.write(
                f'{{"id": {json.dumps(name, ensure_ascii=False)}, '
                f'"known_words": {known}, "embedding": [{numbers}], '
                f'"fingerprint": "{self.fingerprint}"}}\n'
            )

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


class ParquetFile(VectorFile):
    """`.parquet`: columns `id`, `known_words` and `embedding`, a list of float32.

    The fingerprint is in the schema's metadata.
    """

    def __init__(self, path: Path, n_components: int, fingerprint: str) -> None:
        super().__init__(path, n_components, fingerprint)
        import pyarrow
        import pyarrow.parquet

        self._arrow: Any = pyarrow
        self._vector = pyarrow.list_(pyarrow.float32(), n_components)
        self._schema = pyarrow.schema(
            {
                "id": pyarrow.string(),
                "known_words": pyarrow.int64(),
                "embedding": self._vector,
            },
            metadata={"fingerprint": fingerprint},
        )
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema)

    def write(
        self, ids: Sequence[str], vectors: np.ndarray, known_words: np.ndarray
    ) -> None:
        """Appends documents as a row group."""
        flat = self._arrow.array(np.ravel(vectors))
        columns = [
            self._arrow.array(ids, self._arrow.string()),
            self._arrow.array(known_words, self._arrow.int64()),
            self._arrow.FixedSizeListArray.from_arrays(flat, self.n_components),
        ]
        table = self._arrow.Table.from_arrays(columns, schema=self._schema)
        self._writer.write_table(table)

    def close(self) -> None:
        """Writes the footer."""
        self._writer.close()


WRITERS: dict[str, type[VectorFile]] = {
    ".npz": ArchiveFile,
    ".npy": ArrayFile,
    ".jsonl": LinesFile,
    ".parquet": ParquetFile,
}


def check_format(path: Path) -> None:
    """Refuses a file name that tells no format, or one that cannot be written here.

    Raises:
        InputError: If so.
    """
    if path.suffix not in WRITERS:
        raise InputError(
            f"-o must end in one of {', '.join(WRITERS)}. Received: {path}"
        )
    if path.suffix == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise InputError(
                f"{path} needs pyarrow, which is not installed: "
                "pip install 'kate_keras[parquet]'"
            ) from None
