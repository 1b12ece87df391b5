"""What every task needs, sent to each process once."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

# What this process has opened last, by its key: a process works for one job at a time.
_opened: dict[str, Any] = {}


class Shared(NamedTuple):
    """A large object in Ray's store.

    In a tuple its reference is handed on as it is; Ray would otherwise unpack the
    object for every single task.

    Args:
        key: Hash of the object.
        reference: Ray's reference of it.
    """

    key: str
    reference: Any


def opened(shared: Shared, make: Callable[[Any], T]) -> T:
    """Returns what is made of a shared object, which this process makes once.

    Args:
        shared: The object.
        make: Makes of it what tasks need.
    """
    if shared.key not in _opened:
        import ray

        _opened.clear()
        _opened[shared.key] = make(ray.get(shared.reference))
    made: T = _opened[shared.key]
    return made
