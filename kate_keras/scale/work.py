"""Work on shards, on whatever nodes there are, in the face of their faults."""

import errno
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from kate_keras.errors import InputError

# Times that Ray begins a piece anew whose process or node has died.
RETRIES = 3
# Pieces given out for each core, so that none waits for the next.
AHEAD = 2
# How long the end of pieces is awaited whose results nobody wants. It comes in seconds
# but where a node is lost.
AWAITED_SECONDS = 60.0
# What is wrong with a node, not with a document.
NODE_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE}
NODE_LABEL = "ray.io/node-id"


class Piece(Protocol):
    """Something to work on."""

    @property
    def place(self) -> str:
        """Where it is, for messages."""


P = TypeVar("P", bound=Piece)
T = TypeVar("T")


class _Outcome(NamedTuple):
    """What became of a piece: a result, or why there is none."""

    result: Any = None
    refused: str = ""
    fault: str = ""
    node: str = ""


def work_on(
    ray: Any,
    function: Callable[..., T],
    pieces: Sequence[P],
    *arguments: Any,
) -> Iterator[tuple[P, T]]:
    """Calls a function for every piece, as many at once as the cluster has cores.

    Few pieces are given out ahead, so that neither the driver's memory nor the
    cluster's grows with the corpus. A piece whose process or node dies begins anew on
    another one; a node whose disk is full, or broken, gets no more of them.

    Args:
        ray: Ray, connected.
        function: Takes a piece and the arguments. It may be called for a piece more
            than once, even at the same time.
        pieces: Pieces to work on.
        *arguments: Further arguments; those that are large as references of Ray, which
            are handed on as they are.

    Yields:
        Each piece with what the function returned, as they come.

    Raises:
        InputError: If the function raises one: then no piece is given out any more,
            and those given out end before. If the disk of every node is full. If pieces
            ended their processes again and again, or the function raised anything else;
            then all others are done before.
    """
    if ray.cluster_resources().get("CPU", 0) < 1:
        raise InputError(
            "The cluster has no core to work with. Start nodes that have: "
            "ray start --address=... --num-cpus=..."
        )
    task = ray.remote(num_cpus=1, max_retries=RETRIES)(_guarded)
    waiting = deque(pieces)
    pending: dict[Any, P] = {}
    avoided: set[str] = set()
    failed: list[str] = []
    try:
        while waiting or pending:
            most = AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
            while waiting and len(pending) < most:
                piece = waiting.popleft()
                where = _options(avoided)
                ref = task.options(**where).remote(function, piece, arguments)
                pending[ref] = piece
            (done,), _ = ray.wait(list(pending))
            piece = pending.pop(done)
            try:
                outcome: _Outcome = ray.get(done)
            except ray.exceptions.RayError as error:
                # What a task raised is within what Ray says of it.
                reason = getattr(error, "cause", None) or error
                failed.append(f"{piece.place} ({_first_line(reason)})")
                continue
            if outcome.refused:
                raise InputError(outcome.refused)
            if outcome.fault:
                if outcome.node not in avoided:
                    sys.stderr.write(
                        f"node {outcome.node[:8]} gets no more work: {outcome.fault}\n"
                    )
                avoided.add(outcome.node)
                _require_nodes(ray, avoided, outcome.fault)
                waiting.appendleft(piece)
            else:
                yield piece, outcome.result
    finally:
        # Not `ray.cancel`: where a task ends at that moment, Ray ends the driver
        # (ray-project/ray#54798). And nothing writes to a folder after its job.
        if pending:
            ray.wait(list(pending), num_returns=len(pending), timeout=AWAITED_SECONDS)
    if failed:
        raise InputError(
            f"{len(failed)} of {len(pieces)} shards failed wherever they were tried: "
            f"{'; '.join(failed)!s:.1000}. All others are finished. Where a process "
            "died, a document may be too large for the memory of a node: look at it, "
            "then run the same command again."
        )


def _guarded(
    function: Callable[..., Any], piece: Piece, arguments: tuple[Any, ...]
) -> _Outcome:
    """Calls the function in a process of a node, and tells faults apart."""
    import ray

    try:
        return _Outcome(result=function(piece, *arguments))
    except InputError as error:
        return _Outcome(refused=str(error))
    except OSError as error:
        if error.errno not in NODE_FAULTS:
            return _Outcome(refused=f"{piece.place}: {error}")
        node = ray.get_runtime_context().get_node_id()
        return _Outcome(fault=str(error), node=node)


def _options(avoided: set[str]) -> dict[str, Any]:
    """Where a task may run."""
    if not avoided:
        return {"scheduling_strategy": "SPREAD"}
    return {"label_selector": {NODE_LABEL: f"!in({','.join(sorted(avoided))})"}}


def _require_nodes(ray: Any, avoided: set[str], fault: str) -> None:
    left = [
        node
        for node in ray.nodes()
        if node["Alive"]
        and node["NodeID"] not in avoided
        and node["Resources"].get("CPU", 0) >= 1
    ]
    if not left:
        raise InputError(
            f"No node is left that can go on: {fault}. Make room, then run the same "
            "command again; what is finished stays."
        )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
