"""Arrays in a file: what goes in comes out."""

import numpy as np
import pytest

from kate_keras.text import array_spool
from kate_keras.text.array_spool import ArraySpool, pack, unpack


@pytest.mark.parametrize("limit", [1, 2**20])
def test_arrays_are_read_in_any_order_as_often_as_needed(limit, monkeypatch):
    monkeypatch.setattr(array_spool, "MOST_IN_MEMORY", limit)
    with ArraySpool() as spool:
        first = spool.append(np.arange(5), np.array([0.5]))
        assert spool.read(first, 1)[0].tolist() == [0, 1, 2, 3, 4]
        second = spool.append(np.array([], "f4"))
        for _ in range(2):
            (empty,) = spool.read(second, 1)
            assert empty.tolist() == []
            assert empty.dtype == np.float32
            assert [a.tolist() for a in spool.read(first, 2)] == [
                [0, 1, 2, 3, 4],
                [0.5],
            ]


def test_the_file_is_gone_after_the_context():
    with ArraySpool() as spool:
        place = spool.append(np.arange(5))
    with pytest.raises(ValueError, match="closed"):
        spool.read(place, 1)


@pytest.mark.parametrize("words", [[], [""], ["a", "", "é\u2028x\x85"], ["a", "b"]])
def test_unpacked_words_are_those_that_were_packed(words):
    assert unpack(pack(word.encode() for word in words)) == words
