"""What is counted and timed, for Prometheus."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import Response

from serving.batcher import BatchRun
from serving.engine import Encoding
from serving.served_model import ServedModel
from serving.settings import METRICS_FOLDER

# From a tenth of a millisecond: the work of one short text takes less than one.
SECONDS = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1),
    *(0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


# Of the process, whose log it is, not of an application.
LOST_LINES = Counter(
    "kate_log_lines_lost", "Lines that could not be written to the log", registry=None
)


class Metrics:
    """The metrics of one application, in a registry of its own.

    Labels are bounded: routes are those of the application, whatever path was asked
    for.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        registry.register(LOST_LINES)
        self._serving: dict[str, tuple[str, str, str]] = {}
        self._requests = Counter(
            "kate_requests", "Requests answered", ["route", "code"], registry=registry
        )
        self._duration = Histogram(
            "kate_request_duration_seconds",
            "From the first byte of a request to the last of its answer",
            ["route"],
            registry=registry,
            buckets=SECONDS,
        )
        self._queue = Histogram(
            "kate_queue_duration_seconds",
            "From a request's arrival in the queue to a batch with its documents",
            ["model"],
            registry=registry,
            buckets=SECONDS,
        )
        self._inference = Histogram(
            "kate_inference_duration_seconds",
            "A batch in the model",
            ["model"],
            registry=registry,
            buckets=SECONDS,
        )
        self._batch = Histogram(
            "kate_batch_size",
            "Documents of a batch",
            ["model"],
            registry=registry,
            buckets=SIZES,
        )
        self._queued = Gauge(
            "kate_queue_size",
            "Documents that wait",
            ["model"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._documents = Counter(
            "kate_documents", "Documents encoded", ["model"], registry=registry
        )
        self._empty = Counter(
            "kate_empty_documents",
            "Documents without a known word",
            ["model"],
            registry=registry,
        )
        self._unknown = Histogram(
            "kate_unknown_word_ratio",
            "Share of a document's words, stop words too, that the model does not know",
            ["model"],
            registry=registry,
            buckets=SHARES,
        )
        self._model = Gauge(
            "kate_model_info",
            "1 for the version that answers, 0 for those before it",
            ["model", "version", "fingerprint"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._loaded = Gauge(
            "kate_model_load_timestamp_seconds",
            "When the model was loaded",
            ["model"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._loads = Counter(
            "kate_model_loads",
            "Versions that were looked at",
            ["model", "result"],
            registry=registry,
        )

    def loaded(self, model: str, result: str) -> None:
        """Counts a version of a model that was `"loaded"` or `"refused"`."""
        self._loads.labels(model, result).inc()

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Counts an answer.

        Args:
            route: Path of the route, with its parameters' names.
            status: HTTP status.
            seconds: From the first byte in to the last one out.
        """
        self._requests.labels(route, str(status)).inc()
        self._duration.labels(route).observe(seconds)

    def batch_run(self, model: str, batch: BatchRun) -> None:
        """Counts a batch of a model."""
        self._queued.labels(model).set(batch.queued)
        self._batch.labels(model).observe(batch.documents)
        self._inference.labels(model).observe(batch.seconds)
        queue = self._queue.labels(model)
        for wait in batch.waits:
            queue.observe(wait)

    def encoded(self, model: str, encoding: Encoding) -> None:
        """Counts documents and the words that a model does not know in them."""
        self._documents.labels(model).inc(len(encoding.words))
        self._empty.labels(model).inc(int((encoding.known_words == 0).sum()))
        unknown = self._unknown.labels(model)
        for known, words in zip(
            encoding.known_words.tolist(), encoding.words.tolist(), strict=True
        ):
            if words:
                unknown.observe(1 - known / words)

    def serve(self, model: ServedModel) -> None:
        """Names a model that answers, in the place of another version of its name."""
        labels = model.card.name, model.card.version, model.card.fingerprint
        before = self._serving.get(model.card.name)
        if before is not None:
            self._model.labels(*before).set(0)
        self._serving[model.card.name] = labels
        self._model.labels(*labels).set(1)
        self._loaded.labels(model.card.name).set(model.loaded)

    def page(self) -> Response:
        """Returns all of it in Prometheus's text form; of all workers, if several."""
        folder = os.environ.get(METRICS_FOLDER)
        return page_of(self.registry if folder is None else registry_of(folder))


def registry_of(folder: str) -> CollectorRegistry:
    """Returns a registry of what all processes that share a folder have counted."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry


def page_of(*registries: CollectorRegistry) -> Response:
    """Returns registries in Prometheus's text form."""
    text = b"".join(map(generate_latest, registries))
    return Response(text, media_type=CONTENT_TYPE_LATEST)
