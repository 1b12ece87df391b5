import numpy as np
import pytest
from lancedb.table import LanceTable
from themed_index import cosines, themed_corpus, write

from kate_keras.index import DocumentIndex, approximate, map_writer
from kate_keras.index.tables import DOCUMENTS, connect


@pytest.fixture
def folder(tmp_path, model_folder, monkeypatch):
    monkeypatch.setattr(approximate, "MOST_EXACT", 299)
    monkeypatch.setattr(map_writer, "MOST_LANDMARKS", 30)
    write(tmp_path / "index", model_folder, themed_corpus(300))
    return tmp_path / "index"


def test_many_vectors_are_looked_through_in_part(folder):
    index = DocumentIndex(folder)
    probes, recall = index.facts.probes, index.facts.recall
    assert 1 <= probes <= 17
    assert 0.95 <= recall <= 1
    every = np.concatenate([vectors for _, vectors in index.vectors()])
    found = index.nearest(every[:50], 10)
    right = -np.sort(-cosines(every[:50], every), axis=1)[:, :10]
    # By the tenth cosine, as documents of the same words tie.
    hits = [
        np.mean([m.similarity >= worst - 1e-6 for m in own])
        for own, worst in zip(found, right[:, -1], strict=True)
    ]
    assert np.mean(hits) >= 0.9


def test_exact_search_compares_every_vector(folder):
    index = DocumentIndex(folder)
    every = np.concatenate([vectors for _, vectors in index.vectors()])
    right = -np.sort(-cosines(every[:20], every), axis=1)[:, :10]
    found = [
        [match.similarity for match in own]
        for own in index.nearest(every[:20], 10, exact=True)
    ]
    np.testing.assert_allclose(found, right, atol=1e-5)


def test_the_recall_is_that_of_the_probes(folder):
    documents = connect(str(folder)).open_table(DOCUMENTS)
    # All parts are looked through: nothing can be missed.
    probes, recall = approximate.enough_probes(documents, 17, wanted=1.0)
    assert recall == 1.0 or probes == 17
    fewest, low = approximate.enough_probes(documents, 17, wanted=0.0)
    assert fewest <= probes
    assert low <= recall


def test_a_label_is_looked_for_in_all_parts(tmp_path, model_folder, monkeypatch):
    monkeypatch.setattr(approximate, "MOST_EXACT", 299)
    monkeypatch.setattr(map_writer, "MOST_LANDMARKS", 30)
    # One of 17 parts; LanceDB joins those of so few documents if it may.
    monkeypatch.setattr(approximate, "enough_probes", lambda *of: (1, 0.95))
    monkeypatch.setattr(LanceTable, "optimize", lambda *of, **options: None)
    write(tmp_path / "index", model_folder, themed_corpus(300))
    index = DocumentIndex(tmp_path / "index")
    text = ["rocket orbit moon"]
    assert len(index.search(text, 300)[0]) < 300
    labels = [label for label in index.labels() if label != "space"]
    assert labels
    for label in labels:
        found = index.search(text, 10, labels=[label])[0]
        true = index.search(text, 10, labels=[label], exact=True)[0]
        assert len(found) == 10
        assert [m.document.id for m in found] == [m.document.id for m in true]


def test_few_vectors_are_all_compared(folder, model_folder, monkeypatch):
    monkeypatch.setattr(approximate, "MOST_EXACT", 301)
    corpus = themed_corpus(301)
    write(folder, model_folder, corpus)
    assert DocumentIndex(folder).facts.probes is None
    documents = connect(str(folder)).open_table(DOCUMENTS)
    columns = sorted(c for own in documents.list_indices() for c in own.columns)
    assert columns == ["id", "number"]


def test_documents_that_came_later_are_found(folder, model_folder):
    corpus = themed_corpus(320)
    write(folder, model_folder, corpus)
    index = DocumentIndex(folder)
    (matches,) = index.similar(["d319"], 1)
    assert matches
    assert {m.document.id for m in index.search([corpus[319].text], 40)[0]} >= {"d319"}
