"""What holds for a corpus of any kind."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from kate_keras.errors import InputError
from kate_keras.text import Corpus, Document, read_corpus


def jsonl(folder: Path, *documents: dict[str, Any], name: str = "c.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(d) + "\n" for d in documents), "utf-8")
    return path


def test_documents_come_with_all_that_is_known(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path, {"text": "a b", "id": "x", "labels": ["l", "m"], "rating": 2}
    )
    (document,) = read_corpus(path)
    assert document == Document("a b", "x", ("l", "m"), 2.0)
    assert isinstance(document.rating, float)


def test_documents_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Document("a", "1").text = "b"  # type: ignore[misc]


def test_a_path_may_be_a_string(tmp_path: Path) -> None:
    path = jsonl(tmp_path, {"text": "a"})
    assert list(read_corpus(str(path))) == list(read_corpus(path))
    assert read_corpus(str(path)).name == read_corpus(path).name == str(path)


def test_texts_yields_texts_only(tmp_path: Path) -> None:
    corpus = read_corpus(jsonl(tmp_path, {"text": "a"}, {"text": ""}))
    assert list(corpus.texts()) == ["a", ""]
    assert (corpus.n_read, corpus.n_empty) == (2, 1)


def test_counts_are_zero_before_reading_and_grow_while_reading(tmp_path: Path) -> None:
    corpus = read_corpus(
        jsonl(tmp_path, {"text": "a"}, {"text": " \n\u3000"}, {"text": ""})
    )
    assert (corpus.n_read, corpus.n_empty, corpus.n_skipped, corpus.skipped) == (
        0,
        0,
        0,
        (),
    )
    seen = [(corpus.n_read, corpus.n_empty) for _ in corpus]
    assert seen == [(1, 0), (2, 1), (3, 2)]


def test_every_iteration_starts_anew(tmp_path: Path) -> None:
    corpus = read_corpus(jsonl(tmp_path, {"text": "a"}, {"text": "b"}))
    assert next(iter(corpus)).text == "a"
    assert list(corpus) == list(corpus)
    assert corpus.n_read == 2


def test_iterations_do_not_disturb_each_other(tmp_path: Path) -> None:
    corpus = read_corpus(jsonl(tmp_path, {"text": "a"}, {"text": "b"}))
    pairs = [(x.text, y.text) for x, y in zip(corpus, corpus, strict=True)]
    assert pairs == [("a", "a"), ("b", "b")]
    assert corpus.n_read == 2


def test_a_file_changed_between_iterations_is_read_as_it_is(tmp_path: Path) -> None:
    corpus = read_corpus(jsonl(tmp_path, {"text": "old"}))
    assert list(corpus.texts()) == ["old"]
    jsonl(tmp_path, {"text": "new"}, {"text": "er"})
    assert list(corpus.texts()) == ["new", "er"]


def test_reading_streams(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "fine"}\nnot JSON\n')
    documents = iter(read_corpus(path))
    assert next(documents).text == "fine"
    with pytest.raises(InputError, match="line 2"):
        next(documents)


def test_documents_without_id_bear_their_running_number(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(
        '\n{"text": "a"}\n\n{"text": "b", "id": null}\n{"text": "c", "id": ""}'
    )
    assert [document.id for document in read_corpus(path)] == ["1", "2", "3"]


def test_running_numbers_count_skipped_documents(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "a"}\nbad\n{"text": "b"}\n')
    corpus = read_corpus(path, skip_bad_lines=True)
    assert [document.id for document in corpus] == ["1", "3"]


def test_an_id_that_comes_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path, {"text": "a", "id": "x"}, {"text": "b"}, {"text": "a", "id": "x"}
    )
    with pytest.raises(
        InputError, match=r"c\.jsonl, line 3: the id 'x' .* of line 1\b"
    ):
        list(read_corpus(path))
    corpus = read_corpus(path, skip_bad_lines=True)
    assert [document.id for document in corpus] == ["x", "2"]
    assert corpus.n_skipped == 1


def test_a_number_and_a_string_of_it_are_the_same_id(tmp_path: Path) -> None:
    path = jsonl(tmp_path, {"text": "a", "id": 7}, {"text": "b", "id": "7"})
    with pytest.raises(InputError, match="line 2: the id '7'"):
        list(read_corpus(path))


def test_a_running_number_that_is_an_id_is_refused(tmp_path: Path) -> None:
    path = jsonl(tmp_path, {"text": "a", "id": "2"}, {"text": "b"}, {"text": "c"})
    with pytest.raises(InputError, match=r"line 2: the id '2' \(its running number"):
        list(read_corpus(path))
    corpus = read_corpus(path, skip_bad_lines=True)
    assert [document.id for document in corpus] == ["2", "3"]


def test_an_id_that_is_a_running_number_is_refused(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path, {"text": "x", "id": "x"}, {"text": "b"}, {"text": "c", "id": "2"}
    )
    with pytest.raises(
        InputError, match="line 3: the id '2' is already that of line 2"
    ):
        list(read_corpus(path))


def test_ids_that_only_look_like_running_numbers_are_fine(tmp_path: Path) -> None:
    names = ["0", "01", "\u0661", "1.0", "-1", "9" * 4000, "9"]
    path = jsonl(
        tmp_path, {"text": "a"}, *({"text": "b", "id": name} for name in names)
    )
    assert [document.id for document in read_corpus(path)] == ["1", *names]


def test_a_skipped_document_does_not_take_its_id(tmp_path: Path) -> None:
    path = jsonl(tmp_path, {"text": 1, "id": "x"}, {"text": "b", "id": "x"})
    assert [document.id for document in read_corpus(path, skip_bad_lines=True)] == ["x"]


def test_only_the_first_few_faults_are_kept_but_all_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("bad\n" * 20 + '{"text": "good"}\n')
    corpus = read_corpus(path, skip_bad_lines=True)
    assert list(corpus.texts()) == ["good"]
    assert (corpus.n_read, corpus.n_skipped) == (1, 20)
    assert len(corpus.skipped) == 5
    assert "line 1:" in corpus.skipped[0]
    assert "line 5:" in corpus.skipped[4]


def test_a_corpus_of_bad_lines_only_is_refused_with_the_first(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("bad\nworse\n")
    with pytest.raises(InputError, match="all 2 were skipped.*line 1: not valid JSON"):
        list(read_corpus(path, skip_bad_lines=True))


@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz", "c.csv", "c.csv.gz"])
@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    with pytest.raises(InputError, match=r"c\.\w+(\.gz)? holds no documents"):
        list(read_corpus(path))


def test_a_document_with_an_empty_text_is_a_document(tmp_path: Path) -> None:
    corpus = read_corpus(jsonl(tmp_path, {"text": ""}))
    assert [document.text for document in corpus] == [""]
    assert (corpus.n_read, corpus.n_empty) == (1, 1)


@pytest.mark.parametrize("source", ["nowhere.jsonl", "x\0y", "a text " * 1000, ""])
def test_an_unknown_source_is_refused_with_what_is_accepted(source: str) -> None:
    with pytest.raises(
        InputError, match=r"\.jsonl.*\.csv.*folder.*20newsgroups.*docstri"
    ):
        list(read_corpus(source or "no such folder"))


@pytest.mark.parametrize("source", [None, 3, ["a text"], b"c.jsonl"])
def test_a_source_of_another_type_is_refused(source: Any) -> None:
    with pytest.raises(InputError, match="A corpus must be .* Received: "):
        read_corpus(source)


@pytest.mark.parametrize(
    "name", ["c.doc", "c.json", "c.tsv", "c", "c.gz", "c.jsonl.zip"]
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"text": "a"}')
    with pytest.raises(InputError, match=r"\.jsonl.*\.gz.*Received the file: .*c"):
        read_corpus(tmp_path / name)


@pytest.mark.parametrize("name", ["c.JSONL", "C.Jsonl.GZ"])
def test_file_endings_may_be_capital(tmp_path: Path, name: str) -> None:
    content = b'{"text": "a"}'
    packed = name.endswith("GZ")
    (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
    assert list(read_corpus(tmp_path / name).texts()) == ["a"]


def test_a_path_that_exists_wins_over_a_known_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docstrings").mkdir()
    (tmp_path / "docstrings" / "a.txt").write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert list(read_corpus("docstrings").texts()) == ["mine"]


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", ""])
def test_an_unknown_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    path = jsonl(tmp_path, {"text": "a"})
    with pytest.raises(InputError, match="`encoding` must name a text encoding"):
        read_corpus(path, encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32-le", "cp037"])
def test_an_encoding_without_plain_line_ends_is_refused(
    tmp_path: Path, encoding: str
) -> None:
    path = jsonl(tmp_path, {"text": "a"})
    with pytest.raises(InputError, match=f"iconv -f {encoding} -t utf-8"):
        read_corpus(path, encoding=encoding)


def test_a_corpus_can_be_made_of_any_reader() -> None:
    from kate_keras.text.records import Record

    corpus = Corpus("mine", lambda: iter([Record(1, Document("a", "x"))]))
    assert list(corpus) == [Document("a", "x")]
    assert (corpus.name, corpus.n_read) == ("mine", 1)
