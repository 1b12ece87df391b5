"""What Ctrl-C and SIGTERM do to a command that trains."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from kate_keras.cli.standard_streams import say


@contextmanager
def stopped_in_order(command: str) -> Iterator[list[int]]:
    """Makes SIGTERM clear away what is half written, and Ctrl-C be noted.

    A training that Ctrl-C ends returns with the best weights so far, as one that has
    ended by itself. A signal that was ignored stays so, as that of Ctrl-C is in what a
    script has put into the background; and outside the main thread, where Python lets
    nobody handle signals, they do what they did.

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

    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    before = {}
    for number, act in ((signal.SIGINT, interrupt), (signal.SIGTERM, stop)):
        # `None` is a handler that Python did not set, and could not put back.
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            before[number] = signal.signal(number, act)
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
