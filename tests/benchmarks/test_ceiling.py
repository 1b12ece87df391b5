import numpy as np
from benchmark_samples import small_corpus

from benchmarks.quality.ceiling import linear_ceiling
from benchmarks.quality.corpora import prepare
from kate_keras.text import Document


def test_themes_are_told_apart():
    figures = linear_ceiling(small_corpus())
    assert figures["accuracy"] > 0.95
    assert figures["macro_f1"] > 0.95


def made(n, label_or_rating):
    generator = np.random.default_rng(0)
    documents = []
    for i in range(n):
        good = int(generator.integers(6))
        text = "good " * good + "bad " * (5 - good)
        documents.append(Document(text, str(i), *label_or_rating(good)))
    return documents


def test_several_labels_are_told_apart_each_on_its_own():
    def labels(good):
        named = [*(["blame"] if good < 4 else []), *(["praise"] if good > 1 else [])]
        return tuple(named), None

    documents = made(200, labels)
    figures = linear_ceiling(prepare(documents[:150], documents[150:], 10))
    assert figures["micro_f1"] > 0.95
    assert "accuracy" not in figures


def test_ratings_are_predicted():
    documents = made(200, lambda good: ((), good / 5))
    figures = linear_ceiling(prepare(documents[:150], documents[150:], 10))
    assert 0.9 < figures["r2"] <= 1
