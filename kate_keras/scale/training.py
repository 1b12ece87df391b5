"""Training on several processes and machines, by Ray Train."""

import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kate_keras.argument_checks import checked_path
from kate_keras.errors import InputError, require
from kate_keras.estimator import KATE
from kate_keras.models import Autoencoder
from kate_keras.scale.cluster import LOCAL, connected
from kate_keras.text.counts_folder import CountsFolder
from kate_keras.text.stored_counts import Counts
from kate_keras.training import Recipe
from kate_keras.training.callbacks import Progress
from kate_keras.training.checkpoint_file import CheckpointFile
from kate_keras.training.losses import LOSSES

# In a row, without getting beyond the last checkpoint.
MOST_FAILURES = 3
# Between two looks at whether there is room for more workers.
RESIZE_SECONDS = 60.0
# Without an answer of a worker that has not died, until it is given up.
SILENT_SECONDS = 30
POLL_SECONDS = 0.25

Workers = int | tuple[int, int]


def fit_distributed(
    model: KATE,
    documents: Any,
    *,
    checkpoint: str | Path,
    address: str = LOCAL,
    n_workers: Workers | None = None,
    resume: bool = False,
    watch: Callable[[str, Any], None] | None = None,
) -> dict[str, float]:
    """Trains an estimator on the workers of a Ray cluster, as `KATE.fit` trains alone.

    The workers share each batch and add up what they learn from it, so that a step is
    that of one process: losses are the same but for rounding, within one part in a
    million, whatever the number of workers. If one dies, or its machine, all begin anew
    from the last checkpoint, with as many as the cluster has room for.

    Args:
        model: Estimator, fitted in place. Its variant is one that is trained without
            noise and penalties: `"kate"`, `"deep"`, `"no-amplification"`,
            `"no-energy"`, `"no-competition"`, `"k-sparse"` or `"plain"`.
        documents: As for `KATE.fit`. A folder of counts is read by every worker, and
            all machines have to see it; what is in memory is sent to them.
        checkpoint: File of the checkpoint, which all machines see.
        address: `"local"` for workers of this machine, or a Ray cluster's address.
        n_workers: How many there are, on a CPU core each; or the fewest and the most;
            `None`, from 1 to as many as Ray has cores now.
        resume: Whether to go on from the checkpoint; see `KATE.fit`.
        watch: What to call with each report of the workers: `"begin"` and how many
            they are, the place where they begin, as epoch and batches of it, and the
            batches of an epoch; `"epoch_begin"` and the epoch; now and then
            `"batch_end"` and the batch; `"epoch_end"` and the epoch with its losses;
            `"checkpoint"` and its place.

    Returns:
        What was added up since the workers began the last time: `steps`, the `bytes`
        of one worker in all of them, and the `seconds` that it took, with waiting for
        others.

    Raises:
        InputError: As `KATE.fit`; if the variant cannot be shared, if Ray is not there,
            or if workers fail again and again without getting further. The checkpoint
            then stays.
    """
    if model.random_state is None:
        raise InputError(
            "Workers draw the same numbers by a seed: set `random_state`. "
            "Received: random_state=None"
        )
    place = checked_path(checkpoint).resolve()
    traffic: dict[str, float] = {}
    with connected(address) as ray:
        scale = _checked_workers(n_workers, int(ray.cluster_resources().get("CPU", 0)))

        def trainer(
            autoencoder: Autoencoder, counts: Counts, recipe: Recipe, **options: Any
        ) -> dict[str, list[float]]:
            folder = documents.path if isinstance(documents, CountsFolder) else None
            verbose, file = options.pop("verbose"), options.pop("checkpoint")
            task = _task(autoencoder, recipe, file, options)
            task["counts"] = str(folder.resolve()) if folder else ray.put(counts)
            bar = _Bar(recipe.epochs, verbose, watch)
            result = _run(ray, task, scale, file, bar)
            _take_over(autoencoder, recipe, result)
            file.ended = True
            traffic.update(result["traffic"])
            history: dict[str, list[float]] = result["history"]
            return history

        model.fit(documents, checkpoint=place, resume=resume, trainer=trainer)
    return traffic


def _checked_workers(n_workers: Workers | None, cores: int) -> Workers:
    if n_workers is None:
        return 1, max(1, cores)
    fewest, most = n_workers if isinstance(n_workers, tuple) else (n_workers, n_workers)
    require(1 <= fewest <= most, "n_workers", "at least 1, or a range", n_workers)
    if cores < fewest:
        raise InputError(
            f"{fewest} workers need a CPU core each, and Ray has {cores}. "
            "Take fewer workers, or add machines first."
        )
    return fewest if fewest == most else (fewest, most)


def _task(
    autoencoder: Autoencoder,
    recipe: Recipe,
    file: CheckpointFile,
    options: dict[str, Any],
) -> dict[str, Any]:
    """What the workers are to do, all but the counts."""
    if not autoencoder.takes_word_slices():
        raise InputError(
            "Workers can share the batches of a variant without noise or penalty "
            "('kate', 'deep', 'no-amplification', 'no-energy', 'no-competition', "
            f"'k-sparse' or 'plain'). Received: {type(autoencoder).__name__}. "
            "Train it in one process."
        )
    from kate_keras.scale.worker import variables

    return {
        "autoencoder": type(autoencoder),
        "config": autoencoder.get_config(),
        "variables": variables(autoencoder),
        "recipe": recipe,
        "options": options,
        "checkpoint": str(file.path),
        "training": file.training,
    }


def _take_over(
    autoencoder: Autoencoder, recipe: Recipe, result: dict[str, Any]
) -> None:
    from kate_keras.scale.worker import assign

    assign(autoencoder, result["variables"])
    autoencoder.compile(loss=LOSSES[recipe.loss](), jit_compile=False)


class _Bar:
    """The progress bar, and a line for every start of the workers after the first."""

    def __init__(
        self,
        epochs: int,
        verbose: bool,
        watch: Callable[[str, Any], None] | None = None,
    ) -> None:
        self.epochs = epochs
        self.verbose = verbose
        self.watch = watch
        self.progress: Progress | None = None
        self.begun = False

    def show(self, name: str, content: Any) -> None:
        """Shows an event of a worker."""
        if self.watch:
            self.watch(name, content)
        if name == "begin":
            self._begin(*content)
        elif self.progress and name == "epoch_begin":
            self.progress.on_epoch_begin(content)
        elif self.progress and name == "batch_end":
            self.progress.on_train_batch_end(content)
        elif self.progress and name == "epoch_end":
            self.progress.on_epoch_end(*content)

    def _begin(self, n_workers: int, place: tuple[int, int], n_steps: int) -> None:
        self.close()
        again = "goes on" if self.begun else "begins"
        workers = f"{n_workers} worker{'s' if n_workers > 1 else ''}"
        epoch, batches = place
        sys.stderr.write(
            f"training {again} with {workers}: epoch {epoch + 1}, after {batches} "
            "batches\n"
        )
        self.begun = True
        if self.verbose:
            self.progress = Progress(self.epochs, n_steps)

    def close(self) -> None:
        """Ends the bar where training ended."""
        if self.progress:
            self.progress.close()
        self.progress = None


def _run(
    ray: Any, task: dict[str, Any], n_workers: Workers, file: CheckpointFile, bar: _Bar
) -> dict[str, Any]:
    """Trains, however often workers die, as long as it gets further in between."""
    from kate_keras.scale.postbox import Postbox

    postbox = (
        ray.remote(Postbox)
        .options(
            num_cpus=0,
            label_selector={"ray.io/node-id": ray.get_runtime_context().get_node_id()},
        )
        .remote(task, file.state is not None)
    )
    place = None
    try:
        with _storage(file.path.parent) as storage:
            while True:
                before = place
                ends: dict[str, Any] = {}
                for name, content in _attempts(ray, postbox, n_workers, storage):
                    if name in ("result", "refused", "error"):
                        ends[name] = content
                        continue
                    if name == "checkpoint":
                        # What workers have written is no other training's any more.
                        place, file.is_of_this_training = content, True
                    bar.show(name, content)
                # Only now, as Ray must not be left before Ray Train is done.
                if "refused" in ends:
                    raise InputError(ends["refused"])
                if "result" in ends:
                    result: dict[str, Any] = ends["result"]
                    return result
                if place == before:
                    raise InputError(_given_up(ends["error"], file))
    except ray.exceptions.RayError as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"The cluster does not answer any more: {_short(reason)} {_left(file)}"
        ) from None
    except (KeyboardInterrupt, SystemExit):
        bar.close()
        sys.stderr.write(f"{_left(file)}\n")
        raise
    finally:
        bar.close()
        with suppress(ray.exceptions.RayError):
            ray.kill(postbox)


def _given_up(error: Any, file: CheckpointFile) -> str:
    reason = " ".join(str(error).split())
    return (
        f"Workers failed {MOST_FAILURES + 1} times without getting beyond a new "
        f"checkpoint; the last time: {_short(reason)} {_left(file)}"
    )


def _left(file: CheckpointFile) -> str:
    if file.is_of_this_training and file.path.exists():
        return f"The training can be resumed from {file.path}."
    return "There is no checkpoint yet that it could be resumed from."


def _short(reason: str) -> str:
    """Both ends of a long message, of which tracebacks have most in the middle."""
    return reason if len(reason) < 600 else f"{reason[:200]} ... {reason[-400:]}"


@contextmanager
def _storage(folder: Path) -> Iterator[Path]:
    """A place for what Ray Train writes, which all machines see; it is cleared away."""
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=".kate-training-", dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _attempts(
    ray: Any, postbox: Any, n_workers: Workers, storage: Path
) -> Iterator[tuple[str, Any]]:
    """Starts workers, up to `MOST_FAILURES` times again, and yields what they say.

    Ray Train waits in a thread of its own: Ctrl-C is then ours.
    """
    outcome: list[Any] = []
    trainer = _trainer(postbox, n_workers, storage)

    def fit() -> None:
        try:
            trainer.fit()
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=fit, daemon=True)
    thread.start()
    while True:
        thread.join(POLL_SECONDS)
        alive = thread.is_alive()
        yield from ray.get(postbox.take.remote())
        if not alive:
            break
    error = outcome[0] if outcome else "the workers ended without a result"
    if isinstance(error, Exception) and not _of_workers(error):
        raise error
    yield "error", error


def _of_workers(error: Exception) -> bool:
    from ray.train import TrainingFailedError

    return isinstance(error, TrainingFailedError)


def _trainer(postbox: Any, n_workers: Workers, storage: Path) -> Any:
    # Of a worker that is alive and does not answer.
    silent = str(SILENT_SECONDS)
    os.environ.setdefault("RAY_TRAIN_WORKER_HEALTH_CHECK_TIMEOUT_S", silent)
    from ray import train
    from ray.train.tensorflow import TensorflowTrainer

    from kate_keras.scale.worker import work

    logging.getLogger("ray.train").setLevel(logging.ERROR)
    return TensorflowTrainer(
        work,
        train_loop_config={"postbox": postbox, "threads": 1},
        scaling_config=train.ScalingConfig(
            num_workers=n_workers,
            resources_per_worker={"CPU": 1},
            placement_strategy="SPREAD",
            elastic_resize_monitor_interval_s=RESIZE_SECONDS,
        ),
        run_config=train.RunConfig(
            name="training",
            storage_path=str(storage),
            failure_config=train.FailureConfig(max_failures=MOST_FAILURES),
            logging_config=train.LoggingConfig(log_level="ERROR"),
        ),
    )
