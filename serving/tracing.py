"""OpenTelemetry: a span for each request, with its wait and its batch inside."""

import os
import time
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.batcher import BatchRun
from serving.observation import HUNG_UP, UNKNOWN_ROUTE
from serving.settings import SettingsError

# What is asked every few seconds by machines.
UNTRACED = ("/livez", "/readyz", "/metrics", "/v2/health/live", "/v2/health/ready")


class Tracing:
    """Sends spans to a collector, from a thread of its own.

    A span holds times, the route, the status, sizes and the model, never a text.

    Args:
        endpoint: Collector's address for OTLP over HTTP. What else there is to set,
            such as headers or the share that is sampled, is set by OpenTelemetry's own
            variables, `OTEL_*`.

    Raises:
        SettingsError: If OpenTelemetry is not installed.
    """

    def __init__(self, endpoint: str) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
                OTLPSpanExporter,
            )
            from opentelemetry.sdk.resources import SERVICE_NAME, Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise SettingsError(
                f"KATE_TRACES_ENDPOINT needs {error.name}, which is not installed: "
                "pip install 'kate_keras[tracing]'"
            ) from None
        name = os.environ.get("OTEL_SERVICE_NAME", "kate")
        self._provider = TracerProvider(
            resource=Resource.create({SERVICE_NAME: name}), shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(endpoint=endpoint)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("kate_keras")

    def batch_run(self, batch: BatchRun) -> None:
        """Adds to each request's span how long it waited, and its batch."""
        end = time.time_ns()
        begin = end - round(1e9 * batch.seconds)
        for wait, context in zip(batch.waits, batch.contexts, strict=True):
            arrived = begin - round(1e9 * wait)
            context.run(self._add, "queue", arrived, begin, {})
            size = {"kate.batch_size": batch.documents}
            context.run(self._add, "inference", begin, end, size)

    def _add(self, name: str, start: int, end: int, attributes: dict[str, int]) -> None:
        span = self._tracer.start_span(name, attributes=attributes, start_time=start)
        span.end(end)

    async def trace(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles one request within a span."""
        from opentelemetry import propagate
        from opentelemetry.trace import SpanKind, StatusCode, format_trace_id

        method = scope["method"]
        with self._tracer.start_as_current_span(
            method,
            context=propagate.extract(dict(Headers(scope=scope))),
            kind=SpanKind.SERVER,
            # An exception's text may hold that of a document.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            scope["trace_id"] = format_trace_id(span.get_span_context().trace_id)
            try:
                await app(scope, receive, send)
            finally:
                # As `Observation` within this span has noted it.
                status = scope.get("status", HUNG_UP)
                route = getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
                span.update_name(f"{method} {route}")
                span.set_attributes(_attributes(scope, route, status))
                if status >= 500:
                    span.set_status(StatusCode.ERROR)

    def stop(self) -> None:
        """Sends what is left."""
        self._provider.shutdown()


def _attributes(scope: Scope, route: str, status: int) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "http.request.method": scope["method"],
        "http.route": route,
        "http.response.status_code": status,
    }
    if "documents" in scope:
        attributes["kate.documents"] = scope["documents"]
    if "model" in scope:
        identity = scope["model"].identity()
        attributes |= {f"kate.{name}": value for name, value in identity.items()}
    return attributes


class Traced:
    """ASGI middleware that puts a span around each request.

    Args:
        app: ASGI application.
        tracing: Where spans go.
        root_path: Path under which a proxy offers the service.
    """

    def __init__(self, app: ASGIApp, tracing: Tracing, root_path: str = "") -> None:
        self.app = app
        self.tracing = tracing
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        path = scope.get("path", "").removeprefix(self.root_path)
        if scope["type"] != "http" or path in UNTRACED:
            await self.app(scope, receive, send)
        else:
            await self.tracing.trace(self.app, scope, receive, send)
