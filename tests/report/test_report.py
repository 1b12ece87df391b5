"""The page: whole, safe, and true to the model."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import small_kate

from kate_keras import InputError
from kate_keras.cli import main
from kate_keras.text import Document

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

from kate_keras.report import make_report
from kate_keras.report.examples import examples
from kate_keras.report.page import _directions, _encoded

EVIL = "<script>alert('moon')</script> rocket"


class Reader(HTMLParser):
    """Notes the tags, the ids and the text of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.links, self.text = [], [], [], []
        self.pages = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "srcdoc" in attributes:
            self.pages.append(attributes["srcdoc"])
        self.links += [
            attributes[name] for name in ("src", "href") if name in attributes
        ]

    def handle_data(self, data):
        self.text.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.fixture(scope="module")
def documents(themed):
    texts, labels = themed
    # Few enough for a map by principal components, which is quick.
    ours = [Document(texts[i], str(i), (labels[i],)) for i in range(47)]
    return [*ours, Document(EVIL, "<b>evil</b>", ("space",)), Document("", "empty")]


@pytest.fixture(scope="module")
def page(model, documents):
    return make_report(model, "Themes & co", documents, n_words=4)


def test_the_page_has_every_part_and_no_id_twice(page):
    found = read(page)
    named = {"model", "topics", "map", "quality", "reliability", "training", "cite"}
    assert named <= set(found.ids)
    assert {f"topic-{i}" for i in range(6)} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert found.tags.count("img") == 2
    assert found.tags.count("iframe") == 1


def test_the_page_needs_no_other_file(page):
    links = read(page).links
    assert links
    assert all(link.startswith(("#", "data:image/svg+xml;base64,")) for link in links)
    assert not re.search(r"@import|url\((?!['\"]?#)", page)


def test_whatever_a_document_holds_is_shown_as_text(page):
    found = read(page)
    assert "script" not in found.tags
    assert "Themes & co" in "".join(found.text)
    # Within the map's own page, too, which has a script, but not this one.
    (inner,) = found.pages
    assert "rocket" in inner
    assert "<script>alert" not in inner


def test_figures_are_those_of_the_model(page, model):
    text = " ".join(" ".join(read(page).text).split())
    assert model.fingerprint_ in text
    assert f"words known {len(model.vocabulary_)}" in text
    assert "trained on 240 documents of 10 known words" in text
    assert "nearly the same of every document 0 %" in text
    idle = int(model.history_["units_without_wins"][-1])
    assert f"after the last epoch {idle} of 6" in text
    for topic in model.topics(4):
        for word, _ in topic.positive:
            assert word in text
    # Four words in five of a theme: it is told nearly always.
    accuracy = re.search(r"accuracy of logistic regression ([\d.]+)", text)
    assert float(accuracy[1]) > 0.9


def test_the_same_model_gives_the_same_page(page, model, documents):
    assert make_report(model, "Themes & co", documents, n_words=4) == page


def test_a_model_alone_has_neither_map_nor_quality(model):
    found = read(make_report(model, "themes"))
    assert not {"map", "quality", "reliability"} & set(found.ids)
    assert {"topics", "training"} <= set(found.ids)


def test_documents_without_labels_have_a_map_but_no_accuracy(model, documents):
    plain = [Document(d.text, d.id) for d in documents[:30]]
    # A theme has eight words, fewer than a topic has by default.
    page = make_report(model, "themes", plain, n_words=5)
    assert "accuracy" not in page
    assert "NPMI" in page
    assert 'id="map"' in page


@pytest.mark.parametrize(("count", "method"), [(49, "pca"), (50, "tsne")])
def test_many_documents_are_laid_out_by_their_neighbours(
    model, monkeypatch, count, method
):
    asked = []

    def project(vectors, method, random_state):
        asked.append((method, len(vectors)))
        return vectors[:, :2]

    monkeypatch.setattr("kate_keras.plots.project", project)
    make_report(model, "themes", [Document("moon", str(i)) for i in range(count)])
    assert asked == [(method, count)]


def test_of_very_many_documents_a_sample_is_shown(model, monkeypatch):
    monkeypatch.setattr("kate_keras.report.page.MOST_POINTS", 10)
    documents = [Document(f"moon{'' if i else ' zyx'}", str(i)) for i in range(30)]
    page = make_report(model, "themes", documents)
    assert page.count("&#34;moon") == 10


def test_few_documents_have_no_map(model):
    page = make_report(model, "themes", [Document("moon", "a"), Document("soup", "b")])
    assert 'id="map"' not in page
    assert "moon" in page


def test_examples_are_those_at_the_ends():
    vectors = np.array([[1.0, 0.5], [-2.0, 0.1], [3.0, 0.2], [2.0, 0.0]])
    ends = examples(vectors, list("abcd"), ["x\n y"] * 4, 0)
    assert [(e.id, e.value) for e in ends.high] == [("c", 3.0), ("d", 2.0)]
    assert [(e.id, e.text) for e in ends.low] == [("b", "x y")]
    # 0 is at no end.
    assert examples(vectors, list("abcd"), [""] * 4, 1).low == []


def test_a_long_document_is_at_no_end_by_its_length(model, documents):
    part = _encoded(model, documents)
    directions = _directions(part)
    lengths = np.linalg.norm(directions, axis=1)
    # The last has no word.
    np.testing.assert_allclose(lengths, [1.0] * 48 + [0.0], atol=1e-6)
    found = directions[0] * np.linalg.norm(part.vectors[0])
    np.testing.assert_allclose(found, part.vectors[0], atol=1e-6)


def test_a_variant_of_two_layers_has_a_page_too(themed, documents):
    deep = small_kate(variant="variational", k=None, epochs=1).fit(themed[0])
    assert 'id="topic-5"' in make_report(deep, "deep", documents)


def test_one_word_a_topic_has_no_coherence(model, documents):
    page = make_report(model, "themes", documents, n_words=1)
    assert "<h1>themes</h1>" in page
    assert "coheren" not in page.lower()


def test_what_cannot_be_reported_is_refused(model):
    with pytest.raises(InputError, match="needs documents, or none at all"):
        make_report(model, "themes", [])
    counts = small_kate(n_components=4, epochs=1).fit(
        np.random.default_rng(0).poisson(1.0, (30, 8))
    )
    with pytest.raises(InputError, match="fitted on counts"):
        make_report(counts, "counts")


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_a_missing_package_is_named_before_anything_is_read(package, tmp_path):
    script = (
        "import sys\n"
        f"sys.modules[{package!r}] = None\n"
        "from kate_keras.cli import main\n"
        "sys.exit(main(['report', 'no-model', '--corpus', 'no-corpus']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "kate report: `make_report` needs the extra `report`, which is not installed: "
        "pip install 'kate_keras[report]'\n"
    )


def test_the_command_writes_the_page(model_folder, tmp_path, capsys):
    target = tmp_path / "page.html"
    assert main(["report", str(model_folder), "-o", str(target)]) == 0
    assert "<h1>themes</h1>" in target.read_text(encoding="utf-8")
    assert "topics     6" in capsys.readouterr().out
    corpus = tmp_path / "texts"
    corpus.mkdir()
    for i, word in enumerate(["moon rocket", "soup bread", "violin piano", "orbit"]):
        (corpus / f"{i}.txt").write_text(word)
    command = ["report", str(model_folder), "-o", str(target), "--corpus", str(corpus)]
    assert main(command) == 0
    assert 'id="map"' in target.read_text(encoding="utf-8")


def test_an_earlier_page_stays_where_a_new_one_fails(model_folder, tmp_path, capsys):
    target = tmp_path / "page.html"
    target.write_text("earlier")
    missing = str(tmp_path / "nowhere.jsonl")
    command = ["report", str(model_folder), "-o", str(target), "--corpus", missing]
    assert main(command) == 2
    assert target.read_text() == "earlier"
    assert len(capsys.readouterr().err.splitlines()) <= 2
