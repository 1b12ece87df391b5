"""Comma-separated tables, plain and gzipped."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from kate_keras.errors import InputError
from kate_keras.text import Document, read_corpus


def written(folder: Path, content: str | bytes, name: str = "c.csv") -> Path:
    path = folder / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize("name", ["c.csv", "c.csv.gz"])
def test_columns_may_stand_in_any_order_and_others_are_ignored(
    tmp_path: Path, name: str
) -> None:
    path = written(tmp_path, "rating,x,text,labels,id\n4.5,?,caf\u00e9,a; b;,7\n", name)
    assert list(read_corpus(path)) == [Document("caf\u00e9", "7", ("a", "b"), 4.5)]


def test_the_text_alone_is_enough(tmp_path: Path) -> None:
    path = written(tmp_path, "text\none\ntwo\n")
    assert list(read_corpus(path)) == [Document("one", "1"), Document("two", "2")]


def test_empty_cells_are_no_id_no_labels_and_no_rating(tmp_path: Path) -> None:
    path = written(tmp_path, "text,id,labels,rating\na,,, \nb,x,;,\n")
    assert list(read_corpus(path)) == [Document("a", "1"), Document("b", "x")]


def test_an_empty_text_is_a_document(tmp_path: Path) -> None:
    corpus = read_corpus(written(tmp_path, 'text,id\n,x\n"",y\n'))
    assert list(corpus.texts()) == ["", ""]
    assert corpus.n_empty == 2


def test_a_quoted_empty_text_in_a_single_column_is_a_document(tmp_path: Path) -> None:
    corpus = read_corpus(written(tmp_path, 'text\n""\n\n"  "\n'))
    assert list(corpus.texts()) == ["", "  "]


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, "\n \ntext,id\n\na,x\n  \n\nb,y\n\n")
    assert list(read_corpus(path).texts()) == ["a", "b"]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_a_mark_at_the_start_are_fine(
    tmp_path: Path, start: bytes, end: str
) -> None:
    content = start + end.join(["text,id", "a,x", "b,y"]).encode()
    assert list(read_corpus(written(tmp_path, content)).texts()) == ["a", "b"]


def test_fields_may_have_commas_quotes_and_line_breaks(tmp_path: Path) -> None:
    path = written(tmp_path, 'text,id\n"one, ""two""\n\nthree",x\n"a\r\nb",y\n')
    assert list(read_corpus(path).texts()) == ['one, "two"\n\nthree', "a\r\nb"]


def test_fields_may_be_of_any_size(tmp_path: Path) -> None:
    text = "long, " * 500_000
    path = written(tmp_path, f'text,id\n"{text}",x\n')
    assert list(read_corpus(path).texts()) == [text]


CELL = st.text(st.sampled_from(list("a ,\";\n'\u00e9")), max_size=6)


@settings(deadline=None, max_examples=60)
@given(st.lists(CELL, min_size=1, max_size=6))
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerows([["id", "text"], *([f"n{i}", t] for i, t in enumerate(texts))])
    path = written(tmp_path_factory.mktemp("csv"), table.getvalue())
    assert list(read_corpus(path).texts()) == texts


BAD = {
    b"b": "expected 2 columns as in the header. Received: 1",
    b"b,x,y": "expected 2 columns .*Received: 3.*must stand in",
    b'"b"c,x': "not valid CSV .*quotes doubled",
    b"caf\xe9,x": r"\(line 3\) byte 0xe9 at position 3 is not utf-8.*latin-1",
}


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.decode("latin-1"))
def test_a_bad_row_is_refused_with_file_and_line(tmp_path: Path, row: bytes) -> None:
    path = written(tmp_path, b"text,id\na,1\n" + row + b"\nc,3\n")
    with pytest.raises(InputError, match=rf"^\S*c\.csv, line 3: {BAD[row]}"):
        list(read_corpus(path))


def test_bad_rows_can_be_skipped_and_the_counts_add_up(tmp_path: Path) -> None:
    rows = [part for row in BAD for part in (b"good,", row, b"")]
    path = written(tmp_path, b"text,id\n" + b"\n".join(rows))
    corpus = read_corpus(path, skip_bad_lines=True)
    assert list(corpus.texts()) == ["good"] * len(BAD)
    assert corpus.n_skipped == len(BAD)
    assert corpus.skipped[0].startswith(f"{path}, line 3: ")


def test_a_fault_in_a_record_of_several_lines_names_where_it_starts_and_ends(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, 'text,id\n"a\nb",1\n\n"c\n\nd",2,3\ne,4\n')
    message = "record that starts at line 5 and ends at line 7: expected 2 columns"
    with pytest.raises(InputError, match=message):
        list(read_corpus(path))
    corpus = read_corpus(path, skip_bad_lines=True)
    assert list(corpus.texts()) == ["a\nb", "e"]


def test_foreign_bytes_within_a_record_name_their_line(tmp_path: Path) -> None:
    path = written(tmp_path, b'text,id\n"a\nb\xe9",1\nc,2\n')
    message = r"starts at line 2 and ends at line 3: \(line 3\) byte 0xe9 at position 1"
    with pytest.raises(InputError, match=message):
        list(read_corpus(path))
    assert list(read_corpus(path, skip_bad_lines=True).texts()) == ["c"]
    assert list(read_corpus(path, encoding="latin-1").texts()) == ["a\nb\u00e9", "c"]


def test_a_quote_that_is_never_closed_is_refused_and_hides_nothing(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, 'text,id\na,1\n"b,2\nc,3\nd,4\n')
    with pytest.raises(
        InputError, match="starts at line 3 and ends at line 5: not valid"
    ):
        list(read_corpus(path))
    corpus = read_corpus(path, skip_bad_lines=True)
    assert list(corpus.texts()) == ["a"]
    assert corpus.n_skipped == 1


@pytest.mark.parametrize(
    ("rating", "message"),
    [
        ("good", "`rating` must be a number or empty. Received: 'good'"),
        ('"4,5"', "`rating` must be a number or empty"),
        ("nan", "`rating` must be a finite number"),
        ("-inf", "`rating` must be a finite number"),
    ],
)
def test_a_bad_rating_is_refused(tmp_path: Path, rating: str, message: str) -> None:
    path = written(tmp_path, f"text,rating\na,3\nb,{rating}\n")
    with pytest.raises(InputError, match=f"line 3: {message}"):
        list(read_corpus(path))


def test_an_id_that_comes_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    path = written(tmp_path, 'text,id\n"a\n",x\nb,y\nc,x\n')
    with pytest.raises(InputError, match=r"c\.csv, line 5: the id 'x' .* of line 2\b"):
        list(read_corpus(path))


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"Text,body", "line 1: no column `text` .*columns are: 'Text', 'body'"),
        (b"text;id", "no column `text` .*columns are: 'text;id'.*separate columns by"),
        (b"text,id,text", "the column `text` is there 2 times"),
        (b"text,id,id", "the column `id` is there 2 times"),
        (b"text,\xe9", "line 1: .*byte 0xe9 at position 5"),
        (b'"text', "not valid CSV"),
        ("text".encode("utf-16"), "looks like UTF-16"),
    ],
)
def test_a_bad_header_is_refused_even_if_bad_lines_are_skipped(
    tmp_path: Path, header: bytes, message: str, skip: bool
) -> None:
    path = written(tmp_path, header + b"\na,1\n")
    with pytest.raises(InputError, match=message):
        list(read_corpus(path, skip_bad_lines=skip))


def test_spaces_round_column_names_do_not_matter(tmp_path: Path) -> None:
    assert list(read_corpus(written(tmp_path, "id, text \nx,a\n")).texts()) == ["a"]


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no documents"):
        list(read_corpus(written(tmp_path, "text,id\n")))


@pytest.mark.parametrize("skip", [False, True])
def test_a_gzip_file_cut_off_is_refused_even_if_bad_lines_are_skipped(
    tmp_path: Path, skip: bool
) -> None:
    rows = "".join(f"text {i**7},{i}\n" for i in range(2000))
    path = tmp_path / "c.csv.gz"
    path.write_bytes(gzip.compress(f"text,id\n{rows}".encode())[:-500])
    with pytest.raises(
        InputError, match=r"c\.csv\.gz, after line \d+: .*ends too early"
    ):
        list(read_corpus(path, skip_bad_lines=skip))


def test_lines_that_a_stray_quote_took_are_counted(tmp_path: Path) -> None:
    content = 'id,text\n1,good\n2,"stray\n3,lost\n4,lost\n5,"end"\n6,good\n'
    corpus = read_corpus(written(tmp_path, content), skip_bad_lines=True)
    assert [document.id for document in corpus] == ["1", "6"]
    assert (corpus.n_skipped, corpus.n_skipped_lines) == (1, 4)
    assert "starts at line 3 and ends at line 6" in corpus.skipped[0]
