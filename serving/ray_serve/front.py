"""What stands before Ray Serve in each of its proxies.

Serve answers some requests itself, in a shape of its own; it keeps a body of any size;
and it sends each request to one of the replicas, whose metrics are not those of the
others. A proxy loads `middlewares` where `CALLBACK` in its environment names it.
"""

import asyncio
import logging
import os

from prometheus_client import CollectorRegistry, Counter
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.errors import ANSWERS, Failure, ServiceError, error_response
from serving.metrics import page_of
from serving.observation import ID_HEADER, add_headers, id_of
from serving.ray_serve.node_metrics import node_registry
from serving.request_body import BodyLimit
from serving.settings import Settings, variable_of

logger = logging.getLogger("serving")

CALLBACK = {
    "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": "serving.ray_serve.front.middlewares"
}
# The settings that it goes by.
SETTINGS = ("max_body_bytes", "root_path")
# Of every answer of a replica, and of none of Serve's own.
OWN_HEADER = b"x-content-type-options"
RETRY = {"Retry-After": "1"}
# Serve's status, and what it means to the caller.
MEANINGS = {
    404: (Failure.NOT_READY, "No model is deployed here yet, or no longer."),
    408: (
        Failure.DEADLINE_PASSED,
        "There was no answer within the deadline. Send fewer documents at a time, or "
        "start the service with a larger KATE_TIMEOUT.",
    ),
    429: (
        Failure.QUEUE_FULL,
        "Too many requests wait for a replica. Send this one again a little later.",
    ),
    503: (Failure.NOT_READY, "No replica can answer now. Send the request again."),
}
ENDED = (
    Failure.NOT_READY,
    "The replica that had this request ended before it answered. Send it again.",
)


def middlewares() -> list[Middleware]:
    """Returns what a proxy puts around itself, by the settings of its environment."""
    names = {variable_of(name) for name in SETTINGS}
    environment = {name: os.environ[name] for name in names & set(os.environ)}
    settings = Settings.from_environment(environment, model="unused")
    return [Middleware(Front, settings.max_body_bytes, settings.root_path)]


class Front:
    """ASGI middleware that gives Serve's own answers the service's shape and limits.

    - A body over the limit is refused here, before the proxy has kept it.
    - `GET /metrics` is answered here, with the metrics of this node's replicas.
    - An error that Serve tells in its own words, or does not tell at all, is told in
      the one error shape, and counted in `kate_proxy_errors_total`.
    - A request has one `X-Request-Id`, of our form; Serve would add another.

    Args:
        app: Serve's proxy.
        max_body_bytes: Largest body.
        root_path: Path under which a reverse proxy offers the service.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int, root_path: str = "") -> None:
        self._app = app
        self._limit = BodyLimit(self._pass_on, max_body_bytes)
        self._metrics_paths = ("/metrics", f"{root_path}/metrics")
        self._registry = CollectorRegistry()
        self._errors = Counter(
            "kate_proxy_errors",
            "Errors that the proxy told, not a replica",
            ["code"],
            registry=self._registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # What the caller chose goes into Serve's log too.
        MutableHeaders(scope=scope)[ID_HEADER] = id_of(scope)
        if scope["method"] == "GET" and scope["path"] in self._metrics_paths:
            registry = await asyncio.to_thread(node_registry)
            page = page_of(registry, self._registry)
            add_headers(page.headers, id_of(scope))
            await page(scope, receive, send)
        else:
            await self._limit(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send)

        async def receive_or_hang_up() -> Message:
            try:
                message = await receive()
            except ServiceError as refusal:
                answer.error = refusal
                return {"type": "http.disconnect"}
            answer.awaited = message["type"] != "http.disconnect"
            return message

        await self._app(scope, receive_or_hang_up, answer.send)
        if answer.awaited and not answer.begun:
            error = answer.error or ServiceError(*ENDED, headers=RETRY)
            self._errors.labels(str(ANSWERS[error.failure].status)).inc()
            logger.error("%s: %s", error.failure, error.message)
            response = error_response(error)
            add_headers(response.headers, id_of(scope))
            await response(scope, receive, send)


class _Answer:
    """Passes a replica's answer on, and keeps back what Serve says itself.

    Attributes:
        awaited: Whether the caller has not hung up.
        begun: Whether the caller has the beginning of an answer.
        error: What the caller is to be told instead.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.awaited = True
        self.begun = False
        self.error: ServiceError | None = None

    async def send(self, message: Message) -> None:
        """Takes a message for the caller."""
        if message["type"] == "http.response.start" and self.error is None:
            self._begin(message)
        if self.begun:
            await self._send(message)

    def _begin(self, message: Message) -> None:
        status = message["status"]
        names = {name.lower() for name, _ in message["headers"]}
        if status >= 400 and OWN_HEADER not in names:
            meaning = MEANINGS.get(status, ENDED)
            self.error = ServiceError(*meaning, headers=RETRY)
            return
        self.begun = True
        headers = MutableHeaders(scope=message)
        own = headers.get(ID_HEADER)
        if own is not None:
            # Takes the place of all of that name.
            headers[ID_HEADER] = own
