"""The whole way on real corpora, where the machine has them."""

import numpy as np
import pytest
from conftest import SHARED

from kate_keras import KATE, load
from kate_keras.analysis import evaluate, mscd
from kate_keras.text import as_text_tensor, read_corpus, tokenize
from kate_keras.text.characters import characters
from kate_keras.text.plain_tokenizer import plain_words


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


def test_the_light_reader_agrees_on_every_post(newsgroups, tmp_path):
    texts = [
        document.text
        for name in ("train", "test")
        for document in read_corpus(newsgroups / f"{name}.jsonl.gz")
    ]
    model = KATE(16, max_features=2000, epochs=1, verbose=False).fit(texts[::20])
    model.save(tmp_path / "model")
    light = load(tmp_path / "model", light=True)
    assert [
        [word for word in plain_words(text) if not characters().is_number(word)]
        for text in texts
    ] == [
        [word.decode() for word in words]
        for start in range(0, len(texts), 1000)
        for words in tokenize(as_text_tensor(texts[start : start + 1000])).to_list()
    ]
    vectors = model.transform(texts)
    scale = np.linalg.norm(vectors, axis=1).max()
    assert np.abs(light.transform(texts) - vectors).max() < 1e-5 * scale


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
