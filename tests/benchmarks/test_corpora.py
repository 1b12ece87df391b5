import gzip
import json

import numpy as np
import pytest
from benchmark_samples import small_corpus
from conftest import THEMES

from benchmarks.quality import corpora
from benchmarks.quality.corpora import prepare
from kate_keras.text import Document


def documents(*texts):
    return [Document(text, str(i), (), None) for i, text in enumerate(texts)]


def test_words_in_order_are_those_that_are_counted():
    corpus = prepare(
        documents("The cats chase a dog, dogs!", "cat"), documents("Dog?"), 9
    )
    cat, dog, chase = (str(corpus.vocabulary[w]) for w in ("cat", "dog", "chase"))
    assert corpus.train.words == [[cat, chase, dog, dog], [cat]]
    assert corpus.test.words == [[dog]]
    assert corpus.train.lengths == [4, 1]


def test_the_vocabulary_is_that_of_the_training_part():
    corpus = prepare(documents("cat cat dog"), documents("dog dog fish"), 1)
    assert corpus.vocabulary.words == ("cat",)
    assert corpus.test.counts.sum() == 0


def test_the_digest_follows_the_counts():
    first, same, other = small_corpus(), small_corpus(), small_corpus(n_words=19)
    assert first.digest == same.digest != other.digest


def write_corpus(folder, texts):
    folder.mkdir()
    for part in ("train", "test"):
        with gzip.open(folder / f"{part}.jsonl.gz", "wt", encoding="utf-8") as file:
            for text in texts:
                file.write(json.dumps({"text": text, "rating": 0.5}) + "\n")


@pytest.fixture
def data(tmp_path):
    write_corpus(tmp_path / "mrd", [" ".join(words) for words in THEMES.values()])
    return tmp_path


def test_kept_counts_are_the_counts(data, tmp_path, monkeypatch):
    corpora.load.cache_clear()
    first = corpora.load(data, tmp_path / "work", "mrd", 10)
    corpora.load.cache_clear()
    monkeypatch.setattr(corpora, "prepare", None)
    second = corpora.load(data, tmp_path / "work", "mrd", 10)
    corpora.load.cache_clear()
    assert first.digest == second.digest
    assert (first.train.counts != second.train.counts).nnz == 0
    assert first.vocabulary == second.vocabulary
    assert second.train.ratings == [0.5] * 3


def test_sentence_vectors_come_from_the_work_folder_too(data, tmp_path):
    assert corpora.vectors_path(data, tmp_path, "mrd") is None
    (data / "20news").mkdir()
    assert corpora.vectors_path(data, tmp_path, "20news-stripped") is None
    path = tmp_path / "minilm-stripped.npz"
    np.savez(path, train=np.ones((1, 2)), test=np.ones((1, 2)))
    assert corpora.vectors_path(data, tmp_path, "20news-stripped") == path
