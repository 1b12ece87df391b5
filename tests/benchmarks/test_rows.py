import dataclasses

import pytest
from benchmark_samples import record, small_corpus

from benchmarks.quality import rows
from benchmarks.quality.cells import KATE_ROWS, Cell
from benchmarks.quality.records import rounded
from kate_keras.training import RECIPES


def cell(row, *options):
    return Cell("20news", 2000, 128, row, 0, options)


@pytest.mark.parametrize("row", KATE_ROWS)
def test_every_row_of_ours_has_settings_of_its_own(row):
    found = rows.settings(cell(row), {})
    others = [rows.settings(cell(other), {}) for other in KATE_ROWS if other != row]
    assert found not in others
    assert found == rows.settings(cell(row), {})


def test_a_change_of_the_recipe_changes_the_settings(monkeypatch):
    before = rows.settings(cell("kate"), {})
    changed = dataclasses.replace(RECIPES["default"], learning_rate=0.123)
    monkeypatch.setitem(RECIPES, "default", changed)
    assert rows.settings(cell("kate"), {}) != before
    assert cell("kate").file_name(before) != cell("kate").file_name(
        rows.settings(cell("kate"), {})
    )


def test_a_kept_cell_is_outdated_once_the_recipe_changes(monkeypatch):
    kept = {
        name: record(name, 1, options={"k": 16}, settings=rounded(found))
        for name in ("kate", "kate-paper")
        for found in [rows.settings(cell(name, ("k", 16)), {})]
    }
    assert not any(rows.outdated(r) for r in kept.values())
    changed = dataclasses.replace(RECIPES["default"], batch_size=77)
    monkeypatch.setitem(RECIPES, "default", changed)
    assert {name: rows.outdated(r) for name, r in kept.items()} == {
        "kate": True,
        "kate-paper": False,
    }
    assert not rows.outdated(record("lsa", 0, settings={"sublinear": True}))


def test_options_and_seed_are_in_the_settings():
    found = rows.settings(cell("kate", ("k", 16)), {})["options"]
    assert found["k"] == 16
    assert found["random_state"] == 0


def test_a_peer_has_the_settings_that_tuning_chose():
    assert rows.settings(cell("lsa"), {"lsa": {"sublinear": True}}) == {
        "sublinear": True
    }


def test_what_cannot_run_says_why(monkeypatch):
    monkeypatch.setattr(rows, "find_spec", lambda name: None)
    assert "gensim, which is not installed" in rows.missing(
        cell("word2vec"), vectors=True
    )
    assert "minilm.py" in rows.missing(cell("minilm"), vectors=False)
    assert rows.missing(cell("minilm"), vectors=True) is None
    assert rows.missing(cell("lsa"), vectors=False) is None


@pytest.mark.parametrize("row", ["kate", "kate-paper", "k-sparse", "variational"])
def test_ours_hand_over_all_that_is_measured(row):
    corpus = small_corpus(24)
    chosen = Cell("20news", 24, 4, row, 0, (("epochs", 2),))
    fitted = rows.fit(chosen, corpus, {})
    assert fitted.train.shape == (120, 4)
    assert fitted.test.shape == (60, 4)
    assert fitted.kernel.shape == fitted.word_vectors.shape == (24, 4)
    assert fitted.facts["epochs"] == 2
    assert 1 <= len(fitted.topics) <= 8
    assert all(len(set(topic)) == 10 for topic in fitted.topics)
    assert fitted.fit_seconds > 0 and fitted.test_seconds > 0
