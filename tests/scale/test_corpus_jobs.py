"""Words, counts and vectors from many processes are those of one."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from kate_keras import KATE
from kate_keras.errors import InputError
from kate_keras.scale import vocabulary as vocabulary_job
from kate_keras.scale.counts import count_corpus
from kate_keras.scale.encoding import encode_corpus
from kate_keras.scale.form_runs import BUCKETS
from kate_keras.scale.shards import Reading
from kate_keras.text import count_words, read_corpus
from kate_keras.text.chosen_words import ChosenWords
from kate_keras.text.counts_folder import open_counts
from kate_keras.training_corpus import read_training_corpus

# Composed and decomposed, of several forms, with ties, stop words and numbers.
WORDS = (
    "cat cats dog dogs doggy running runs ran the and of naïve nai\u0308ve NAÏVE "
    "42 x1 moon moons orbit orbits orbital zebra apple apples été e\u0301te\u0301 ς Σ"
).split()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    generator = np.random.default_rng(5)
    folder = tmp_path_factory.mktemp("corpus")
    number = 0
    for name, n_documents in (("a.jsonl", 60), ("b.jsonl", 1), ("c.jsonl", 45)):
        with (folder / name).open("w", encoding="utf-8") as file:
            for _ in range(n_documents):
                words = generator.choice(WORDS, generator.integers(0, 12))
                document = {"text": " ".join(words), "id": f"d{number}"}
                file.write(json.dumps(document, ensure_ascii=False) + "\n")
                number += 1
    return [str(folder / "*.jsonl")]


def paths(corpus):
    (pattern,) = corpus
    folder = os.path.dirname(pattern)
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def texts(corpus):
    return [text for path in paths(corpus) for text in read_corpus(path).texts()]


def options(**own):
    return {**KATE().get_params(), **own}


def chosen(corpus, folder, **own):
    words, _ = vocabulary_job.choose_words(
        corpus, folder / "work", options(**own), shard_bytes=900, verbose=False
    )
    return words


@pytest.mark.parametrize(
    ("own", "most_rows"),
    [
        ({}, 10**9),
        ({"max_features": 7}, 9),
        ({"max_features": None, "min_df": 0.2, "max_df": 0.31}, 20),
        ({"stop_words": None, "stemmer": None, "min_df": 3}, 30),
        ({"stop_words": ["naïve", "cat"], "stemmer": "french"}, 1),
    ],
)
def test_words_are_those_of_one_process(
    cluster, corpus, tmp_path, monkeypatch, own, most_rows
):
    monkeypatch.setattr(vocabulary_job, "MOST_ROWS", most_rows)
    found = chosen(corpus, tmp_path, **own)
    alone = read_training_corpus(texts(corpus), options(**own))
    assert found.vocabulary == alone.vocabulary
    # In the same order too, by which the file and the fingerprint are the same.
    assert json.dumps(found.vocabulary.to_json()) == json.dumps(
        alone.vocabulary.to_json()
    )
    assert found.n_words == alone.n_words
    assert found.facts["documents"] == 106
    assert not (tmp_path / "work").exists()


def test_forms_that_take_too_much_memory_are_written_in_stretches(
    corpus, tmp_path, monkeypatch
):
    """One process, as what is set here does not reach the others."""
    monkeypatch.setattr(vocabulary_job, "MOST_IN_FORMS", 300)
    monkeypatch.setattr("kate_keras.text.counts.BATCH", 4)
    reading, folds = Reading(), {"stop_words": "english", "stemmer": "english"}
    finished = vocabulary_job.Finished(tmp_path, "job", ".arrow")
    done = [
        vocabulary_job.fold_shard(shard, finished, reading, folds)
        for shard in vocabulary_job.list_shards(corpus)
    ]
    assert len(done[0]["offsets"]) > 3
    runs = vocabulary_job.Runs(
        [tmp_path / facts["file"] for facts in done], [f["offsets"] for f in done]
    )
    everything = vocabulary_job.Buckets(0, BUCKETS)
    stems, _ = vocabulary_job.frequent_stems(everything, runs, (1, 10**9), None)
    alone = read_training_corpus(texts(corpus), options(max_features=None))
    totals = np.sort(np.asarray(alone.counts.sum(axis=0)).ravel())
    assert np.sort(stems["total"].to_numpy()).tolist() == totals.tolist()


def test_no_word_left_is_told_as_by_one_process(cluster, corpus, tmp_path):
    messages = []
    for read in (
        lambda: chosen(corpus, tmp_path, min_df=1000),
        lambda: read_training_corpus(texts(corpus), options(min_df=1000)),
    ):
        with pytest.raises(InputError) as error:
            read()
        messages.append(str(error.value))
    assert messages[0] == messages[1]


def test_counts_are_those_of_one_process_and_survive_an_interruption(
    cluster, corpus, tmp_path
):
    words = chosen(corpus, tmp_path, max_features=9)
    folder = tmp_path / "counts"
    facts, _ = count_corpus(corpus, words, folder, shard_bytes=900, verbose=False)
    assert facts == {"documents": 106, "empty": sum(not t for t in texts(corpus)),
                     "skipped": 0}  # fmt: skip
    opened = open_counts(folder)
    alone = read_training_corpus(texts(corpus), options(max_features=9))
    assert (opened.counts[:] != alone.counts).nnz == 0
    assert opened.vocabulary == alone.vocabulary
    # As if one shard had not been finished and another been damaged on the way.
    files = sorted(folder.glob("*.npy"))
    kept = {path: path.stat().st_mtime_ns for path in files[2:]}
    (folder / "_shards" / "000000.json").unlink()
    files[1].write_bytes(files[1].read_bytes()[:-4])
    (folder / "counts.json").unlink()
    with pytest.raises(InputError, match="not a folder of counts"):
        open_counts(folder)
    count_corpus(corpus, words, folder, shard_bytes=900, verbose=False)
    assert open_counts(folder).digest == opened.digest
    assert {path: path.stat().st_mtime_ns for path in files[2:]} == kept


def test_counts_by_the_words_of_another_corpus_are_refused(cluster, corpus, tmp_path):
    words = chosen(corpus, tmp_path)
    with pytest.raises(InputError, match="expected 106 documents .* found 60"):
        count_corpus(paths(corpus)[:1], words, tmp_path / "counts", verbose=False)


def test_an_output_folder_with_other_files_is_left_alone(corpus, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    words = ChosenWords(None, 0.0, {}, {})
    with pytest.raises(InputError, match="holds other files"):
        count_corpus(corpus, words, tmp_path)
    with pytest.raises(InputError, match="is a file"):
        count_corpus(corpus, words, tmp_path / "mine.txt")


def test_a_poisoned_document_is_named_or_skipped(cluster, corpus, tmp_path):
    first, *_ = paths(corpus)
    path = tmp_path / "poisoned.jsonl"
    lines = Path(first).read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:20], '{"text": 3}', *lines[20:]]) + "\n")
    with pytest.raises(InputError, match=r"poisoned\.jsonl, line \d+: `text` must be"):
        chosen([str(path)], tmp_path)
    words, messages = vocabulary_job.choose_words(
        [str(path)], tmp_path / "work", options(), reading=Reading(skip_bad_lines=True),
        shard_bytes=900, verbose=False,
    )  # fmt: skip
    assert words.facts["skipped"] == 1
    assert len(messages) == 1
    assert (
        words.vocabulary
        == read_training_corpus(list(read_corpus(first).texts()), options()).vocabulary
    )


@pytest.fixture(scope="module")
def model(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "model"
    model = KATE(n_components=4, epochs=1, verbose=False).fit(texts(corpus))
    model.save(folder)
    return SimpleNamespace(path=folder, model=model)


@pytest.mark.parametrize("light", [False, True])
def test_vectors_are_those_of_one_process_each_once(
    cluster, corpus, model, tmp_path, light
):
    parquet = pytest.importorskip("pyarrow.parquet")
    folder = tmp_path / "vectors"

    def encode():
        return encode_corpus(
            model.path, corpus, folder, address="local", light=light,
            shard_bytes=900, verbose=False,
        )  # fmt: skip

    facts, _ = encode()
    table = parquet.read_table(folder)
    assert table["id"].to_pylist() == [f"d{i}" for i in range(106)]
    vectors = np.stack(table["embedding"].to_numpy())
    expected = model.model.transform(texts(corpus))
    np.testing.assert_allclose(vectors, expected, rtol=0, atol=1e-6)
    known = count_words(texts(corpus), model.model.vocabulary_).sum(axis=1)
    assert table["known_words"].to_pylist() == known.tolist()
    assert facts["documents_without_known_words"] == (known == 0).sum()
    assert table.schema.metadata[b"fingerprint"].decode() == facts["fingerprint"]
    # What is finished is not made again; what is not there is.
    files = sorted(folder.glob("*.parquet"))
    kept = {path: path.stat().st_mtime_ns for path in files[1:]}
    files[0].unlink()
    assert encode()[0] == facts
    assert {path: path.stat().st_mtime_ns for path in files[1:]} == kept
    assert parquet.read_table(folder).equals(table)
