"""Blocks of counts: stacked they are the whole, folded their columns add up."""

import numpy as np
import pytest
from scipy import sparse

from kate_keras.text import count_blocks
from kate_keras.text.count_blocks import folding, stack_rows, store_rows
from kate_keras.text.count_input import document_frequency
from kate_keras.text.sharded_counts import ShardedCounts

DENSE = np.random.default_rng(0).poisson(0.4, (50, 12)).astype("float32")
WHOLE = sparse.csr_array(DENSE)


@pytest.mark.parametrize("limit", [1, 2**20])
@pytest.mark.parametrize("sizes", [[], [50], [0, 20, 1, 29]])
def test_stacked_blocks_are_the_whole(sizes, limit, monkeypatch):
    monkeypatch.setattr(count_blocks, "MOST_IN_MEMORY", limit)
    ends = np.cumsum([0, *sizes])
    blocks = [WHOLE[start:end] for start, end in zip(ends[:-1], ends[1:], strict=True)]
    stacked = stack_rows(blocks, 12)
    np.testing.assert_array_equal(stacked.toarray(), DENSE[: sum(sizes)])
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
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for limit, mapped in ((WHOLE.nnz * 4, False), (WHOLE.nnz * 4 - 1, True)):
        monkeypatch.setattr(count_blocks, "MOST_IN_MEMORY", limit)
        stacked = stack_rows([WHOLE[:20], WHOLE[20:]], 12)
        for entries in (stacked.indices, stacked.data):
            assert isinstance(_owner(entries), np.memmap) == mapped
            assert not entries.flags.writeable
        np.testing.assert_array_equal(stacked[[49, 3]].toarray(), DENSE[[49, 3]])
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("part", [1, 7, 10**6])
def test_entries_beyond_32_bits_have_wide_columns_in_a_file(part, monkeypatch):
    monkeypatch.setattr(count_blocks, "MOST_IN_MEMORY", 1)
    monkeypatch.setattr(count_blocks, "PART", part)
    for limit, dtype in ((WHOLE.nnz, np.int32), (WHOLE.nnz - 1, np.int64)):
        monkeypatch.setattr(count_blocks, "MOST_NARROW", limit)
        stacked = stack_rows([WHOLE[:20], WHOLE[20:]], 12)
        assert stacked.indices.dtype == stacked.indptr.dtype == dtype
        assert isinstance(_owner(stacked.indices), np.memmap)
        np.testing.assert_array_equal(stacked.toarray(), DENSE)
        np.testing.assert_array_equal(stacked[[49, 3]].toarray(), DENSE[[49, 3]])


@pytest.mark.parametrize("limit", [WHOLE.nnz * 4 - 1, 1])
def test_many_rows_are_stored_to_be_read_in_parts(limit, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(count_blocks, "MOST_IN_MEMORY", limit)
    stored = store_rows([WHOLE[:20], WHOLE[20:20], WHOLE[20:]], 12)
    assert isinstance(stored, ShardedCounts)
    assert (stored.shape, stored.nnz) == (WHOLE.shape, WHOLE.nnz)
    np.testing.assert_array_equal(stored[np.array([49, 3])].toarray(), DENSE[[49, 3]])
    (block,) = stored.blocks()
    np.testing.assert_array_equal(block.toarray(), DENSE)
    assert not list(tmp_path.iterdir())


def test_few_rows_are_stored_in_memory(monkeypatch):
    monkeypatch.setattr(count_blocks, "MOST_IN_MEMORY", WHOLE.nnz * 4)
    stored = store_rows([WHOLE[:20], WHOLE[20:]], 12)
    assert isinstance(stored, sparse.csr_array)
    np.testing.assert_array_equal(stored.toarray(), DENSE)


def _owner(array):
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def test_folding_adds_up_the_columns_of_a_group():
    groups = np.array([2, -1, 0, 2, -1, 0, 0, 2, -1, 0, 0, 0])
    folded = (WHOLE @ folding(groups, 4)).toarray()
    for group in range(4):
        np.testing.assert_array_equal(
            folded[:, group], DENSE[:, groups == group].sum(axis=1)
        )


@pytest.mark.parametrize("part", [1, 5, 10**6])
def test_document_frequencies_are_added_up_in_parts(part, monkeypatch):
    monkeypatch.setattr("kate_keras.text.count_input.PART", part)
    found = document_frequency(WHOLE)
    np.testing.assert_array_equal(found, (DENSE > 0).sum(axis=0))
    assert document_frequency(sparse.csr_array((3, 4))).tolist() == [0, 0, 0, 0]
