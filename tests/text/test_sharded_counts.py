"""Counts in several files: the same rows as in one matrix."""

import numpy as np
import pytest
from scipy import sparse

from kate_keras.errors import InputError
from kate_keras.text import sharded_counts
from kate_keras.text.chosen_words import ChosenWords, write_chosen_words
from kate_keras.text.counts_folder import (
    open_counts,
    sha256_of,
    write_counts_manifest,
)
from kate_keras.text.sharded_counts import ShardedCounts, write_shard
from kate_keras.text.vocabulary import Vocabulary

WORDS = 7


def drawn(n_documents, seed=0):
    generator = np.random.default_rng(seed)
    dense = generator.poisson(0.4, (n_documents, WORDS)).astype(np.float32)
    dense[::5] = 0
    return sparse.csr_array(dense)


def in_shards(folder, counts, borders):
    ends = [0, *borders, counts.shape[0]]
    paths, sizes = [], []
    for number, (start, end) in enumerate(zip(ends[:-1], ends[1:], strict=True)):
        paths.append(folder / f"{number}.npy")
        write_shard(paths[-1], counts[start:end])
        sizes.append(end - start)
    return paths, sizes


@pytest.mark.parametrize("borders", [[], [4], [0, 4, 4, 20], [1, 2, 3]])
def test_rows_are_those_of_one_matrix_wherever_it_is_cut(tmp_path, borders):
    counts = drawn(23)
    sharded = ShardedCounts.of_files(*in_shards(tmp_path, counts, borders), WORDS)
    assert sharded.shape == (23, WORDS)
    assert sharded.nnz == counts.nnz
    assert (sharded.row_lengths() == np.diff(counts.indptr)).all()
    order = np.random.default_rng(1).permutation(23)
    for rows in (order, order[:3], np.zeros(0, int), slice(3, 11), slice(20, 99)):
        got, expected = sharded[rows], counts[rows]
        assert got.shape == expected.shape
        assert (got.toarray() == expected.toarray()).all()
        assert got.dtype == np.float32
        got.check_format()
    together = sparse.vstack(list(sharded.blocks())).toarray()
    assert (together == counts.toarray()).all()


@pytest.mark.parametrize("part", [1, 4, 22, 23])
def test_blocks_and_checks_take_a_part_at_a_time(tmp_path, monkeypatch, part):
    counts = drawn(23)
    files = in_shards(tmp_path, counts, [9])
    monkeypatch.setattr(sharded_counts, "PART", part)
    blocks = list(ShardedCounts.of_files(*files, WORDS).blocks())
    assert [b.shape[0] for b in blocks] == {
        1: [1] * 23,
        4: [4, 4, 1, 4, 4, 4, 2],
        22: [9, 14],
        23: [9, 14],
    }[part]
    assert (sparse.vstack(blocks).toarray() == counts.toarray()).all()
    with pytest.raises(InputError, match="word ids from 0"):
        ShardedCounts.of_files(*files, counts.indices.max())


@pytest.mark.parametrize("row", [-1, 23])
def test_a_document_that_there_is_not_is_refused(tmp_path, row):
    sharded = ShardedCounts.of_files(*in_shards(tmp_path, drawn(23), [9]), WORDS)
    with pytest.raises(IndexError, match="0 to 22"):
        sharded[np.array([0, row])]


def test_lengths_of_other_documents_are_refused(tmp_path):
    paths, sizes = in_shards(tmp_path, drawn(9), [])
    ShardedCounts.of_files(paths, sizes, WORDS)
    for wrong in (sizes[0] - 2, sizes[0] + 1, 10**6):
        with pytest.raises(InputError, match=r"shard of counts|add up"):
            ShardedCounts.of_files(paths, [wrong], WORDS)


def test_word_ids_outside_of_the_matrix_are_refused(tmp_path):
    counts = sparse.csr_array(np.ones((2, WORDS), np.float32))
    paths, sizes = in_shards(tmp_path, counts, [])
    with pytest.raises(InputError, match=r"below 6, found 0 to 6"):
        ShardedCounts.of_files(paths, sizes, WORDS - 1)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"no array at all"])
def test_a_file_that_is_no_array_is_refused(tmp_path, content):
    (tmp_path / "0.npy").write_bytes(content)
    with pytest.raises(InputError, match="is no shard of counts"):
        ShardedCounts.of_files([tmp_path / "0.npy"], [1], WORDS)


@pytest.fixture
def folder(tmp_path):
    counts = drawn(11)
    paths, sizes = in_shards(tmp_path, counts, [4])
    words = Vocabulary.from_words([f"w{i}" for i in range(WORDS)])

    chosen = ChosenWords(words, 99.0, {"min_df": 1}, {"documents": 11})
    write_chosen_words(tmp_path / "vocabulary.json", chosen)
    write_counts_manifest(
        tmp_path / "counts.json",
        [
            {
                "file": path.name,
                "sha256": sha256_of(path),
                "documents": size,
                "source": "some.jsonl",
            }
            for path, size in zip(paths, sizes, strict=True)
        ],
        vocabulary=chosen.digest(),
        facts={"documents": 11, "empty": 0, "skipped": 0},
    )
    return tmp_path


def test_a_folder_opens_as_it_was_written(folder):
    opened = open_counts(folder)
    assert (opened.counts[:].toarray() == drawn(11).toarray()).all()
    assert opened.vocabulary.words[:2] == ("w0", "w1")
    assert (opened.n_words, opened.options) == (99.0, {"min_df": 1})
    assert opened.facts["documents"] == 11


def test_any_changed_byte_is_noticed(folder):
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for place in (0, len(whole) // 2, len(whole) - 1):
            changed = bytearray(whole)
            changed[place] ^= 1
            path.write_bytes(changed)
            if path.suffix == ".json" and place == len(whole) - 1:
                continue  # The line feed at its end says nothing.
            with pytest.raises(InputError, match=r"damaged|is not what"):
                open_counts(folder)
        path.write_bytes(whole)
    open_counts(folder)


def test_a_missing_shard_is_named(folder):
    (folder / "1.npy").unlink()
    with pytest.raises(InputError, match=r"not complete: .*1\.npy"):
        open_counts(folder)


def test_a_folder_without_manifest_is_none(tmp_path):
    with pytest.raises(InputError, match="not a folder of counts"):
        open_counts(tmp_path)
