"""The error raised for input that a user can mend."""


class InputError(ValueError):
    """Bad input: the message says which, what was expected and what to do."""
