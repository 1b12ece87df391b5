"""The whole way on real corpora, where the machine has them."""

import numpy as np
import pytest
from conftest import SHARED

from kate_keras import KATE
from kate_keras.analysis import evaluate, mscd
from kate_keras.text import read_corpus


def part(path, step):
    documents = list(read_corpus(path))[::step]
    return [d.text for d in documents], [d.labels for d in documents]


def test_newsgroups_are_told_apart_far_above_chance(newsgroups):
    texts, labels = part(newsgroups / "train.jsonl.gz", 4)
    test_texts, test_labels = part(newsgroups / "test.jsonl.gz", 4)
    model = KATE(64, max_features=5000, epochs=15, verbose=False)
    vectors = model.fit_transform(texts)
    assert np.isfinite(vectors).all()
    result = evaluate(vectors, labels, model.transform(test_texts), test_labels)
    # Of 20 classes; a quarter of the corpus and 15 epochs give about .65 and .40.
    assert result.accuracy > 0.55
    assert result.precision[0.02] > 0.3
    assert mscd(model.autoencoder_.kernel) < 0.3
    neighbours = {word for word, _ in model.similar_words("space", 10)}
    assert neighbours & {"nasa", "orbit", "shuttle", "launch", "moon", "flight"}


@pytest.mark.parametrize(
    ("name", "n_documents", "several", "rated"),
    [("reuters21578", 7770, True, False), ("mrd", 3337, False, True)],
)
def test_other_corpora_are_read_whole(name, n_documents, several, rated):
    path = SHARED / name / "train.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"needs shared/data/{name} beside the project, which is not here")
    corpus = read_corpus(path)
    documents = list(corpus)
    assert corpus.n_read == len(documents) == n_documents
    assert corpus.n_skipped == 0
    assert any(len(d.labels) > 1 for d in documents) == several
    assert all((d.rating is not None) == rated for d in documents)
