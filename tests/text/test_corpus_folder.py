"""Folders of text files."""

import os
from pathlib import Path

import pytest

from kate_keras.errors import InputError
from kate_keras.text import Document, read_corpus


def written(folder: Path, **files: bytes) -> Path:
    """Writes files; two underscores in a name stand for a slash, one for a dot."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_ids_are_paths_and_labels_are_sub_folders(tmp_path: Path) -> None:
    written(
        tmp_path, top_txt=b"a", sci__one=b"b", sci__space__two_md="c\u00e9".encode()
    )
    assert list(read_corpus(tmp_path)) == [
        Document("b", "sci/one", ("sci",)),
        Document("c\u00e9", "sci/space/two.md", ("sci/space",)),
        Document("a", "top.txt"),
    ]


def test_files_come_sorted_however_they_were_written(tmp_path: Path) -> None:
    names = ["b", "a10", "a9", "d__z", "d__a", "c__x__y", "B"]
    written(tmp_path, **dict.fromkeys(names, b"t"))
    ids = [document.id for document in read_corpus(tmp_path)]
    assert ids == ["B", "a10", "a9", "b", "c/x/y", "d/a", "d/z"]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    written(tmp_path, a=b"seen", _hidden=b"\xff", _git__config=b"\xff", d___x=b"\xff")
    assert list(read_corpus(tmp_path).texts()) == ["seen"]


def test_a_folder_whose_own_path_is_hidden_is_read(tmp_path: Path) -> None:
    folder = written(tmp_path / ".mine", a=b"seen")
    assert list(read_corpus(folder).texts()) == ["seen"]


def test_links_to_folders_are_not_followed_and_links_to_files_are(
    tmp_path: Path,
) -> None:
    folder = written(tmp_path / "corpus", a=b"a")
    elsewhere = written(tmp_path / "elsewhere", b=b"b")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "linked").symlink_to(elsewhere / "b")
    assert [document.id for document in read_corpus(folder)] == ["a", "linked"]


def test_pipes_are_left_out(tmp_path: Path) -> None:
    written(tmp_path, a=b"a")
    os.mkfifo(tmp_path / "pipe")
    assert list(read_corpus(tmp_path).texts()) == ["a"]


def test_a_broken_link_is_a_fault(tmp_path: Path) -> None:
    written(tmp_path, a=b"a")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match="broken cannot be read: No such file"):
        list(read_corpus(tmp_path))
    corpus = read_corpus(tmp_path, skip_bad_lines=True)
    assert list(corpus.texts()) == ["a"]
    assert corpus.n_skipped == 1


def test_foreign_bytes_are_refused_with_file_line_and_position(tmp_path: Path) -> None:
    written(tmp_path, a=b"fine", sub__b_txt=b"one\ncaf\xe9")
    message = r"sub.b\.txt, line 2: byte 0xe9 at position 7 is not utf-8.*latin-1"
    with pytest.raises(InputError, match=message):
        list(read_corpus(tmp_path))
    texts = list(read_corpus(tmp_path, encoding="latin-1").texts())
    assert texts == ["fine", "one\ncaf\u00e9"]


def test_bad_files_can_be_skipped_and_the_counts_add_up(tmp_path: Path) -> None:
    written(tmp_path, a=b"\xff", b=b"fine", c=b"\xff\xfea\0", d=b"")
    corpus = read_corpus(tmp_path, skip_bad_lines=True)
    assert list(corpus.texts()) == ["fine", ""]
    assert (corpus.n_read, corpus.n_empty, corpus.n_skipped) == (2, 1, 2)
    assert "UTF-16" in corpus.skipped[1]


def test_a_mark_at_the_start_goes_and_line_ends_stay(tmp_path: Path) -> None:
    written(tmp_path, a=b"\xef\xbb\xbfone\r\ntwo\n")
    assert list(read_corpus(tmp_path).texts()) == ["one\r\ntwo\n"]


def test_whole_files_may_be_utf_16(tmp_path: Path) -> None:
    written(tmp_path, a="caf\u00e9\n".encode("utf-16"))
    assert list(read_corpus(tmp_path, encoding="utf-16").texts()) == ["caf\u00e9\n"]


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    with pytest.raises(InputError, match="empty holds no documents"):
        list(read_corpus(tmp_path / "empty"))


def test_files_are_read_one_by_one(tmp_path: Path) -> None:
    written(tmp_path, a=b"a", b=b"\xff")
    assert next(iter(read_corpus(tmp_path))).text == "a"


def test_what_is_not_looked_at_is_counted_by_kind(tmp_path: Path) -> None:
    folder = written(tmp_path / "corpus", a=b"a", _hidden=b"x", _git__config=b"x")
    (folder / "link").symlink_to(tmp_path, target_is_directory=True)
    (folder / "zero").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    corpus = read_corpus(folder)
    assert list(corpus.texts()) == ["a"]
    assert corpus.left_out == {
        "hidden": 2,
        "a link to a folder": 1,
        "a pipe, socket or device": 2,
    }
    assert (corpus.n_read, corpus.n_skipped) == (1, 0)


def test_a_folder_of_nothing_but_hidden_files_says_so(tmp_path: Path) -> None:
    folder = written(tmp_path / "corpus", _hidden=b"x")
    with pytest.raises(InputError, match="holds no documents, but 1 × hidden"):
        list(read_corpus(folder))


def test_links_in_a_circle_are_faults_of_their_own(tmp_path: Path) -> None:
    folder = written(tmp_path / "corpus", a=b"a")
    (folder / "b").symlink_to(folder / "b")
    corpus = read_corpus(folder, skip_bad_lines=True)
    assert list(corpus.texts()) == ["a"]
    assert "symbolic links" in corpus.skipped[0]


def test_a_pipe_is_refused_before_it_blocks(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "c.jsonl")
    with pytest.raises(InputError, match="is a pipe, a socket or a device"):
        read_corpus(tmp_path / "c.jsonl")
