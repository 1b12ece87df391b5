"""Documents of any content: the same from every reader, and none lost."""

import json
import os
from pathlib import Path

import pytest
from drawn_examples import EXAMPLES, STRINGS, TEXTS
from hypothesis import given, strategies as st

from kate_keras.errors import InputError
from kate_keras.text import Document, read_corpus

mutations = pytest.importorskip("benchmarks.reliability.mutations")
from benchmarks.reliability.judged import judge_reading, watchdog  # noqa: E402

# A table parts labels by `;` and ignores the space around them.
LABELS = TEXTS.filter(lambda label: ";" not in label and label == label.strip() != "")
IDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": IDS, "text": TEXTS, "labels": st.lists(LABELS, max_size=3)},
        optional={"rating": st.floats(allow_nan=False, allow_infinity=False)},
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row["id"],
)
# Values that JSON can hold, right and wrong, for each key.
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), STRINGS, st.lists(STRINGS)
)
FIELDS = st.dictionaries(st.sampled_from(["text", "id", "labels", "rating"]), VALUES)


@EXAMPLES
@given(rows=ROWS)
def test_every_reader_gives_the_same_documents_in_their_order(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("readers")
    expected = [
        Document(r["text"], r["id"], tuple(r["labels"]), r.get("rating")) for r in rows
    ]
    for reader in ("jsonl", "jsonl.gz", "csv", "csv.gz"):
        corpus = read_corpus(mutations.write_source(reader, rows, folder))
        assert list(corpus) == expected, reader
        n_empty = sum(not row["text"].strip() for row in rows)
        counts = (corpus.n_read, corpus.n_empty, corpus.n_skipped)
        assert counts == (len(rows), n_empty, 0), reader


@EXAMPLES
@given(texts=st.lists(TEXTS, min_size=1, max_size=8))
def test_a_folder_gives_its_files_as_they_are(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("folder")
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_bytes(text.encode())
    documents = list(read_corpus(folder))
    # The mark of an encoding is no part of the text.
    assert [d.text for d in documents] == [t.removeprefix("\ufeff") for t in texts]
    assert [d.id for d in documents] == [f"{i}.txt" for i in range(len(texts))]


@EXAMPLES
@given(lines=st.lists(FIELDS, min_size=1, max_size=6))
def test_what_is_read_and_what_is_skipped_add_up(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("lines") / "c.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    corpus = read_corpus(path, skip_bad_lines=True)
    try:
        documents = list(corpus)
    except InputError as error:
        assert "no good document" in str(error)
        documents = []
    assert corpus.n_read == len(documents)
    assert corpus.n_read + corpus.n_skipped == len(lines)
    texts = [line["text"] for line in lines if "text" in line]
    remaining = iter(texts)
    # In their order, and only those that there are.
    assert all(document.text in remaining for document in documents)


@pytest.mark.parametrize("reader", mutations.READERS)
def test_mutated_files_are_read_whole_or_refused_in_a_sentence(
    reader, tmp_path, awkward_rows
):
    accepted = 0
    for seed in range(80):
        folder = tmp_path / str(seed)
        folder.mkdir()
        random = mutations.Random(f"{reader} {seed}")
        source = mutations.write_source(reader, awkward_rows, folder, random)
        with watchdog(60):
            accepted += judge_reading(source).accepted
    # Mutations that break all, or none, would show nothing.
    assert 0 < accepted < 80


@pytest.fixture
def awkward_rows():
    texts = ['Moon, "rocket"', "", "caf\u00e9\nbread; soup", "\U0001f680 \u03a3", "x"]
    return [
        {"id": f"d{i}", "text": text, "labels": ["a", "b"][: i % 3], "rating": i / 2}
        for i, text in enumerate(texts)
    ]


def test_a_file_name_that_is_no_text_is_a_fault_of_that_file(tmp_path: Path):
    (tmp_path / "a").write_text("moon")
    try:
        with open(os.path.join(os.fsencode(tmp_path), b"caf\xe9"), "wb") as file:
            file.write(b"x")
    except OSError:
        pytest.skip("this file system refuses such names")
    corpus = read_corpus(tmp_path, skip_bad_lines=True)
    assert [document.id for document in corpus] == ["a"]
    assert corpus.n_skipped == 1
    assert "`id` is not valid Unicode" in corpus.skipped[0]
