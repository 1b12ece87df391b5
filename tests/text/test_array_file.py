"""Arrays in files: the slices of NumPy's, and what is said if the file is cut."""

import gc

import numpy as np
import pytest

from kate_keras.errors import InputError
from kate_keras.text.array_file import ArrayFile

NUMBERS = np.arange(100, 120, dtype="<i4")


@pytest.fixture(params=["pread", "seek"])
def path(request, tmp_path, monkeypatch):
    """A file of the numbers behind three others, read as Linux does and as Windows."""
    if request.param == "seek":
        monkeypatch.delattr("os.pread", raising=False)
    path = tmp_path / "numbers"
    path.write_bytes(np.zeros(3, "<i4").tobytes() + NUMBERS.tobytes())
    return path


def of(path, length=20):
    return ArrayFile(path.open("rb", buffering=0), "<i4", 12, length)


@pytest.mark.parametrize(
    "part", [slice(None), slice(0, 1), slice(5, 9), slice(18, 99), slice(7, 7)]
)
def test_a_slice_is_that_of_the_numbers(path, part):
    array = of(path)
    assert len(array) == 20
    assert array[part].dtype == NUMBERS.dtype
    np.testing.assert_array_equal(array[part], NUMBERS[part])


def test_reads_that_end_early_go_on(path, monkeypatch):
    array = of(path)
    whole = array._read_some
    monkeypatch.setattr(array, "_read_some", lambda at, size: whole(at, min(size, 7)))
    np.testing.assert_array_equal(array[2:], NUMBERS[2:])


def test_a_file_that_was_cut_is_told(path):
    array = of(path)
    path.write_bytes(path.read_bytes()[:-4])
    np.testing.assert_array_equal(array[:19], NUMBERS[:19])
    with pytest.raises(InputError, match="has become shorter"):
        array[18:]


def test_parts_share_the_file_until_the_last_is_gone(path):
    file = path.open("rb", buffering=0)
    whole = ArrayFile(file, "<i4", 12, 20)
    first, rest = whole.part("<i4", 0, 5), whole.part("<f4", 5, 15)
    del whole
    gc.collect()
    np.testing.assert_array_equal(first[:], NUMBERS[:5])
    np.testing.assert_array_equal(rest[1:].view("<i4"), NUMBERS[6:])
    del first
    gc.collect()
    assert not file.closed
    del rest
    gc.collect()
    assert file.closed


def test_the_file_is_closed_once_the_array_is_gone(path):
    file = path.open("rb", buffering=0)
    array = ArrayFile(file, "<i4", 12, 20)
    assert not file.closed
    del array
    gc.collect()
    assert file.closed
