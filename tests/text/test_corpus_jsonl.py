"""JSON Lines files, plain and gzipped."""

import gzip
from pathlib import Path

import pytest

from kate_keras.errors import InputError
from kate_keras.text import Document, read_corpus

GOOD = b'{"text": "good"}\n'


def written(folder: Path, content: bytes, name: str = "c.jsonl") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz"])
def test_plain_and_packed_files_give_the_same_documents(
    tmp_path: Path, name: str
) -> None:
    content = '{"text": "caf\u00e9", "id": 5, "labels": "x"}\n{"text": "b"}'.encode()
    corpus = read_corpus(written(tmp_path, content, name))
    assert list(corpus) == [Document("caf\u00e9", "5", ("x",)), Document("b", "2")]


@pytest.mark.parametrize(
    ("fields", "document"),
    [
        (b"", Document("t", "1")),
        (b', "other": {"a": [NaN]}, "title": 3', Document("t", "1")),
        (b', "id": "a b"', Document("t", "a b")),
        (b', "id": -3', Document("t", "-3")),
        (b', "id": null, "labels": null, "rating": null', Document("t", "1")),
        (b', "labels": []', Document("t", "1")),
        (b', "labels": ""', Document("t", "1")),
        (b', "labels": "one; label"', Document("t", "1", ("one; label",))),
        (b', "labels": ["b", "a"]', Document("t", "1", ("b", "a"))),
        (b', "rating": 0', Document("t", "1", (), 0.0)),
        (b', "rating": -1.5e3', Document("t", "1", (), -1500.0)),
        (b', "id": "\\ud83d\\ude00"', Document("t", "\U0001f600")),
    ],
)
def test_optional_keys(tmp_path: Path, fields: bytes, document: Document) -> None:
    path = written(tmp_path, b'{"text": "t"' + fields + b"}")
    assert list(read_corpus(path)) == [document]


BAD = {
    b"{": "not valid JSON .*one object such as",
    b"{'text': 'a'}": "not valid JSON",
    b'{"text": "a"} {"text": "b"}': r"not valid JSON \(Extra data, character 15\)",
    b'{"text": "a": 1}': "not valid JSON",
    b'{"rating": ' + b"1" * 5000 + b', "text": "a"}': "not valid JSON",
    b'{"text": "a", "x": ' + b"[" * 100_000 + b"}": "not valid JSON",
    b'["text"]': r"expected an object .*Received: \['text'\] \(of type list\)",
    b'"text"': "expected an object .*of type str",
    b"null": "expected an object .*of type NoneType",
    b"{}": "no `text`. The keys are: none",
    b'{"Text": "a", "body": 1}': "no `text`. The keys are: 'Text', 'body'",
    b'{"text": null}': "`text` must be a string. Received: None .*dropped",
    b'{"text": 3}': "`text` must be a string. Received: 3 .of type int",
    b'{"text": ["a"]}': "`text` must be a string",
    b'{"text": "ab\\ud800"}': r"`text` is not valid Unicode.*'\\ud800', at character 2",
    b'{"text": "a", "id": "\\udc00"}': "`id` is not valid Unicode",
    b'{"text": "a", "labels": ["x", "\\udc00"]}': "`labels` is not valid Unicode",
    b'{"text": "a", "id": 1.5}': "`id` must be a string or a whole number.*: 1.5",
    b'{"text": "a", "id": true}': "`id` must be .*True",
    b'{"text": "a", "id": ["x"]}': "`id` must be .*list",
    b'{"text": "a", "labels": 3}': "`labels` must be a list of strings.*int",
    b'{"text": "a", "labels": ["x", 3]}': "`labels` must be a list of strings",
    b'{"text": "a", "labels": {"x": 1}}': "`labels` must be a list of strings",
    b'{"text": "a", "rating": "5"}': "`rating` must be a number. Received: '5'",
    b'{"text": "a", "rating": true}': "`rating` must be a number",
    b'{"text": "a", "rating": NaN}': "`rating` must be a finite number. Received: nan",
    b'{"text": "a", "rating": Infinity}': "`rating` must be a finite number",
    b'{"text": "a", "rating": -1e999}': "`rating` must be a finite number",
    b'{"text": "a", "rating": 1'
    + b"0" * 400
    + b"}": "`rating` must be a finite number",
    b'{"text": "caf\xe9"}': (
        "byte 0xe9 at position 13 is not utf-8.*--encoding latin-1"
    ),
    b'{"text": "a\xed\xa0\x80"}': "byte 0xed at position 11 is not utf-8",
}


@pytest.mark.parametrize("line", BAD, ids=lambda line: line[:40].decode("latin-1"))
def test_a_bad_line_is_refused_with_file_and_line(tmp_path: Path, line: bytes) -> None:
    path = written(tmp_path, GOOD + b"\n" + line + b"\n" + GOOD)
    with pytest.raises(InputError, match=rf"(?s)^\S*c\.jsonl, line 3: {BAD[line]}"):
        list(read_corpus(path))


def test_a_message_stays_short_whatever_the_line(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"text": ["' + b"x" * 100_000 + b'"]}')
    with pytest.raises(InputError) as caught:
        list(read_corpus(path))
    assert len(str(caught.value)) < 400 + len(str(path))


@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz"])
def test_bad_lines_can_be_skipped_and_the_counts_add_up(
    tmp_path: Path, name: str
) -> None:
    lines = [part for line in BAD for part in (GOOD.strip(), line, b"")]
    corpus = read_corpus(
        written(tmp_path, b"\n".join(lines), name), skip_bad_lines=True
    )
    assert set(corpus.texts()) == {"good"}
    assert (corpus.n_read, corpus.n_skipped) == (len(BAD), len(BAD))
    assert corpus.n_read + corpus.n_skipped == sum(bool(line) for line in lines)
    assert corpus.skipped[0].startswith(f"{tmp_path / name}, line 2: ")


@pytest.mark.parametrize(
    "content",
    [
        b'{"text": "a"}\r\n{"text": "b"}\r\n',
        b'\xef\xbb\xbf{"text": "a"}\n{"text": "b"}',
        b'\n \t\r\n{"text": "a"}\n\n\r\n{"text": "b"}\n\n',
        b'  {"text": "a"}  \n\t{"text": "b"}\n',
    ],
)
def test_line_ends_blank_lines_and_a_mark_at_the_start_are_fine(
    tmp_path: Path, content: bytes
) -> None:
    assert list(read_corpus(written(tmp_path, content)).texts()) == ["a", "b"]


def test_separators_of_unicode_do_not_end_a_line(tmp_path: Path) -> None:
    text = "a\u2028b\u0085c\x7f"
    path = written(tmp_path, f'{{"text": "{text}"}}'.encode())
    assert list(read_corpus(path).texts()) == [text]


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, '{"text": "caf\u00e9"}'.encode("latin-1"))
    assert list(read_corpus(path, encoding="latin-1").texts()) == ["caf\u00e9"]


def test_utf_16_is_recognised(tmp_path: Path) -> None:
    path = written(tmp_path, '{"text": "a"}'.encode("utf-16"))
    with pytest.raises(InputError, match="line 1: byte 0x.. .*looks like UTF-16"):
        list(read_corpus(path))


def packed_documents(n_documents: int) -> bytes:
    lines = (f'{{"text": "document {i} {i**5}"}}\n' for i in range(n_documents))
    return gzip.compress("".join(lines).encode())


@pytest.mark.parametrize("skip", [False, True])
def test_a_gzip_file_cut_off_is_refused_even_if_bad_lines_are_skipped(
    tmp_path: Path, skip: bool
) -> None:
    path = tmp_path / "c.jsonl.gz"
    path.write_bytes(packed_documents(2000)[:-1000])
    with pytest.raises(
        InputError, match=r"c\.jsonl\.gz, after line \d+: .*ends too early"
    ):
        list(read_corpus(path, skip_bad_lines=skip))


@pytest.mark.parametrize("skip", [False, True])
def test_a_corrupt_gzip_file_is_refused(tmp_path: Path, skip: bool) -> None:
    content = bytearray(packed_documents(2000))
    content[len(content) // 2] ^= 0xFF
    path = tmp_path / "c.jsonl.gz"
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"c\.jsonl\.gz, (after )?line \d+: "):
        list(read_corpus(path, skip_bad_lines=skip))


def test_a_file_that_is_no_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl.gz"
    path.write_bytes(GOOD)
    with pytest.raises(InputError, match="not a sound gzip file.*take `.gz` off"):
        list(read_corpus(path))


def test_gzip_members_in_a_row_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD) + gzip.compress(GOOD))
    assert list(read_corpus(path).texts()) == ["good", "good"]


def test_a_file_removed_before_it_is_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    corpus = read_corpus(path)
    path.unlink()
    with pytest.raises(InputError, match=r"c\.jsonl cannot be read: No such file"):
        list(corpus)


@pytest.mark.parametrize("key", ["text", "id", "labels", "rating"])
def test_a_key_that_comes_twice_is_a_fault_and_nothing_is_dropped(
    tmp_path: Path, key: str
) -> None:
    line = b'{"text": "a", "id": "x", "labels": [], "rating": 1, "%s": null}\n'
    path = written(tmp_path, GOOD + line % key.encode())
    with pytest.raises(InputError, match=f"line 2: the key `{key}` is there more than"):
        list(read_corpus(path))


def test_other_keys_may_come_twice(tmp_path: Path) -> None:
    line = b'{"text": "a", "x": 1, "x": {"text": 1, "text": 2}}\n'
    assert list(read_corpus(written(tmp_path, line)).texts()) == ["a"]


def test_a_line_without_end_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kate_keras.text.lines.LONGEST_LINE", 40)
    line = b'{"text": "' + b"a" * 27 + b'"}\n'
    assert len(line) == 40
    assert len(list(read_corpus(written(tmp_path, line)))) == 1
    bomb = written(tmp_path, GOOD + b" " + line, "c.jsonl.gz")
    with pytest.raises(InputError, match="c.jsonl.gz, line 2: longer than 40 bytes"):
        list(read_corpus(bomb, skip_bad_lines=True))


@pytest.mark.parametrize("name", ["a\\u0000", "x" * 4097])
def test_an_id_that_files_of_ids_cannot_hold_is_a_fault(
    tmp_path: Path, name: str
) -> None:
    path = written(tmp_path, b'{"text": "a", "id": "%s"}' % name.encode())
    with pytest.raises(InputError, match="`id` must have at most 4096 characters"):
        list(read_corpus(path))
    path = written(tmp_path, b'{"text": "a", "id": "%s"}' % (b"x" * 4096))
    assert len(next(iter(read_corpus(path))).id) == 4096
