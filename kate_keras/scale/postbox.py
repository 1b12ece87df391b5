"""What the driver of a distributed training and its workers tell each other."""

from typing import Any


class Postbox:
    """An actor beside the driver, which outlives the workers.

    Args:
        task: What the workers are to do; see `kate_keras.scale.worker`.
        resume: Whether the first workers go on from the checkpoint that is there.
    """

    def __init__(self, task: dict[str, Any], resume: bool) -> None:
        self._task = task
        self._resume = resume
        self._events: list[tuple[str, Any]] = []

    def task(self) -> dict[str, Any]:
        """Returns the task, and whether there is a checkpoint to `resume` from."""
        return {**self._task, "resume": self._resume}

    def wrote_checkpoint(self) -> None:
        """Takes note that the checkpoint is now one of this training."""
        self._resume = True

    def put(self, name: str, content: Any) -> None:
        """Leaves an event for the driver."""
        self._events.append((name, content))

    def take(self) -> list[tuple[str, Any]]:
        """Returns the events since the last call, in order."""
        events, self._events = self._events, []
        return events
