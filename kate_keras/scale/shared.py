"""What every task needs, made once in each process."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

# What this process made last, by its key: a process works for one job at a time.
_made: dict[str, Any] = {}


class Shared(NamedTuple):
    """A large object in Ray's store.

    Args:
        key: Hash of the object.
        reference: Ray's reference of it.
    """

    key: str
    reference: Any


def made_of(shared: Shared, make: Callable[[Any], T]) -> T:
    """Returns what is made of a shared object.

    Args:
        shared: The object.
        make: Makes of it what tasks need; called once in a process.
    """
    if shared.key not in _made:
        import ray

        _made.clear()
        _made[shared.key] = make(ray.get(shared.reference))
    made: T = _made[shared.key]
    return made
