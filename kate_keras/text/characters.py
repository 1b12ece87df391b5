"""What the in-graph tokeniser does with each character, without TensorFlow.

`characters.json` holds it for every character of Unicode, as measured by
`measure_characters`; a test measures again and compares. If a new TensorFlow knows new
characters, `python -m kate_keras.text.characters` writes the file anew.
"""

import json
from bisect import bisect_right
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("characters.json")
# The lower-case form depends on the letters beside it.
SIGMA = "Σ"
SURROGATES = range(0xD800, 0xE000)

Spans = list[list[int]]


class Characters(dict[int, "int | str | None"]):
    """A table for `str.translate`: separators to spaces, letters to lower case.

    Invisible characters are removed. `SIGMA` stays as it is. Entries are made when
    they are first asked for.

    Args:
        table: What `measure_characters` returns.
    """

    def __init__(self, table: dict[str, Any]) -> None:
        super().__init__({ord(SIGMA): SIGMA})
        upper, lower = table["upper"], table["lower"]
        self.lower = {ord(u): ord(w) for u, w in zip(upper, lower, strict=True)}
        self.cased = frozenset(upper) | frozenset(lower)
        self._removed = _borders(table["removed"])
        self._separators = _borders(table["separators"])
        self._numbers = _borders(table["numbers"])

    def __missing__(self, character: int) -> int | str | None:
        """Makes the entry of a character."""
        entry: int | str | None = self.lower.get(character, character)
        if _within(character, self._separators):
            entry = " "
        elif _within(character, self._removed):
            entry = None
        self[character] = entry
        return entry

    def is_number(self, word: str) -> bool:
        """Whether a word has nothing but digits and marks, and so is none."""
        return word.isdecimal() or all(
            _within(ord(character), self._numbers) for character in word
        )


@cache
def characters() -> Characters:
    """Returns the table of the package."""
    return Characters(json.loads(TABLE.read_text(encoding="utf-8")))


def measure_characters() -> dict[str, Any]:
    """Asks the in-graph tokeniser about every character; takes two seconds.

    Returns:
        `separators`, `removed` and `numbers` as spans of code points, first and last;
        and `upper` with `lower`, a string each, character for character.
    """
    import tensorflow as tf

    from kate_keras.text.tokenizer import clean, tokenize

    codes = [c for c in range(0x110000) if c not in SURROGATES]
    between = clean(tf.constant([f"a{chr(c)}b".encode() for c in codes])).numpy()
    alone = tokenize(tf.constant([chr(c).encode() for c in codes])).row_lengths()
    became = {
        code: text.decode()[1:-1] for code, text in zip(codes, between, strict=True)
    }
    is_word = dict(zip(codes, alone.numpy() > 0, strict=True))
    separators = [code for code, text in became.items() if text.isspace()]
    removed = [code for code, text in became.items() if not text]
    others = [code for code, text in became.items() if text and not text.isspace()]
    changed = [code for code in others if became[code] != chr(code)]
    return {
        "separators": _spans(separators),
        "removed": _spans(removed),
        "numbers": _spans([code for code in others if not is_word[code]]),
        "upper": "".join(map(chr, changed)),
        "lower": "".join(became[code] for code in changed),
    }


def _spans(codes: list[int]) -> Spans:
    spans: Spans = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return spans


def _borders(spans: Spans) -> list[int]:
    """Where spans begin and where they have ended, in turns."""
    return list(chain.from_iterable((first, last + 1) for first, last in spans))


def _within(code: int, borders: list[int]) -> bool:
    return bisect_right(borders, code) % 2 == 1


if __name__ == "__main__":
    table = json.dumps(measure_characters(), separators=(",", ":"))
    TABLE.write_text(table + "\n", encoding="utf-8")
