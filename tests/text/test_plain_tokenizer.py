"""The plain tokeniser: the graph's words, for all texts that it does not refuse."""

import json
from pathlib import Path

import pytest
import tensorflow as tf
from hypothesis import example, given, settings, strategies as st

from kate_keras.errors import InputError
from kate_keras.text import tokenize
from kate_keras.text.characters import (
    SURROGATES,
    TABLE,
    Characters,
    characters,
    measure_characters,
)
from kate_keras.text.plain_tokenizer import plain_words

GOLDEN = json.loads(Path(__file__).with_name("golden_words.json").read_text("ascii"))
TEXTS = [case for case in GOLDEN if "text" in case]


def graph_words(*texts: str) -> list[list[str]]:
    tensor = tf.constant([text.encode() for text in texts], tf.string)
    return [[w.decode("utf-8") for w in row] for row in tokenize(tensor).to_list()]


def words(text: str) -> list[str]:
    """The words less the numbers, as the graph leaves them out."""
    return [word for word in plain_words(text) if not characters().is_number(word)]


def test_the_table_is_what_the_graph_does_with_every_character() -> None:
    assert measure_characters() == json.loads(TABLE.read_text(encoding="utf-8"))


def test_every_character_between_letters_and_alone() -> None:
    codes = [c for c in range(0x110000) if c not in SURROGATES and chr(c) != "İ"]
    texts = ["".join(f"a{chr(c)}b {chr(c)}, " for c in codes[i::200])
             for i in range(200)]  # fmt: skip
    for text, expected in zip(texts, graph_words(*texts), strict=True):
        assert words(text.replace("Σ", "")) == graph_words(text.replace("Σ", ""))[0]
        assert len(expected) > 100


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case["why"])
def test_words_are_those_of_the_golden_file(case: dict) -> None:
    try:
        found = words(case["text"])
    except InputError:
        # Sigmas beside marks, and dots above a dotted capital: certain to nobody.
        assert "Σ" in case["text"] or "İ" in case["text"]
    else:
        assert found == case["words"]


def test_most_of_the_golden_file_is_not_refused() -> None:
    refused = 0
    for case in TEXTS:
        try:
            plain_words(case["text"])
        except InputError:
            refused += 1
    assert refused <= 0.1 * len(TEXTS)


@pytest.mark.parametrize(
    "text",
    ["ΟΔΟΣ ΣΑΣ Σ ΣΣ", "Σ.", "ΑΣ-ΑΣ", "ΑΣ\u00ad", "ΑΣ\u00adΑ", "ΟΔΟΣ2 ΟΔΟΣ".split()[1]],
)
def test_sigmas_among_letters_are_the_graphs(text: str) -> None:
    assert [words(text)] == graph_words(text)


@pytest.mark.parametrize("text", ["ΑΣ\u0301", "Σ2", "2Σ", "אΣ", "İ\u0307", "İ i\u0307"])
def test_what_is_not_certain_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not certain which words.*whole model"):
        plain_words(text)


CHARACTERS = st.characters(exclude_categories=["Cs"])
AWKWARD = st.sampled_from("ΣσςİIiıįJj\u0307\u0301\u00ad\u200d0²Ⅷ'’-_ \n\0ßẞǅÅÅ中א")


@settings(max_examples=400, deadline=None)
@given(st.lists(st.text(CHARACTERS | AWKWARD | st.sampled_from("aB1 ")), max_size=4))
@example(["i\u0307\u0307 j\u0307"])
@example(["I\u0307 \u012e\u0307"])
@example(["\x00A\x00b"])
def test_any_text_has_the_graphs_words_or_none(texts: list[str]) -> None:
    for text in texts:
        try:
            found = words(text)
        except InputError:
            continue
        assert [found] == graph_words(text)


def test_entries_are_made_when_asked_for() -> None:
    table = Characters(json.loads(TABLE.read_text(encoding="utf-8")))
    assert len(table) == 1
    assert "Aé!\u00ad".translate(table) == "aé "
    assert len(table) == 5


def test_a_number_is_digits_and_marks() -> None:
    table = characters()
    assert table.is_number("2024")
    assert table.is_number("²\u0301")
    assert not table.is_number("3d")
