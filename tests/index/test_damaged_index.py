"""An index whose parts somebody changed is refused with a sentence."""

import json

import pyarrow as pa
import pytest
from themed_index import themed_corpus, write

from kate_keras import InputError
from kate_keras.index import DocumentIndex
from kate_keras.index.tables import FACTS, MODEL, connect


@pytest.fixture
def path(tmp_path, model_folder):
    write(tmp_path / "index", model_folder, themed_corpus(6))
    return tmp_path / "index"


def rewrite(path, name, change):
    database = connect(str(path))
    table = database.open_table(name).to_arrow()
    rows = table.to_pylist()
    rows = change(rows) or rows
    database.create_table(
        name, pa.Table.from_pylist(rows, table.schema), mode="overwrite"
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": "kate_keras index", "format_version": "1"}',
        '{"format": "kate_keras index", "format_version": 1, "id": "x"}',
        '{"format": "kate_keras index", "format_version": 1, "os": "system"}',
    ],
)
def test_facts_that_are_none_are_refused(path, content):
    rewrite(path, FACTS, lambda rows: rows[0].update(content=content))
    with pytest.raises(InputError, match="is damaged: its facts are not those of an"):
        DocumentIndex(path)


def test_no_facts_at_all_are_refused(path):
    rewrite(path, FACTS, lambda rows: rows.clear())
    with pytest.raises(InputError, match="is damaged: its facts"):
        DocumentIndex(path)


@pytest.mark.parametrize("name", ["manifest.json", "vocabulary.json", "encoder.npz"])
def test_a_model_in_it_that_was_changed_is_refused(path, name):
    def change(rows):
        for row in rows:
            if row["name"] == name:
                row["content"] = row["content"][:-3] + b"xxx"

    rewrite(path, MODEL, change)
    with pytest.raises(InputError, match="model inside the index .*index is damaged"):
        DocumentIndex(path).search(["moon"])


def test_files_of_other_names_are_never_written(path, tmp_path):
    def change(rows):
        return [*rows, {"name": "../../evil", "content": b"evil"}]

    rewrite(path, MODEL, change)
    assert DocumentIndex(path).search(["moon"])[0]
    assert not list(tmp_path.parent.rglob("evil"))


def test_facts_say_what_they_said(path):
    before = DocumentIndex(path).facts
    rewrite(
        path, FACTS, lambda rows: [{"content": json.dumps(json.loads(r["content"]))}
                                   for r in rows]
    )  # fmt: skip
    assert DocumentIndex(path).facts == before
