"""The commands, in process; `test_process.py` runs the real program."""

import json
import shutil
import sys

import numpy as np
import pytest
from conftest import themed_documents
from running_kate import SMALL, fails, run_json, write_corpus

from kate_keras import KATE, load
from kate_keras.cli import main
from kate_keras.cli.train import ESTIMATOR_OPTIONS
from kate_keras.models import PlainAutoencoder
from kate_keras.training import RECIPES
from kate_keras.training.network import TrainingNetwork


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus.jsonl")


def test_train_writes_the_model_of_the_estimator(corpus, tmp_path, capsys, themed):
    facts = run_json(capsys, "train", corpus, "-o", tmp_path / "model", *SMALL)
    model = load(tmp_path / "model")
    expected = KATE(6, k=2, epochs=2, verbose=False).fit(themed[0])
    assert facts["fingerprint"] == model.fingerprint_ == expected.fingerprint_
    assert facts["documents"] == 240
    assert facts["epochs"] == 2
    assert facts["words"] == len(model.vocabulary_)


def test_train_takes_a_relative_by_its_name(corpus, tmp_path, capsys, themed):
    command = ["train", corpus, "-o", tmp_path / "model", "--n-components", "6"]
    command += ["--epochs", "2", "--quiet", "--variant", "plain"]
    facts = run_json(capsys, *command)
    model = load(tmp_path / "model")
    expected = KATE(6, variant="plain", epochs=2, verbose=False).fit(themed[0])
    assert facts["fingerprint"] == model.fingerprint_ == expected.fingerprint_
    assert isinstance(model.autoencoder_, PlainAutoencoder)


def test_the_validation_loss_is_that_of_the_weights_that_were_kept(
    corpus, tmp_path, capsys, monkeypatch
):
    losses = iter([9.0, 7.0, 8.0, 7.5])

    def evaluate(self, *args, **kwargs):
        return {"loss": 5.0, "competition_loss": next(losses)}

    monkeypatch.setattr(TrainingNetwork, "evaluate", evaluate)
    options = [*SMALL, "--epochs", "4"]
    facts = run_json(capsys, "train", corpus, "-o", tmp_path / "model", *options)
    assert facts["validation_loss"] == 7.0
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text())
    assert manifest["metrics"]["best_epoch"] == 2
    assert manifest["metrics"]["val_competition_loss"] == 7.0


def test_results_go_to_stdout_and_progress_to_stderr(corpus, tmp_path, capsys):
    arguments = ["train", corpus, "-o", tmp_path / "model", *SMALL[:-1]]
    assert main([*map(str, arguments)]) == 0
    captured = capsys.readouterr()
    assert "fingerprint" in captured.out
    assert "kate topics" in captured.err
    assert "epoch" in captured.err
    assert "validation=" in captured.err


def test_every_option_of_the_estimator_is_an_option_of_train():
    flags = {name[2:].replace("-", "_") for name in ESTIMATOR_OPTIONS}
    assert flags == set(KATE().get_params()) - {"verbose"}


def test_stop_words_and_stemmer_can_be_switched_off_or_named(corpus, tmp_path, capsys):
    (tmp_path / "stop.txt").write_text("moon\nrocket")
    run_json(capsys, "train", corpus, "-o", tmp_path / "a", *SMALL, "--stemmer", "none",
             "--stop-words", str(tmp_path / "stop.txt"))  # fmt: skip
    model = load(tmp_path / "a")
    assert "moon" not in model.vocabulary_
    assert model.stemmer is None
    run_json(
        capsys, "train", corpus, "-o", tmp_path / "b", *SMALL, "--stop-words", "none"
    )
    assert load(tmp_path / "b").stop_words is None


@pytest.mark.parametrize("light", [[], ["--light"]])
@pytest.mark.parametrize("suffix", ["npz", "npy", "jsonl", "parquet"])
def test_encode_writes_the_vectors_of_transform(
    suffix, light, corpus, tmp_path, model_folder, model, themed, capsys
):
    target = tmp_path / f"vectors.{suffix}"
    facts = run_json(capsys, "encode", model_folder, corpus, "-o", target, *light)
    assert facts["documents"] == 240
    assert facts["documents_without_known_words"] == 0
    assert facts["fingerprint"] == model.fingerprint_
    if suffix == "npz":
        arrays = np.load(target)
        assert arrays["ids"].tolist() == [f"d{i}" for i in range(240)]
        assert str(arrays["fingerprint"]) == model.fingerprint_
        assert (arrays["known_words"] == 10).all()
        vectors = arrays["vectors"]
    elif suffix == "npy":
        vectors = np.load(target, mmap_mode="r")
    elif suffix == "parquet":
        table = pytest.importorskip("pyarrow.parquet").read_table(target)
        assert table["id"].to_pylist() == [f"d{i}" for i in range(240)]
        assert set(table["known_words"].to_pylist()) == {10}
        fingerprint = table.schema.metadata[b"fingerprint"].decode()
        assert fingerprint == model.fingerprint_
        vectors = np.array(table["embedding"].to_pylist(), "float32")
    else:
        rows = [json.loads(line) for line in target.read_text().splitlines()]
        assert [row["id"] for row in rows] == [f"d{i}" for i in range(240)]
        assert {row["fingerprint"] for row in rows} == {model.fingerprint_}
        vectors = np.array([row["embedding"] for row in rows], "float32")
    expected = model.transform(themed[0])
    assert vectors.shape == expected.shape
    tolerance = 1e-5 if light else 0
    np.testing.assert_allclose(vectors, expected, rtol=tolerance, atol=tolerance)


def test_parquet_without_pyarrow_is_refused_before_the_work(
    tmp_path, model_folder, corpus, capsys, monkeypatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    target = tmp_path / "v.parquet"
    line = fails(capsys, "encode", model_folder, corpus, "-o", target)
    assert "pip install 'kate_keras[parquet]'" in line


def test_a_text_that_the_light_reader_refuses_leaves_the_earlier_file(
    tmp_path, model_folder, capsys
):
    (tmp_path / "c.jsonl").write_text('{"text": "moon"}\n{"text": "\u03a32"}\n')
    target = tmp_path / "v.npy"
    target.write_text("earlier")
    command = ["encode", model_folder, tmp_path / "c.jsonl", "-o", target, "--light"]
    assert "Document 1: It is not certain" in fails(capsys, *command)
    assert target.read_text() == "earlier"


def test_encode_counts_documents_without_known_words(tmp_path, model_folder, capsys):
    (tmp_path / "c.csv").write_text("id,text\na,moon\nb,zebra\nc,\n")
    target = tmp_path / "v.npz"
    facts = run_json(capsys, "encode", model_folder, tmp_path / "c.csv", "-o", target)
    assert facts["documents_without_known_words"] == 2


def test_a_failed_encode_leaves_the_earlier_file(tmp_path, model_folder, capsys):
    (tmp_path / "bad.jsonl").write_text('{"text": "moon"}\n{"txt": 1}\n')
    target = tmp_path / "v.npz"
    target.write_text("earlier")
    line = fails(capsys, "encode", model_folder, tmp_path / "bad.jsonl", "-o", target)
    assert "bad.jsonl" in line and "2" in line
    assert target.read_text() == "earlier"


def test_bad_lines_can_be_skipped_and_are_reported(tmp_path, model_folder, capsys):
    (tmp_path / "bad.jsonl").write_text('{"text": "moon"}\n{"txt": 1}\n{"text": "x"}\n')
    command = ["encode", model_folder, tmp_path / "bad.jsonl", "-o", tmp_path / "v.npz"]
    assert main([*map(str, command), "--skip-bad-lines"]) == 0
    captured = capsys.readouterr()
    assert "read 2, skipped 1" in captured.err
    assert "bad.jsonl" in captured.err
    assert len(np.load(tmp_path / "v.npz")["vectors"]) == 2


def test_topics_words_and_explain_print_what_the_model_says(
    model_folder, model, capsys
):
    topics = run_json(capsys, "topics", model_folder, "--n-words", "3")
    assert len(topics) == 6
    assert topics[0]["positive"][0][0] == model.topics(3)[0].positive[0][0]
    changes = run_json(capsys, "topics", model_folder, "--against", model_folder)
    assert [change["overlap"] for change in changes] == [1.0] * 6
    words = run_json(capsys, "words", model_folder, "moon", "-n", "4")
    assert [w["word"] for w in words] == [w for w, _ in model.similar_words("moon", 4)]
    explained = run_json(
        capsys, "explain", model_folder, "moon zebra", "--n-topics", "2"
    )
    assert explained["unknown_words"] == ["zebra"]
    assert len(explained["topics"]) == 2
    alike = run_json(capsys, "explain", model_folder, "moon", "--like", "rocket orbit")
    expected = model.explain_similarity("moon", "rocket orbit")
    assert alike["similarity"] == pytest.approx(expected.similarity, abs=1e-6)
    assert [word for word, _ in alike["first"]["words"]] == ["moon"]
    for choice in (("--topic", "1"), ("--word", "orbit", "--rule", "gradient")):
        found = run_json(capsys, "explain", model_folder, "moon", *choice)
        assert [word for word, _ in found["words"]] == ["moon"]
    assert main(["topics", str(model_folder)]) == 0
    assert str(model.topics(10)[5]) in capsys.readouterr().out


def test_evaluate_measures_vectors_topics_units_and_words(
    corpus, tmp_path, model_folder, model, themed, capsys
):
    test = write_corpus(tmp_path / "test.jsonl", 90, seed=9)
    (tmp_path / "pairs.tsv").write_text(
        "word1\tword2\tscore\nmoon\trocket\t9\nmoon\tcheese\t1\nmoon\tzebra\t1\n"
    )
    command = ["evaluate", model_folder, "--train", corpus, "--test", test]
    command += ["--word-pairs", tmp_path / "pairs.tsv", "--n-words", 3]
    figures = run_json(capsys, *command, "--against", model_folder)
    assert figures["accuracy"] == figures["micro_f1"] > 0.95
    assert figures["precision"]["0.02"] > 0.9
    assert figures["precision"]["1"] == pytest.approx(1 / 3)
    assert figures["precision_by_length"][0]["below"] == 100
    assert figures["precision_by_length"][0]["n_queries"] == 90
    assert 0 < figures["mscd"] < 1
    assert figures["n_topics"] == 12
    assert figures["npmi"] > 0
    assert figures["reference"] == str(corpus)
    assert figures["dead_units"] == 0
    assert figures["r_squared"] is None
    (words,) = figures["word_similarity"].values()
    assert words == {"spearman": pytest.approx(1), "n_pairs": 2, "n_left_out": 1}
    assert figures["stability"]["overlap"] == 1
    texts = themed_documents(90, seed=9)[0]
    assert figures["reconstruction_loss"] == pytest.approx(-model.score(texts))
    kept = figures["reconstruction_loss_with_competition"]
    assert kept == pytest.approx(model.reconstruction_loss(texts, competition=True))

    assert main([*map(str, command), "--against", str(model_folder)]) == 0
    printed = capsys.readouterr().out
    for line in (
        "test 90 of which 0 empty; 0 skipped",
        f"accuracy {figures['accuracy']:.3f}",
        "precision at 0.02",
        "mean average precision",
        "under 100",
        f"NPMI coherence {figures['npmi']:.3f}",
        f"reference corpus {corpus}",
        f"MSCD {figures['mscd']:.3f}",
        "saturated activations",
        f"with competition {kept:.3f}",
        "pairs.tsv 1.000 2 pairs, 1 left out",
        "overlap of topics 1.000",
    ):
        assert line in " ".join(printed.split())
    assert "R squared" not in printed


def test_evaluate_measures_ratings_and_says_what_it_cannot(
    tmp_path, model_folder, capsys
):
    texts, labels = themed_documents(120)
    with (tmp_path / "rated.jsonl").open("w") as file:
        for text, label in zip(texts, labels, strict=True):
            line = {"text": text, "rating": len(label)}
            file.write(json.dumps(line) + "\n")
    rated = tmp_path / "rated.jsonl"
    command = ["evaluate", model_folder, "--train", rated, "--test", rated]
    figures = run_json(capsys, *command, "--n-words", "24")
    assert figures["r_squared"] > 0.8
    assert figures["accuracy"] is figures["precision"] is figures["macro_f1"] is None
    assert figures["n_topics"] == 0
    assert figures["npmi"] is None
    assert 0 < figures["mscd"] < 1
    assert main([*map(str, command), "--n-words", "24"]) == 0
    captured = capsys.readouterr()
    assert "R squared" in captured.out
    assert "Classification" not in captured.out and "Retrieval" not in captured.out
    assert "no topic has 24 words of one sign" in captured.err
    (tmp_path / "bare.jsonl").write_text('{"text": "moon"}\n{"text": "guitar"}\n')
    bare = str(tmp_path / "bare.jsonl")
    assert main(["evaluate", str(model_folder), "--train", bare, "--test", bare]) == 0
    assert "neither labels nor ratings" in capsys.readouterr().err


def test_evaluate_counts_topic_words_that_the_reference_lacks(
    tmp_path, model_folder, capsys
):
    (tmp_path / "few.jsonl").write_text('{"text": "moon"}\n{"text": "guitar"}\n')
    few = str(tmp_path / "few.jsonl")
    command = ["evaluate", str(model_folder), "--train", few, "--test", few]
    assert main([*command, "--n-words", "3"]) == 0
    assert f"words of topics are in no document of {few}" in capsys.readouterr().err


def test_evaluate_refuses_topics_of_one_word_before_the_work(capsys):
    command = ["evaluate", "no-model", "--train", "no", "--test", "no", "--n-words"]
    assert "`--n-words` must be at least 2" in fails(capsys, *command, 1)
    assert "no-model" in fails(capsys, *command, 2)


def test_evaluate_refuses_bad_word_pairs_and_models_before_the_work(
    corpus, tmp_path, model_folder, capsys
):
    (tmp_path / "pairs.tsv").write_text("sun\tmoon\t1\n")
    command = ["evaluate", model_folder, "--train", corpus, "--test", corpus]
    line = fails(capsys, *command, "--word-pairs", tmp_path / "pairs.tsv")
    assert "pairs.tsv, line 1: the header must be word1, word2 and score" in line
    line = fails(capsys, *command, "--against", tmp_path / "nowhere")
    assert "is not a model folder" in line


def test_help_tells_what_a_training_uses_where_no_option_is_given(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    told = " ".join(capsys.readouterr().out.split("training (names")[1].split())
    recipe = RECIPES["default"]
    for option, default in {
        "number of topics": KATE().n_components,
        "passes over the corpus": recipe.epochs,
        "hidden in training": recipe.input_dropout,
        "winners": "half of the units, at least 16 of 20",
        "step size at the start": "scaled with the vocabulary",
        "Snowball language, or 'none'": "english",
    }.items():
        assert f"{option} (default: {default})" in told
    estimator_options = told.split("reading:")[0]
    assert estimator_options.count("(default: ") == len(ESTIMATOR_OPTIONS)


@pytest.mark.parametrize("arguments", [["--help"], ["MODEL", "--help"]])
def test_serve_has_a_command_line_of_its_own(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(["serve", *arguments])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("usage: kate serve ")


def test_a_flag_of_serve_may_stand_before_the_model(capsys, tmp_path):
    with pytest.raises(SystemExit) as caught:
        main(["serve", "--port", "0", str(tmp_path)])
    assert caught.value.code == 2
    assert "neither manifest.json nor" in capsys.readouterr().err


def test_serve_without_its_packages_names_them(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "serving.__main__", None)
    assert main(["serve", "model"]) == 2
    assert "pip install 'kate_keras[serving]'" in capsys.readouterr().err


def test_export_prints_where_and_how_to_serve_it(model_folder, tmp_path, capsys):
    assert main(["export", str(model_folder), str(tmp_path / "out" / "kate")]) == 0
    printed = capsys.readouterr().out
    assert (tmp_path / "out" / "kate" / "1" / "saved_model.pb").is_file()
    assert "tensorflow/serving" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["train"], "required: CORPUS, -o"),
        (["train", "x.jsonl", "-o", "m", "--epochs", "0"], "whole number above 0"),
        (
            ["train", "x.jsonl", "-o", "m", "--min-df", "many"],
            "expected a number of doc",
        ),
        (["train", "nowhere.jsonl", "-o", "m"], "nowhere.jsonl"),
        (
            ["train", "x.jsonl", "-o", "m", "--random-state", "-1"],
            "whole number from 0",
        ),
        (["topics", "nowhere"], "nowhere is not a model folder"),
        (["encode", "m", "c.jsonl", "-o", "v.txt"], "must end in one of .npz, .npy"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(
    arguments, message, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert message in fails(capsys, *arguments)


def test_mistakes_of_the_corpus_are_one_line_too(tmp_path, capsys):
    (tmp_path / "few.jsonl").write_text('{"text": "moon rocket"}\n{"text": "moon"}\n')
    command = ["train", tmp_path / "few.jsonl", "-o", tmp_path / "m", "--quiet"]
    assert "2 words, fewer than n_components=128" in fails(capsys, *command)
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--alpha", "nan"], "`alpha` must be finite"),
        (["--alpha", "-1"], "`alpha` must be finite"),
        (["--k", "9", "--n-components", "4"], "`k` must be"),
        (["--variant", "plain", "--k", "2"], "variant='plain' has no `k`"),
        (["--stop-words", "latin.txt"], "latin.txt is not UTF-8"),
    ],
)
def test_options_out_of_range_are_one_line(
    options, message, corpus, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    assert message in fails(capsys, "train", corpus, "-o", "m", *options, "--quiet")


def test_places_that_cannot_be_written_are_refused_before_the_work(
    corpus, model_folder, tmp_path, capsys
):
    below_a_file = corpus / "model"
    assert "File exists" in fails(capsys, "train", corpus, "-o", below_a_file, *SMALL)
    (tmp_path / "folder.npz").mkdir()
    command = ["encode", model_folder, corpus, "-o", tmp_path / "folder.npz"]
    assert "is a folder" in fails(capsys, *command)


def test_a_model_of_counts_cannot_encode_texts(corpus, tmp_path, capsys):
    KATE(3, epochs=1, verbose=False).fit(np.eye(8)).save(tmp_path / "counts")
    command = ["encode", tmp_path / "counts", corpus, "-o", tmp_path / "v.npz"]
    assert "fitted on counts" in fails(capsys, *command)


def test_an_unknown_word_is_one_line(model_folder, capsys):
    assert "did you mean moon" in fails(capsys, "words", model_folder, "mooon").lower()


def test_a_folder_that_is_no_model_is_refused_before_training(corpus, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("dear")
    line = fails(capsys, "train", corpus, "-o", tmp_path / "mine", *SMALL)
    assert "not a model folder" in line


def test_a_damaged_model_is_one_line(model_folder, tmp_path, capsys):
    folder = shutil.copytree(model_folder, tmp_path / "copy")
    (folder / "vocabulary.json").write_text("{}")
    assert "is damaged" in fails(capsys, "topics", folder)


def test_ctrl_c_is_status_130_and_one_line(model_folder, capsys, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("kate_keras.cli.topics.LightModel", interrupt)
    assert main(["topics", str(model_folder)]) == 130
    assert capsys.readouterr().err == "kate topics: interrupted\n"


def test_index_search_and_delete(corpus, tmp_path, model_folder, capsys):
    index = tmp_path / "index"
    facts = run_json(capsys, "index", model_folder, corpus, "-o", index, "--light")
    assert (facts["documents"], facts["added"], facts["search"]) == (240, 240, "exact")
    again = run_json(capsys, "index", model_folder, corpus, "-o", index, "--light")
    assert (again["added"], again["unchanged"]) == (0, 240)
    assert again["fingerprint"] == load(model_folder, light=True).fingerprint_
    found = run_json(capsys, "search", index, "the rocket", "-n", "3")
    assert [own["labels"] for own in found] == [["space"]] * 3
    assert found[0]["similarity"] >= found[1]["similarity"] >= found[2]["similarity"]
    whole = run_json(capsys, "search", index, "the rocket", "-n", "3", "--exact",
                     "--model", model_folder)  # fmt: skip
    assert [own["id"] for own in whole] == [own["id"] for own in found]
    labels = ["--label", "food", "--label", "music"]
    others = run_json(capsys, "search", index, "the rocket", *labels)
    assert {label for own in others for label in own["labels"]} <= {"food", "music"}
    gone = run_json(capsys, "delete", index, "d3", "d0", "d3")
    assert (gone["removed"], gone["documents"]) == (2, 238)


def test_search_prints_what_it_finds(corpus, tmp_path, model_folder, capsys):
    index = tmp_path / "index"
    run_json(capsys, "index", model_folder, corpus, "-o", index, "--light")
    assert main(["search", str(index), "a violin", "-n", "1"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("+0.") and first.endswith("[music]")
    assert second.startswith("        ")
    assert main(["search", str(index), "zzzz"]) == 0
    assert "knows no word of the text" in capsys.readouterr().out
    assert "no document with the label 'nosuch'" in fails(
        capsys, "search", index, "moon", "--label", "nosuch"
    )


def test_index_takes_out_what_the_corpus_lost(tmp_path, model_folder, capsys):
    index, path = tmp_path / "index", tmp_path / "corpus.jsonl"
    command = ["index", model_folder, path, "-o", index, "--light", "--prune"]
    write_corpus(path, 12)
    assert run_json(capsys, *command)["documents"] == 12
    write_corpus(path, 9)
    facts = run_json(capsys, *command)
    assert (facts["removed"], facts["documents"]) == (3, 9)
    with path.open("w") as file:
        file.write('{"id": "d0", "text": "moon"}\n{"id": "d1"}\n')
    assert main([*map(str, command), "--skip-bad-lines"]) == 0
    assert "nothing was taken out" in capsys.readouterr().err
    assert run_json(capsys, "search", index, "moon", "-n", "99")


def test_mistakes_about_an_index(corpus, tmp_path, model_folder, capsys):
    index = tmp_path / "index"
    assert "There is no index" in fails(capsys, "search", index, "moon")
    assert "There is no index" in fails(capsys, "delete", index, "d0")
    run_json(capsys, "index", model_folder, corpus, "-o", index, "--light")
    assert "no document 'x'" in fails(capsys, "delete", index, "d0", "x")
    taken = tmp_path / "taken"
    taken.touch()
    assert "is a file" in fails(capsys, "index", model_folder, corpus, "-o", taken)
    assert "whole number" in fails(
        capsys, "index", model_folder, corpus, "-o", index, "--snippet", "-1"
    )
