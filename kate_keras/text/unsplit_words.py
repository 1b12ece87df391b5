"""Telling a corpus that has to be split into words first."""

import unicodedata
from collections.abc import Sequence

# Scripts written without spaces, by the first word of their characters' names, and the
# mean length above which what stands between spaces and punctuation is not a word:
# words of Chinese and Japanese have 2 or 3 characters, of Thai and its neighbours 5
# to 9.
LONGEST_MEAN = {
    **dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA"), 4.0),
    **dict.fromkeys(("THAI", "LAO", "KHMER", "MYANMAR"), 12.0),
}


def unsplit_notice(words: Sequence[str]) -> str:
    """Says in a line that words of a vocabulary are whole clauses, or nothing.

    Args:
        words: The vocabulary.

    Returns:
        A line, if more than half of the words are in scripts that are written without
        spaces and are too long for words on average; otherwise nothing.

    Example:
        >>> from kate_keras.text.unsplit_words import unsplit_notice
        >>> print(unsplit_notice(["我昨天去了图书馆", "天气很好", "他在学习"]), end="")
        most words look like clauses (such as '我昨天去了图书馆'): texts in Chinese, ...
        >>> unsplit_notice(["我", "昨天", "图书馆", "天气"])
        ''
    """
    scripts = [unicodedata.name(word[0], "").split(" ")[0] for word in words]
    found = [
        (word, LONGEST_MEAN[script])
        for word, script in zip(words, scripts, strict=True)
        if script in LONGEST_MEAN
    ]
    if 2 * len(found) <= len(words):
        return ""
    excess = sum(len(word) - longest for word, longest in found)
    if excess <= 0:
        return ""
    longest = max((word for word, _ in found), key=len)
    return (
        f"most words look like clauses (such as {longest[:12]!r}): texts in Chinese, "
        "Japanese, Thai and the like have to be split into words first, by spaces\n"
    )
