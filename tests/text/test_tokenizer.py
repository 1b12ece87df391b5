"""The tokeniser against a golden file, and against a plain-Python oracle."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf
from hypothesis import example, given, settings, strategies as st

from kate_keras.errors import InputError
from kate_keras.text import as_text_tensor, count_forms, tokenize

GOLDEN = json.loads(Path(__file__).with_name("golden_words.json").read_text("ascii"))


def words_of(*texts: str | bytes) -> list[list[str]]:
    rows = tokenize(tf.constant(texts, tf.string, shape=(len(texts),))).to_list()
    return [[word.decode("utf-8") for word in row] for row in rows]


def content(case: dict[str, Any]) -> str | bytes:
    return case["text"] if "text" in case else bytes.fromhex(case["bytes"])


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["why"])
def test_words_are_those_of_the_golden_file(case: dict[str, Any]) -> None:
    assert words_of(content(case)) == [case["words"]]


@pytest.mark.parametrize(
    "case", [case for case in GOLDEN if "text" in case], ids=lambda case: case["why"]
)
def test_counts_are_those_of_the_golden_file(case: dict[str, Any]) -> None:
    forms, counts = count_forms([case["text"]])
    assert forms == list(dict.fromkeys(case["words"]))
    assert counts.toarray().tolist() == [[case["words"].count(form) for form in forms]]


def test_a_batch_gives_the_words_of_each_text_alone() -> None:
    texts = [content(case) for case in GOLDEN]
    assert words_of(*texts) == [case["words"] for case in GOLDEN]


def test_no_texts_give_no_rows() -> None:
    assert words_of() == []


def test_a_very_long_word_stays_whole() -> None:
    assert words_of("Ab" * 100_000) == [["ab" * 100_000]]


def test_words_are_the_same_inside_a_graph() -> None:
    texts = tf.constant([content(case) for case in GOLDEN], tf.string)
    traced = tf.function(tokenize)(texts)
    assert traced.to_list() == tokenize(texts).to_list()


@pytest.mark.parametrize("locale", ["tr_TR.UTF-8", "lt_LT.UTF-8"])
def test_words_do_not_depend_on_the_locale(locale: str) -> None:
    program = (
        "import kate_keras.text as t, tensorflow as tf\n"
        "print(t.tokenize(tf.constant(['TITLE I\\u0307 J\\u030c'])).to_list())"
    )
    environment = {**os.environ, "LC_ALL": locale, "LANG": locale, "LANGUAGE": locale}
    result = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == repr([[b"title", b"i", "j\u030c".encode()]])


# What the tokeniser's docstring calls invisible characters that format a word.
INVISIBLE = {
    "\u00ad",  # soft hyphen
    "\u034f",  # combining grapheme joiner
    "\u180e",  # Mongolian vowel separator
    *map(chr, range(0x200C, 0x2010)),  # joiners and direction marks
    *map(chr, range(0x202A, 0x202F)),  # direction embeddings
    *map(chr, range(0x2060, 0x2064)),  # word joiner, invisible operators
    *map(chr, range(0x206A, 0x2070)),  # deprecated formats
    *map(chr, range(0x180B, 0x180E)),  # Mongolian variation selectors
    *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
    *map(chr, range(0xE0100, 0xE01F0)),  # and their supplement
    "\ufeff",
}


def oracle(text: str) -> list[str]:
    """The tokeniser's docstring again, one character at a time."""
    text = "".join(c for c in text if c not in INVISIBLE)
    words, word = [], ""
    for character in text + " ":
        if unicodedata.category(character)[0] in "LNM":
            word += character
            continue
        if any(unicodedata.category(c)[0] == "L" for c in word):
            words.append(word.lower().replace("i\u0307", "i"))
        word = ""
    return words


def is_settled(character: str) -> bool:
    """Whether all of Python, ICU and RE2 see the character alike.

    Their Unicode versions differ, so only what Unicode 3.2 had, and has not moved to
    another category since, is drawn.
    """
    category = unicodedata.ucd_3_2_0.category(character)
    return category not in ("Cn", "Cs") and category == unicodedata.category(character)


SETTLED = [c for c in map(chr, range(sys.maxunicode + 1)) if is_settled(c)]
COMMON = list("aZ09 ._'-\u0000\u00df\u0130\u0131Ii\u0307\u0301\u200d\ufeff\u00bd")


def test_settled_characters_are_most_of_the_old_ones() -> None:
    assert len(SETTLED) > 90_000


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from(COMMON) | st.sampled_from(SETTLED), max_size=30))
@example("\u0391\u03a3\u0301 \u0391\u03a3\u0391 \u0391\u03a32")
@example("I\u0307\u0301 \u0130\u0307")
def test_words_are_those_of_the_plain_python_oracle(text: str) -> None:
    assert words_of(text) == [oracle(text)]


def test_every_settled_character_is_classified_as_by_the_oracle() -> None:
    texts = [f"a{character}b{character}" for character in SETTLED]
    for start in range(0, len(texts), 20_000):
        block = texts[start : start + 20_000]
        wrong = [
            (text, words)
            for text, words in zip(block, words_of(*block), strict=True)
            if words != oracle(text)
        ]
        assert wrong == []


def test_words_have_no_white_space_and_a_letter() -> None:
    texts = ["".join(SETTLED[start : start + 50]) for start in range(0, 90_000, 500)]
    for row in words_of(*texts):
        for word in row:
            assert word.split() == [word]
            assert any(unicodedata.category(c)[0] == "L" for c in word)


def test_text_tensor_is_utf8_of_the_given_texts() -> None:
    texts = ["", "caf\u00e9", "a\u0000b", "\U0001f600"]
    assert as_text_tensor(texts).numpy().tolist() == [t.encode() for t in texts]
    assert as_text_tensor([]).shape == (0,)


def test_text_tensor_refuses_what_is_not_a_string_with_its_index() -> None:
    with pytest.raises(
        InputError, match=r"Document 12 must be a string.*None.*NoneType"
    ):
        as_text_tensor(["a", "b", None], first=10)  # type: ignore[list-item]


def test_text_tensor_refuses_a_lone_surrogate_with_its_place() -> None:
    with pytest.raises(InputError, match=r"Document 1 .*'\\ud800', at character 2"):
        as_text_tensor(["fine", "ab\ud800"])
