"""Files of vectors: written in parts, read as wholes."""

import json

import numpy as np
import pytest

from kate_keras.vector_files import WRITERS

VECTORS = np.random.default_rng(0).normal(size=(300, 4)).astype("float32")
IDS = [f"ö{i}" for i in range(300)]
KNOWN = np.arange(300)


def write(path, sizes):
    with WRITERS[path.suffix](path, 4, "abc") as file:
        start = 0
        for size in sizes:
            part = slice(start, start + size)
            file.write(IDS[part], VECTORS[part], KNOWN[part])
            start += size
    return start


def read(path):
    """Ids, vectors and known words, `None` for what the format leaves out."""
    if path.suffix == ".npy":
        return None, np.load(path), None
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            assert str(arrays["fingerprint"]) == "abc"
            return (
                arrays["ids"].tolist(),
                arrays["vectors"],
                arrays["known_words"].tolist(),
            )
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        vectors = [row["embedding"] for row in rows]
    else:
        parquet = pytest.importorskip("pyarrow.parquet")
        rows = parquet.read_table(path).to_pylist()
        vectors = [row["embedding"] for row in rows]
    return (
        [row["id"] for row in rows],
        np.array(vectors, "float32").reshape(-1, 4),
        [row["known_words"] for row in rows],
    )


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("sizes", [[], [0], [300], [1, 128, 0, 171], [100] * 3])
def test_parts_make_the_whole(suffix, sizes, tmp_path):
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"vectors{suffix}"
    n = write(path, sizes)
    ids, vectors, known = read(path)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, VECTORS[:n])
    if suffix != ".npy":
        assert ids == IDS[:n]
        assert known == KNOWN[:n].tolist()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_an_array_can_be_memory_mapped(tmp_path):
    write(tmp_path / "v.npy", [200, 100])
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    assert isinstance(mapped, np.memmap)
    np.testing.assert_array_equal(mapped[250], VECTORS[250])
