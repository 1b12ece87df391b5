"""Corpora known by name; nothing is fetched."""

from types import SimpleNamespace
from typing import Any

import pytest
import sklearn.datasets

from kate_keras.errors import InputError
from kate_keras.text import Document, read_corpus

POSTS = SimpleNamespace(
    data=["From: me\n\nhockey", ""],
    filenames=["/data/20news/rec.sport.hockey/7", "/data/20news/sci.space/7"],
    target=[0, 1],
    target_names=["rec.sport.hockey", "sci.space"],
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Arguments with which scikit-learn's loader was called."""
    calls: list[dict[str, Any]] = []

    def fetch(**options: Any) -> SimpleNamespace:
        calls.append(options)
        return POSTS

    monkeypatch.setattr(sklearn.datasets, "fetch_20newsgroups", fetch)
    return calls


def test_newsgroups_have_group_and_number_as_id_and_the_group_as_label(
    asked: list[dict[str, Any]],
) -> None:
    corpus = read_corpus("20newsgroups")
    assert asked == []
    assert list(corpus) == [
        Document(POSTS.data[0], "rec.sport.hockey/7", ("rec.sport.hockey",)),
        Document("", "sci.space/7", ("sci.space",)),
    ]
    assert (corpus.name, corpus.n_read, corpus.n_empty) == ("20newsgroups", 2, 1)


@pytest.mark.parametrize(
    ("name", "subset"),
    [
        ("20newsgroups", "train"),
        ("20newsgroups:train", "train"),
        ("20newsgroups:test", "test"),
        ("20newsgroups:all", "all"),
    ],
)
def test_newsgroups_are_asked_for_whole_in_order_and_not_from_the_network(
    asked: list[dict[str, Any]], name: str, subset: str
) -> None:
    list(read_corpus(name))
    assert asked == [
        {"subset": subset, "shuffle": False, "remove": (), "download_if_missing": False}
    ]


def test_newsgroups_may_be_downloaded_if_asked_for(asked: list[dict[str, Any]]) -> None:
    list(read_corpus("20newsgroups", download=True))
    assert asked[0]["download_if_missing"] is True


@pytest.mark.parametrize("name", ["20newsgroups", "rcv1"])
def test_an_absent_corpus_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fetch(**_: Any) -> None:
        raise OSError("no route")

    monkeypatch.setattr(sklearn.datasets, f"fetch_{name}", fetch)
    with pytest.raises(InputError, match=f"{name} is not .*--download.*download=True"):
        list(read_corpus(name))
    with pytest.raises(InputError, match=f"{name} could not be downloaded: no route"):
        list(read_corpus(name, download=True))


@pytest.mark.parametrize("name", ["20newsgroups", "rcv1"])
def test_scikit_learn_says_in_that_way_that_a_corpus_is_absent(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path_factory.mktemp("data")))
    with pytest.raises(InputError, match=f"{name} is not on this machine"):
        list(read_corpus(name))


@pytest.mark.parametrize("name", ["20newsgroups", "rcv1"])
@pytest.mark.parametrize("part", ["", "TEST", "validation", "test:all"])
def test_an_unknown_part_is_refused_and_the_known_are_listed(
    name: str, part: str
) -> None:
    with pytest.raises(InputError, match=f"{name}:train, {name}:test, {name}:all"):
        read_corpus(f"{name}:{part}")


@pytest.mark.parametrize("name", ["20Newsgroups", "docstrings:train", "rcv2"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"There is no corpus '{name}'"):
        read_corpus(name)
