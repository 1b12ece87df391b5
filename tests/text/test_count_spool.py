"""Counts in a file: what goes in comes out, block by block and stacked."""

import tempfile

import numpy as np
import pytest
from scipy import sparse

from kate_keras.text import build_vocabulary, count_forms, count_spool as module
from kate_keras.text.count_input import document_frequency
from kate_keras.text.count_spool import CountSpool, stack_rows
from kate_keras.text.counts import spool_forms

DENSE = np.random.default_rng(0).poisson(0.4, (50, 12)).astype("float32")


def fill(spool, sizes):
    start = 0
    for size in sizes:
        block = sparse.csr_array(DENSE[start : start + size])
        spool.append(np.diff(block.indptr), block.indices, block.data)
        start += size
    spool.n_columns = 12
    return start


@pytest.mark.parametrize("limit", [1, 2**20])
@pytest.mark.parametrize("sizes", [[], [50], [0, 20, 1, 29]])
def test_blocks_are_read_as_often_as_needed(sizes, limit, monkeypatch):
    monkeypatch.setattr(module, "MOST_IN_MEMORY", limit)
    with CountSpool() as spool:
        n_rows = fill(spool, sizes)
        assert spool.n_documents == n_rows
        for _ in range(2):
            blocks = list(spool)
            assert [block.shape for block in blocks] == [(size, 12) for size in sizes]
            stacked = stack_rows(blocks, 12)
            np.testing.assert_array_equal(stacked.toarray(), DENSE[:n_rows])
            assert stacked.dtype == np.float32
            assert stacked.has_canonical_format
            # 64-bit columns would take half as much memory again.
            assert stacked.indices.dtype == stacked.indptr.dtype == np.int32


def test_stacked_rows_are_sorted():
    block = sparse.csr_array(
        (np.array([1.0, 2.0]), np.array([3, 0]), np.array([0, 2])), shape=(1, 4)
    )
    stacked = stack_rows([block], 4)
    assert stacked.indices.tolist() == [0, 3]
    assert stacked.data.tolist() == [2.0, 1.0]


def test_large_counts_are_mapped_from_a_file_without_a_name(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    whole = sparse.csr_array(DENSE)
    for limit, mapped in ((whole.nnz * 4, False), (whole.nnz * 4 - 1, True)):
        monkeypatch.setattr(module, "MOST_IN_MEMORY", limit)
        stacked = stack_rows([whole[:20], whole[20:]], 12)
        for entries in (stacked.indices, stacked.data):
            assert isinstance(_owner(entries), np.memmap) == mapped
            assert not entries.flags.writeable
        np.testing.assert_array_equal(stacked[[49, 3]].toarray(), DENSE[[49, 3]])
        assert not list(tmp_path.iterdir())


def _owner(array):
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def test_the_file_is_gone_after_the_context():
    with CountSpool() as spool:
        fill(spool, [50])
    with pytest.raises(ValueError, match="closed"):
        list(spool)


def test_a_bad_text_leaves_no_file_open():
    # An open file would be a ResourceWarning, which is an error here.
    with pytest.raises(ValueError, match="Document 1 must be a string"):
        spool_forms(["fine", 3])


def test_a_vocabulary_of_blocks_is_that_of_the_whole(monkeypatch):
    monkeypatch.setattr("kate_keras.text.counts.BATCH", 7)
    generator = np.random.default_rng(1)
    words = [f"{a}{b}s" for a in "bcdfg" for b in "aeiou"]
    texts = [
        " ".join(generator.choice(words, generator.integers(0, 9))) for _ in range(60)
    ]
    options = {
        "max_features": 11, "min_df": 2, "max_df": 0.9,
        "stop_words": None, "stemmer": "english",
    }  # fmt: skip
    forms, counts = count_forms(texts)
    whole = build_vocabulary(forms, counts, **options)
    forms, spool = spool_forms(texts)
    with spool:
        parts = build_vocabulary(forms, spool, **options)
    assert parts[0] == whole[0]
    assert (parts[1] != whole[1]).nnz == 0
    assert len(parts[0]) == 11


@pytest.mark.parametrize("part", [1, 5, 10**6])
def test_document_frequencies_are_added_up_in_parts(part, monkeypatch):
    monkeypatch.setattr("kate_keras.text.count_input.PART", part)
    found = document_frequency(sparse.csr_array(DENSE))
    np.testing.assert_array_equal(found, (DENSE > 0).sum(axis=0))
    assert document_frequency(sparse.csr_array((3, 4))).tolist() == [0, 0, 0, 0]
