"""The errors raised for input that a user can mend."""


class InputError(ValueError):
    """Bad input: the message says which, what was expected and what to do."""


class DocumentError(InputError):
    """One document of several cannot be taken.

    Args:
        index: Its place within the whole input.
        reason: What is wrong with it, and what to do.

    Attributes:
        index: Its place within the whole input.
        reason: What is wrong with it, and what to do.
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(f"Document {index}: {reason}")
        self.index = index
        self.reason = reason


def require(condition: bool, name: str, expected: str, received: object) -> None:
    """Raises an `InputError` about the option `name` unless the condition holds."""
    if not condition:
        raise InputError(f"`{name}` must be {expected}. Received: {name}={received!r}")
