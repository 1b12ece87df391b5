"""The one definition of a word, as TensorFlow operations.

A word is a run of letters, digits and combining marks of any script,
lower-cased, with at least one letter. Everything else separates words, except
the invisible characters that format a word (soft hyphen, zero-width joiners,
direction marks), which are removed.
"""

from collections.abc import Sequence

import tensorflow as tf

from kate_keras.text.checked_text import utf8

INVISIBLE = (
    r"[\x{00AD}\x{034F}\x{061C}\x{180B}-\x{180E}\x{200C}-\x{200F}\x{202A}-\x{202E}"
    r"\x{2060}-\x{2064}\x{2066}-\x{206F}\x{FE00}-\x{FE0F}\x{FEFF}\x{E0100}-\x{E01EF}]+"
)
# A full-size "İ" becomes "i" and a combining dot when lower-cased; the dot goes. In a
# Lithuanian locale so do accented i, j and į.
DOTTED = r"([ij\x{012F}])\x{0307}"
SEPARATORS = r"[^\pL\pN\pM]+"
NUMBERS = r" [\pN\pM]+ "


def tokenize(texts: tf.Tensor) -> tf.RaggedTensor:
    """Splits texts into words, inside a TensorFlow graph.

    Args:
        texts: String tensor of shape `(batch,)`, UTF-8. Bytes that are not UTF-8
            separate words.

    Returns:
        Ragged string tensor of shape `(batch, None)`.

    Example:
        >>> import tensorflow as tf
        >>> from kate_keras.text import tokenize
        >>> [[w.decode() for w in row] for row in
        ...  tokenize(tf.constant(["The 2 co\u00adoperating CAFÉS, 3D!"])).to_list()]
        [['the', 'cooperating', 'cafés', '3d']]
    """
    texts = clean(texts)
    texts = tf.strings.regex_replace(tf.strings.join([" ", texts, " "]), NUMBERS, " ")
    return tf.strings.split(texts)


def clean(texts: tf.Tensor) -> tf.Tensor:
    """Lower-cases texts and puts two spaces where words end."""
    # Regular expressions pass over bytes that are not UTF-8; as spaces they separate.
    texts = tf.strings.unicode_transcode(
        texts, "UTF-8", "UTF-8", errors="replace", replacement_char=ord(" ")
    )
    texts = tf.strings.regex_replace(texts, INVISIBLE, "")
    # Two spaces, so that neighbouring numbers do not share the one between them.
    # Before lower-casing, which would end a text at its first NUL.
    texts = tf.strings.regex_replace(texts, SEPARATORS, "  ")
    # ICU lower-cases by the process's locale; Turkish and Lithuanian differ in these.
    texts = tf.strings.regex_replace(texts, "I", "i")
    texts = tf.strings.lower(texts, encoding="utf-8")
    return tf.strings.regex_replace(texts, DOTTED, r"\1")


def as_text_tensor(texts: Sequence[str], first: int = 0) -> tf.Tensor:
    """Converts Python strings to a TensorFlow string tensor.

    Args:
        texts: Strings.
        first: Index of the first text within the whole input, for messages.

    Returns:
        String tensor of shape `(len(texts),)`.

    Raises:
        InputError: If an item is not a string, or holds a lone surrogate and so
            has no UTF-8 form.
    """
    encoded = [utf8(text, index) for index, text in enumerate(texts, first)]
    return tf.constant(encoded, dtype=tf.string, shape=(len(encoded),))
