import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta

import numpy as np
import pytest
from conftest import small_kate
from themed_index import themed_corpus, write

from kate_keras import InputError, load
from kate_keras.index import DocumentIndex, IndexWriter, delete_documents, index_writer
from kate_keras.text import Document


@pytest.fixture
def few(monkeypatch):
    """Documents are written 16 at a time."""
    monkeypatch.setattr(index_writer, "COMMIT", 16)


def contents(path):
    index = DocumentIndex(path)
    documents = index.documents(range(1000))
    vectors = {
        number: vector.tolist()
        for numbers, part in index.vectors()
        for number, vector in zip(numbers.tolist(), part, strict=True)
    }
    own = index.map()
    places = dict(zip(own.number.tolist(), own.places.tolist(), strict=True))
    return documents, vectors, places


def test_the_same_again_changes_nothing(tmp_path, model_folder, few):
    corpus = themed_corpus(40)
    first = write(tmp_path / "index", model_folder, corpus)
    version = DocumentIndex(tmp_path / "index").facts.finished
    again = write(tmp_path / "index", model_folder, corpus)
    assert (first.n_added, first.n_changed, first.n_unchanged) == (40, 0, 0)
    assert (again.n_added, again.n_changed, again.n_unchanged) == (0, 0, 40)
    assert DocumentIndex(tmp_path / "index").facts.finished == version


def test_new_and_changed_documents_are_taken_up(tmp_path, model_folder):
    corpus = themed_corpus(30)
    write(tmp_path / "index", model_folder, corpus)
    moved = Document("bread soup kitchen", "d0", labels=("food",), rating=0.5)
    relabelled = Document(corpus[1].text, "d1", labels=("other",))
    new = Document("moon", "new")
    writer = write(
        tmp_path / "index", model_folder, [moved, relabelled, *corpus[2:], new]
    )
    assert (writer.n_added, writer.n_changed, writer.n_unchanged) == (1, 2, 28)
    index = DocumentIndex(tmp_path / "index")
    assert len(index) == 31
    zero, one, last = index.documents([0, 1, 30])
    assert (zero.id, zero.snippet, zero.rating) == ("d0", "bread soup kitchen", 0.5)
    assert (one.labels, last.id) == (("other",), "new")
    vectors = load(model_folder, light=True).transform(["bread soup kitchen"])
    ((match,),) = index.nearest(vectors, 1)
    assert match.document.id == "d0"
    assert match.similarity == pytest.approx(1)
    assert sorted(index.map().number.tolist()) == list(range(31))


def test_others_go_when_that_is_asked_for(tmp_path, model_folder):
    corpus = themed_corpus(30)
    write(tmp_path / "index", model_folder, corpus)
    with IndexWriter(tmp_path / "index", model_folder, light=True) as writer:
        assert sum(writer.add(corpus[10:])) == 20
        writer.remove_others()
        writer.finish()
    assert writer.n_removed == 10
    index = DocumentIndex(tmp_path / "index")
    assert len(index) == 20
    assert sorted(index.map().number.tolist()) == list(range(10, 30))


def test_an_interrupted_index_is_made_complete(tmp_path, model_folder, few):
    corpus = themed_corpus(50)

    def broken():
        yield from corpus[:40]
        raise OSError("the disk is gone")

    done = 0
    with IndexWriter(tmp_path / "index", model_folder, light=True) as writer:
        with pytest.raises(OSError, match="disk is gone"):
            for n_documents in writer.add(broken()):
                done += n_documents
    assert done == len(DocumentIndex(tmp_path / "index")) == 32
    with pytest.raises(InputError, match="no map yet"):
        DocumentIndex(tmp_path / "index").map()
    writer = write(tmp_path / "index", model_folder, corpus)
    assert (writer.n_added, writer.n_unchanged) == (18, 32)
    write(tmp_path / "whole", model_folder, corpus)
    assert contents(tmp_path / "index") == contents(tmp_path / "whole")


SCRIPT = """
import json, sys
from kate_keras.index import IndexWriter, index_writer
from kate_keras.text import read_corpus

index_writer.COMMIT = 8
path, model, corpus = sys.argv[1:]
with IndexWriter(path, model, light=True) as writer:
    for n_documents in writer.add(read_corpus(corpus)):
        print(n_documents, flush=True)
"""


def test_kill_9_loses_nothing_that_was_reported(tmp_path, model_folder):
    corpus = themed_corpus(160)
    lines = [
        json.dumps({"id": d.id, "text": d.text, "labels": d.labels}) for d in corpus
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    arguments = [tmp_path / "index", model_folder, tmp_path / "corpus.jsonl"]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        reported = sum(int(process.stdout.readline()) for _ in range(5))
        time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        # What it wrote to the pipe before it died counts too.
        reported += sum(map(int, process.stdout.read().split()))
    assert 40 <= reported < 160
    there = len(DocumentIndex(tmp_path / "index"))
    assert reported <= there <= reported + 8
    writer = write(tmp_path / "index", model_folder, corpus)
    assert writer.n_unchanged == there
    assert writer.n_added == 160 - there


def test_an_index_whose_making_never_got_further_is_made(tmp_path, model_folder):
    write(tmp_path / "index", model_folder, themed_corpus(3))
    # As a kill between the first two tables leaves it.
    for name in ("facts", "model", "map", "landmarks"):
        (tmp_path / "index" / f"{name}.lance").rename(tmp_path / f"{name}.lance")
    assert write(tmp_path / "index", model_folder, themed_corpus(3)).n_added == 3


def test_vectors_of_another_model_are_refused(tmp_path, model_folder, themed):
    write(tmp_path / "index", model_folder, themed_corpus(5))
    small_kate(random_state=1, epochs=1).fit(themed[0]).save(tmp_path / "other")
    with (
        pytest.raises(InputError, match="not comparable"),
        IndexWriter(tmp_path / "index", tmp_path / "other", light=True),
    ):
        pass
    # And the first model still may.
    assert write(tmp_path / "index", model_folder, themed_corpus(5)).n_unchanged == 5


def test_one_writes_at_a_time(tmp_path, model_folder):
    with IndexWriter(tmp_path / "index", model_folder, light=True) as writer:
        assert list(writer.add(themed_corpus(3))) == [3]
        with (
            pytest.raises(InputError, match="Another process writes"),
            IndexWriter(tmp_path / "index", model_folder, light=True),
        ):
            pass
        with pytest.raises(InputError, match="Another process writes"):
            delete_documents(tmp_path / "index", ["d0"])
    delete_documents(tmp_path / "index", ["d0"])
    assert len(DocumentIndex(tmp_path / "index")) == 2


def test_what_is_no_index_is_left_alone(tmp_path, model_folder):
    (tmp_path / "thesis.txt").write_text("years of work")
    with (
        pytest.raises(InputError, match=r"thesis\.txt"),
        IndexWriter(tmp_path, model_folder, light=True),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with (
        pytest.raises(InputError, match="is a file"),
        IndexWriter(tmp_path / "thesis.txt", model_folder, light=True),
    ):
        pass


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([Document("a", "1"), Document("b", "1")], "'1' comes twice"),
        (["a text"], "`documents` must be of `Document`"),
    ],
)
def test_wrong_documents_are_refused(tmp_path, model_folder, documents, message):
    with IndexWriter(tmp_path / "index", model_folder, light=True) as writer:
        with pytest.raises(InputError, match=message):
            list(writer.add(documents))
    assert len(DocumentIndex(tmp_path / "index")) == 0


def test_snippets_are_cut_at_their_length(tmp_path, model_folder):
    texts = ["moon  moon\nx", "moon moon xy", "moon moon xyz"]
    corpus = [Document(text, str(i)) for i, text in enumerate(texts)]
    write(tmp_path / "index", model_folder, corpus, snippet=12)
    documents = DocumentIndex(tmp_path / "index").documents([0, 1, 2])
    snippets = [document.snippet for document in documents]
    assert snippets == ["moon moon x", "moon moon xy", "moon moon xy…"]


def test_another_length_of_snippets_is_refused(tmp_path, model_folder):
    write(tmp_path / "index", model_folder, themed_corpus(3), snippet=12)
    with (
        pytest.raises(InputError, match="keeps snippets of 12 characters"),
        IndexWriter(tmp_path / "index", model_folder, light=True, snippet=300),
    ):
        pass
    assert write(tmp_path / "index", model_folder, themed_corpus(3)).n_unchanged == 3
    write(tmp_path / "index", model_folder, themed_corpus(4), snippet=12)
    (last,) = DocumentIndex(tmp_path / "index").documents([3])
    assert len(last.snippet) <= 13


def test_the_map_stays_until_the_corpus_has_doubled(tmp_path, model_folder):
    corpus = themed_corpus(61)
    places = []
    for n_documents in (30, 60, 61):
        write(tmp_path / "index", model_folder, corpus[:n_documents])
        own = DocumentIndex(tmp_path / "index").map()
        order = own.number.argsort()
        assert len(order) == n_documents
        places.append(own.places[order][:30].tolist())
    assert places[0] == places[1] != places[2]


def unknown(n_documents):
    return [Document("zzblorp", f"u{i}") for i in range(n_documents)]


def test_documents_without_known_words_are_an_index_too(tmp_path, model_folder):
    write(tmp_path / "index", model_folder, unknown(2))
    index = DocumentIndex(tmp_path / "index")
    assert len(index) == index.count_unknown() == 2
    assert len(index.map().number) == 0
    assert list(index.vectors()) == []
    assert index.search(["moon"]) == [[]]


def test_the_map_is_laid_out_by_the_documents_that_lie_on_it(tmp_path, model_folder):
    corpus = themed_corpus(11)
    write(tmp_path / "index", model_folder, [*unknown(9), *corpus[:1]])
    write(tmp_path / "index", model_folder, [*unknown(9), *corpus])
    places = DocumentIndex(tmp_path / "index").map().places
    assert len(places) == 11
    assert len(np.unique(places, axis=0)) > 5


def test_deleted_documents_are_gone(tmp_path, model_folder):
    write(tmp_path / "index", model_folder, themed_corpus(9))
    with pytest.raises(InputError, match="no document 'nobody'"):
        delete_documents(tmp_path / "index", ["d1", "nobody"])
    assert len(DocumentIndex(tmp_path / "index")) == 9
    delete_documents(tmp_path / "index", ["d1", "d8"])
    index = DocumentIndex(tmp_path / "index")
    assert len(index) == 7
    assert sorted(index.map().number.tolist()) == [0, 2, 3, 4, 5, 6, 7]
    assert {m.document.id for m in index.search(["moon"])[0]} == {
        f"d{i}" for i in (0, 2, 3, 4, 5, 6, 7)
    }


def test_a_number_is_never_given_twice(tmp_path, model_folder):
    corpus = themed_corpus(6)
    write(tmp_path / "index", model_folder, corpus[:4])
    delete_documents(tmp_path / "index", ["d3"])
    write(tmp_path / "index", model_folder, [*corpus[:3], corpus[4]])
    index = DocumentIndex(tmp_path / "index")
    assert index.numbers(["d4"]) == [4]
    with IndexWriter(tmp_path / "index", model_folder, light=True) as writer:
        assert sum(writer.add(corpus[:2])) == 2
        writer.remove_others()
        writer.finish()
    write(tmp_path / "index", model_folder, [*corpus[:2], corpus[5]])
    assert index.numbers(["d0", "d1", "d5"]) == [0, 1, 5]


def test_an_interrupted_deletion_is_mended(tmp_path, model_folder, monkeypatch):
    corpus = themed_corpus(9)
    write(tmp_path / "index", model_folder, corpus)
    # As a kill between the two tables leaves it.
    monkeypatch.setattr("kate_keras.index.deletion.MAP", "nothing of this name")
    delete_documents(tmp_path / "index", ["d4"])
    monkeypatch.undo()
    index = DocumentIndex(tmp_path / "index")
    assert (len(index), len(index.map().number)) == (8, 9)
    write(tmp_path / "index", model_folder, [d for d in corpus if d.id != "d4"])
    assert (len(index), len(index.map().number)) == (8, 8)


def test_another_index_at_the_same_place_has_another_map(tmp_path, model_folder):
    versions = []
    for n_documents in (5, 6):
        write(tmp_path / "index", model_folder, themed_corpus(n_documents))
        versions.append(DocumentIndex(tmp_path / "index").map_version)
        shutil.rmtree(tmp_path / "index")
    assert versions[0] != versions[1]


def test_an_index_that_never_got_documents_is_nobodys(tmp_path, model_folder, themed):
    with IndexWriter(tmp_path / "index", model_folder, light=True) as writer:
        assert list(writer.add([])) == []
    small_kate(random_state=1, epochs=1).fit(themed[0]).save(tmp_path / "other")
    assert write(tmp_path / "index", tmp_path / "other", themed_corpus(3)).n_added == 3


# LanceDB warns of readers, of which there are none here.
@pytest.mark.filterwarnings("ignore:optimize.cleanup_older_than=0")
def test_what_was_is_not_kept_for_ever(tmp_path, model_folder, monkeypatch):
    for module in ("approximate", "index_writer"):
        monkeypatch.setattr(
            f"kate_keras.index.{module}.KEPT", timedelta(microseconds=1)
        )
    sizes = []
    for n_documents in range(20, 32):
        write(tmp_path / "index", model_folder, themed_corpus(n_documents))
        files = (tmp_path / "index").rglob("*")
        sizes.append(sum(1 for file in files if file.is_file()))
    assert sizes[-1] <= sizes[3] + 6


def test_an_index_that_others_write_to_is_read_as_it_is(tmp_path, model_folder):
    write(tmp_path / "index", model_folder, themed_corpus(6))
    index = DocumentIndex(tmp_path / "index")
    assert len(index) == 6
    write(tmp_path / "index", model_folder, themed_corpus(9))
    assert len(index) == 9
    assert len(index.search(["moon"], 20)[0]) == 9


def test_an_index_of_a_newer_format_is_refused(tmp_path, model_folder, monkeypatch):
    monkeypatch.setattr("kate_keras.index.facts.FORMAT_VERSION", 2)
    write(tmp_path / "index", model_folder, themed_corpus(3))
    monkeypatch.undo()
    with pytest.raises(InputError, match="newer kate_keras"):
        DocumentIndex(tmp_path / "index")


@pytest.mark.parametrize("package", ["lancedb", "filelock", "pyarrow"])
@pytest.mark.parametrize("command", [["search", "x", "y"], ["delete", "x", "y"]])
def test_what_is_not_installed_is_named(package, command):
    script = (
        "import sys\n"
        f"sys.modules['{package}'] = None\n"
        "from kate_keras.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith("pip install 'kate_keras[index]'")
