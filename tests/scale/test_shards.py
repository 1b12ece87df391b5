"""A corpus cut in shards has each of its documents once."""

import gzip
import json

import pytest

from kate_keras.errors import InputError
from kate_keras.scale.shards import AS_USUAL, Reading, list_shards, opened
from kate_keras.text import read_corpus

LINES = [
    "\ufeff" + json.dumps({"text": "naïve café", "id": "a"}, ensure_ascii=False),
    "",
    json.dumps({"text": "two"}),
    json.dumps({"text": "three " * 9, "labels": ["x"]}) + "\r",
    "   ",
    json.dumps({"text": ""}),
    json.dumps({"text": "last", "id": "z"}),
]


@pytest.fixture(params=["\n", ""], ids=["ends in a line break", "does not"])
def path(request, tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_bytes(("\n".join(LINES) + request.param).encode())
    return path


def documents(shards, reading=AS_USUAL):
    for shard in shards:
        with opened(shard, reading) as corpus:
            yield from corpus


def test_wherever_a_file_is_cut_its_documents_are_the_same(path):
    whole = [document.text for document in read_corpus(path)]
    assert len(whole) == 5
    for size in range(1, path.stat().st_size + 2):
        shards = list_shards([str(path)], shard_bytes=size)
        assert len(shards) == -(-path.stat().st_size // size)
        found = list(documents(shards))
        assert [document.text for document in found] == whole
        assert len({document.id for document in found}) == 5
        assert (found[0].id, found[-1].id) == ("a", "z")


def test_a_document_without_id_bears_its_shard_and_number(path):
    shards = list_shards([str(path)], shard_bytes=path.stat().st_size // 2)
    ids = [document.id for document in documents(shards)]
    assert all(i in "az" or i.startswith(("000000:", "000001:")) for i in ids)
    (alone,) = list_shards([str(path)])
    assert [d.id for d in documents([alone])] == [d.id for d in read_corpus(path)]


def test_lines_of_a_text_file_are_documents(tmp_path):
    path = tmp_path / "some.txt"
    path.write_text("one cat\n\ntwo dogs\r\nthree")
    for size in (3, 8, 100):
        shards = list_shards([str(path)], shard_bytes=size)
        texts = [document.text for document in documents(shards)]
        assert texts == ["one cat", "two dogs", "three"]
    assert [d.text for d in read_corpus(path)] == ["one cat", "two dogs", "three"]


def test_a_parquet_file_is_a_corpus(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {
        "text": ["cats", "dogs", ""],
        "id": ["a", None, "c"],
        "labels": [["x", "y"], [], None],
        "rating": [0.5, None, 2.0],
        "other": [1, 2, 3],
    }
    parquet.write_table(pa.table(columns), tmp_path / "some.parquet")
    found = list(read_corpus(tmp_path / "some.parquet"))
    assert [(d.text, d.id, d.labels, d.rating) for d in found] == [
        ("cats", "a", ("x", "y"), 0.5),
        ("dogs", "2", (), None),
        ("", "c", (), 2.0),
    ]
    parquet.write_table(pa.table({"texts": ["x"]}), tmp_path / "other.parquet")
    with pytest.raises(InputError, match="no column `text`.*'texts'"):
        list(read_corpus(tmp_path / "other.parquet"))
    parquet.write_table(pa.table({"text": ["x", None]}), tmp_path / "gap.parquet")
    with pytest.raises(InputError, match=r"gap\.parquet, row 2: `text` must be"):
        list(read_corpus(tmp_path / "gap.parquet"))
    (tmp_path / "torn.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="not a sound Parquet file"):
        list(read_corpus(tmp_path / "torn.parquet"))


def test_patterns_and_urls_name_the_same_files(tmp_path):
    for name in ("b.jsonl", "a.jsonl"):
        (tmp_path / name).write_text(json.dumps({"text": name}) + "\n")
    with gzip.open(tmp_path / "c.jsonl.gz", "wt") as file:
        file.write(json.dumps({"text": "c.jsonl.gz"}))
    names = ["a.jsonl", "b.jsonl", "c.jsonl.gz"]
    for source in (f"{tmp_path}/*.jsonl*", f"file://{tmp_path}/*.jsonl*"):
        shards = list_shards([source])
        assert [document.text for document in documents(shards)] == names
        assert [shard.number for shard in shards] == [0, 1, 2]


@pytest.mark.parametrize("source", ["{}/no.jsonl", "{}/*.jsonl", "file://{}/no.jsonl"])
def test_a_source_that_there_is_not_is_refused(tmp_path, source):
    with pytest.raises(InputError, match=r"(There is|No) .*(no\.jsonl|\*\.jsonl)"):
        list_shards([source.format(tmp_path)])


@pytest.mark.parametrize("name", ["a b.jsonl", "50% #1.jsonl", "é%20.jsonl"])
def test_names_behind_a_url_are_written_as_they_are(tmp_path, name):
    path = tmp_path / name
    path.write_text(json.dumps({"text": "one", "id": "x"}) + "\n")
    for url in (f"file://{path}", f"file://{tmp_path}/*.jsonl"):
        shards = list_shards([url])
        assert [shard.source for shard in shards] == [f"file://{path}"]
        assert [document.id for document in documents(shards)] == ["x"]


@pytest.mark.parametrize("source", ["nowhere://x/y.jsonl", "s3://"])
def test_a_url_that_leads_nowhere_is_refused(source):
    with pytest.raises(InputError, match="no place that can be read|no file"):
        list_shards([source])


def test_a_source_is_named_once(path):
    with pytest.raises(InputError, match="named twice"):
        list_shards([str(path), str(path.parent / "*.jsonl")])


def test_a_shard_is_another_once_its_source_has_changed(path):
    (before,) = list_shards([str(path)])
    assert before.digest() == list_shards([str(path)])[0].digest()
    path.write_bytes(path.read_bytes() + b"\n")
    assert before.digest() != list_shards([str(path)])[0].digest()


def test_a_folder_is_another_shard_once_a_file_of_it_has_changed(tmp_path):
    (tmp_path / "a.txt").write_text("one")
    digests = [list_shards([str(tmp_path)])[0].digest()]
    assert digests[0] == list_shards([str(tmp_path)])[0].digest()
    (tmp_path / "a.txt").write_text("other")
    digests.append(list_shards([str(tmp_path)])[0].digest())
    (tmp_path / "b.txt").write_text("two")
    digests.append(list_shards([str(tmp_path)])[0].digest())
    (tmp_path / "b.txt").rename(tmp_path / "c.txt")
    digests.append(list_shards([str(tmp_path)])[0].digest())
    assert len(set(digests)) == 4


def test_a_source_is_the_same_from_every_working_folder(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    (shard,) = list_shards([path.name])
    assert shard.source == str(path)
    with pytest.raises(InputError, match="named twice"):
        list_shards([path.name, f"./{path.name}"])


def test_a_bad_line_is_told_with_its_part_of_the_file(tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_text('{"text": "good"}\n' * 3 + "bad\n" + '{"text": "good"}\n' * 3)
    shards = list_shards([str(path)], shard_bytes=60)
    with pytest.raises(InputError, match=r"some\.jsonl, line 4: not valid JSON"):
        list(documents(shards[:1]))
    skipping = Reading(skip_bad_lines=True)
    assert len(list(documents(shards, skipping))) == 6
