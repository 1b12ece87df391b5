"""`kate vocabulary`, `kate counts` and `kate encode --address`, as a user runs them."""

import json

import numpy as np
import pytest

from kate_keras import KATE, load
from kate_keras.cli import main
from kate_keras.text import open_counts, read_corpus
from kate_keras.training_corpus import read_training_corpus


@pytest.fixture
def corpus_file(themed, tmp_path):
    path = tmp_path / "corpus.jsonl"
    documents = [{"text": text} for text in themed[0]]
    path.write_text("".join(json.dumps(own) + "\n" for own in documents), "utf-8")
    return path


@pytest.fixture
def parts(corpus_file, tmp_path):
    """The documents of a corpus in two files."""
    lines = corpus_file.read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "parts").mkdir()
    for name, own in (("a", lines[:100]), ("b", lines[100:])):
        (tmp_path / "parts" / f"{name}.jsonl").write_text("".join(own), "utf-8")
    return [str(tmp_path / "parts" / "*.jsonl")]


def test_words_counts_and_vectors(cluster, corpus_file, parts, tmp_path, capsys):
    words, counts = str(tmp_path / "words.json"), str(tmp_path / "counts")
    choice = ["--max-features", "15", "--min-df", "2"]
    assert main(["vocabulary", *parts, "-o", words, *choice, "--json", "--quiet"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["documents"], said["words"]) == (240, 15)
    assert not (tmp_path / "words.json.work").exists()
    assert main(["counts", *parts, "--vocabulary", words, "-o", counts, "--quiet"]) == 0
    texts = list(read_corpus(corpus_file).texts())
    options = {**KATE().get_params(), "max_features": 15, "min_df": 2}
    alone = read_training_corpus(texts, options)
    opened = open_counts(counts)
    assert opened.vocabulary == alone.vocabulary
    assert (opened.counts[:] != alone.counts).nnz == 0
    parquet = pytest.importorskip("pyarrow.parquet")
    model = KATE(n_components=3, epochs=1, verbose=False).fit(texts)
    model.save(tmp_path / "model")
    vectors = tmp_path / "vectors"
    capsys.readouterr()
    command = ["encode", str(tmp_path / "model"), *parts, "-o", str(vectors), "--json"]
    assert main([*command, "--address", "local"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"] == 240
    table = parquet.read_table(vectors)
    found = np.stack(table["embedding"].to_numpy())
    np.testing.assert_allclose(found, model.transform(texts), rtol=0, atol=1e-6)
    assert load(tmp_path / "model").fingerprint_ == model.fingerprint_


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["vocabulary", "no.jsonl", "-o", "w"], "There is no corpus 'no.jsonl'"),
        (["vocabulary", "c.jsonl", "-o", "c.jsonl"], "is the corpus itself"),
        (["vocabulary", "c.jsonl", "-o", "w", "--min-df", "3.5"], "`min_df` must be"),
        (["counts", "c.jsonl", "--vocabulary", "no", "-o", "x"], "no cannot be read"),
        (["counts", "c.jsonl", "--vocabulary", "c.jsonl", "-o", "x"], "not what `kate"),
        (["encode", "m", "c.jsonl", "d.jsonl", "-o", "v.npz"], "Expected: --address"),
        (
            ["encode", "m", "c.jsonl", "-o", "v", "--address", "local", "--download"],
            "do not go together",
        ),
        (["encode", "m", "c.jsonl", "-o", "v", "--address", "local"], "m is not a mod"),
    ],
)
def test_a_mistake_is_one_line(monkeypatch, tmp_path, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.jsonl").write_text('{"text": "cats purr"}\n')
    assert main(arguments) == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert errors.count("\n") == 1
    assert (tmp_path / "c.jsonl").read_text() == '{"text": "cats purr"}\n'
