import subprocess
import sys

import numpy as np
import pytest
from themed_index import cosines, themed_corpus, write

from kate_keras import InputError, load
from kate_keras.index import DocumentIndex
from kate_keras.text import Document

TEXTS = ["The rocket reached the moon.", "Bread and soup", "A violin concert"]


def expected(corpus, model, texts, n):
    """The nearest documents by plain NumPy."""
    known = [document for document in corpus if model.known(model.words(document.text))]
    vectors = model.transform([document.text for document in known]).astype(np.float64)
    found = []
    for row in cosines(model.transform(texts), vectors):
        order = np.argsort(-row, kind="stable")[:n]
        found.append([(known[i].id, row[i]) for i in order])
    return found


def test_search_finds_the_nearest_by_the_cosine(index, corpus, model_folder):
    model = load(model_folder, light=True)
    wanted = expected(corpus, model, TEXTS, 7)
    for own, right in zip(index.search(TEXTS, 7), wanted, strict=True):
        found = [match.similarity for match in own]
        np.testing.assert_allclose(found, [cosine for _, cosine in right], atol=1e-5)
        # Documents of the same words tie, so that only values far enough apart decide.
        assert {m.document.id for m in own if m.similarity > right[-1][1] + 1e-5} <= {
            name for name, _ in right
        }


def test_search_finds_the_theme_of_a_few_words(index):
    for text, theme in zip(TEXTS, ("space", "food", "music"), strict=True):
        (matches,) = index.search([text], 10)
        assert [match.document.labels for match in matches] == [(theme,)] * 10


def test_python_and_the_light_reader_find_the_same(index, model):
    for own, light in zip(
        index.search(TEXTS, 5, model=model), index.search(TEXTS, 5), strict=True
    ):
        np.testing.assert_allclose(
            [m.similarity for m in own], [m.similarity for m in light], atol=1e-5
        )


def test_a_query_does_not_depend_on_its_neighbours(index):
    alone = [index.search([text], 4)[0] for text in TEXTS]
    together = index.search(TEXTS, 4)
    for one, other in zip(alone, together, strict=True):
        assert [m.document.id for m in one] == [m.document.id for m in other]


def test_what_is_not_known_finds_nothing_and_is_not_found(index):
    nothing, something = index.search(["qqqq zzzz", "rocket"], 300)
    assert nothing == []
    assert len(something) == 240
    assert "nothing known" not in {match.document.id for match in something}
    assert index.similar(["nothing known"]) == [[]]


def test_labels_keep_others_out(index):
    (matches,) = index.search(["rocket"], 300, labels=["food", "music"])
    labels = {label for match in matches for label in match.document.labels}
    assert labels == {"food", "music"}
    assert len(matches) == 160
    assert index.search(["rocket"], labels=["it's no label"]) == [[]]


def test_similar_documents_are_others(index):
    ((first, *others),) = index.similar(["d0"], 5)
    assert len(others) == 4
    ids = [first.document.id, *(match.document.id for match in others)]
    assert "d0" not in ids
    assert first.document.labels == ("space",)
    text = index.documents(index.numbers(["d0"]))[0].snippet
    (same,) = index.search([text], 6)
    assert [m.document.id for m in same if m.document.id != "d0"][:5] == ids


def test_documents_by_their_numbers(index, corpus):
    seven, zero = index.documents([7, 99_999, 0])
    assert (seven.number, zero.number) == (7, 0)
    assert (seven.id, seven.labels) == ("d7", ("food",))
    assert seven.snippet == corpus[7].text
    assert seven.known_words == 10
    assert index.documents([]) == []


def test_labels_are_counted(index):
    assert index.labels() == {"food": 80, "music": 80, "space": 80}
    assert index.count_unlabelled() == 1
    assert index.count_unknown() == 1


def test_ids_and_labels_of_any_kind(tmp_path, model_folder):
    names = ["it's", 'say "hi"', "a, b", "naïve ☃", "'; DROP TABLE documents"]
    corpus = [Document("rocket moon", name, labels=(name,)) for name in names]
    write(tmp_path / "index", model_folder, corpus)
    index = DocumentIndex(tmp_path / "index")
    assert index.numbers(names) == [0, 1, 2, 3, 4]
    for name in names:
        ((match,),) = index.search(["moon"], labels=[name])
        assert match.document.id == name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones((1, 5)),), "n_queries, 6"),
        ((np.ones(6),), "n_queries, 6"),
        ((np.full((1, 6), np.nan),), "finite"),
        ((np.ones((1, 6)), 0), "at least 1"),
    ],
)
def test_wrong_queries_are_refused(index, arguments, message):
    with pytest.raises(InputError, match=message):
        index.nearest(*arguments)


def test_no_queries_find_nothing(index):
    assert index.search([]) == []
    assert index.nearest(np.zeros((0, 6))) == []


def test_unknown_ids_are_named(index):
    with pytest.raises(InputError, match="no document 'nobody'"):
        index.similar(["d0", "nobody"])


def test_a_folder_without_an_index_is_refused(tmp_path):
    with pytest.raises(InputError, match="There is no index"):
        DocumentIndex(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no index"):
        DocumentIndex(tmp_path)


def test_vectors_of_another_model_are_refused(index):
    with pytest.raises(InputError, match=r"(?s)not comparable.*another folder"):
        index.require_model("0" * 64)


def test_the_map_has_every_document_with_known_words(index, corpus):
    own = index.map()
    assert sorted(own.number.tolist()) == list(range(240))
    assert own.places.shape == (240, 2)
    assert own.places.dtype == np.float32
    assert ((own.places >= 0) & (own.places <= 1)).all()
    assert own.labels == ["food", "music", "space"]
    labels = [own.labels[label] for label in own.label]
    assert labels == [corpus[number].labels[0] for number in own.number]


def test_neighbours_on_the_map_are_alike(index):
    own = index.map()
    gaps = np.linalg.norm(own.places[:, None] - own.places[None], axis=2)
    np.fill_diagonal(gaps, np.inf)
    nearest = own.label[gaps.argmin(axis=1)]
    # A third of them by chance.
    assert (nearest == own.label).mean() > 0.8


def test_a_map_of_documents_without_labels(tmp_path, model_folder):
    corpus = [Document(d.text, d.id) for d in themed_corpus(3)]
    write(tmp_path / "index", model_folder, corpus)
    own = DocumentIndex(tmp_path / "index").map()
    assert own.labels == []
    assert own.label.tolist() == [-1, -1, -1]
    np.testing.assert_allclose(own.places, [[1 / 6, 0.5], [0.5, 0.5], [5 / 6, 0.5]])


def test_a_search_needs_no_tensorflow(index_folder):
    script = (
        "import sys\n"
        "from kate_keras.cli import main\n"
        "assert main(['search', sys.argv[1], 'the moon']) == 0\n"
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(index_folder)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "[space]" in done.stdout
    assert done.stderr == ""
