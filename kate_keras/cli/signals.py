"""What Ctrl-C and SIGTERM do to a command that trains."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from kate_keras.cli.standard_streams import say


@contextmanager
def stopped_in_order(command: str) -> Iterator[list[int]]:
    """Makes SIGTERM clear away what is half written, and Ctrl-C be noted.

    A training that Ctrl-C ends returns with the best weights so far, as one that has
    ended by itself.

    Args:
        command: The command, for messages.

    Yields:
        A list that is empty until Ctrl-C was pressed.
    """
    interrupts: list[int] = []

    def interrupt(number: int, frame: Any) -> NoReturn:  # noqa: ARG001
        interrupts.append(number)
        raise KeyboardInterrupt

    def stop(number: int, frame: Any) -> NoReturn:  # noqa: ARG001
        say(f"kate {command}: terminated")
        raise SystemExit(128 + number)

    handlers = {signal.SIGINT: interrupt, signal.SIGTERM: stop}
    before = {number: signal.signal(number, act) for number, act in handlers.items()}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
