"""The error raised for input that a user can mend."""


class InputError(ValueError):
    """Bad input: the message says which, what was expected and what to do."""


def require(condition: bool, name: str, expected: str, received: object) -> None:
    """Raises an `InputError` about the option `name` unless the condition holds."""
    if not condition:
        raise InputError(f"`{name}` must be {expected}. Received: {name}={received!r}")
