"""The check that every document passes."""

from kate_keras.errors import InputError


def utf8(text: str, index: int) -> bytes:
    """Encodes a document.

    Args:
        text: Document.
        index: Its place within the whole input, for messages.

    Raises:
        InputError: If it is not a string, or holds a lone surrogate and so has no
            UTF-8 form.
    """
    if not isinstance(text, str):
        raise InputError(
            f"Document {index} must be a string. "
            f"Received: {text!r:.80} (of type {type(text).__name__}). {_advice(text)}"
        )
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"Document {index} is not valid Unicode: it holds a lone surrogate, "
            f"{text[error.start]!r}, at character {error.start}. "
            "Decode the source with errors='replace' or mend that character."
        ) from None


def _advice(item: object) -> str:
    if isinstance(item, bytes):
        return "Bytes have to be decoded: document.decode()."
    if isinstance(item, list | tuple):
        return "A list of words has to be joined: ' '.join(words)."
    return "Missing texts have to be dropped or replaced by ''."
