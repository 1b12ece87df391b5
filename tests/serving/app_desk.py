"""A replica with an application for each test: its settings come with each request.

To deploy an application takes seconds, and the tests of the interfaces make hundreds.
"""

import base64
import json
import pickle
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from ray import serve
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.app import create_app
from serving.settings import Settings
from tests.serving.conftest import FakeEngine

# Which application is asked: a name that no other test has, and its settings.
TEST_HEADER = "X-Test-App"
ENGINE_PATH = "/what-the-engine-was-asked"


class AppDesk:
    """ASGI application that hands each request to the one that its header names."""

    def __init__(self) -> None:
        self._apps: dict[str, tuple[ASGIApp, FakeEngine]] = {}
        self._lives = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        app, engine = await self._app_of(Headers(scope=scope).get(TEST_HEADER, "{}"))
        if scope["path"] == ENGINE_PATH:
            asked = base64.b64encode(pickle.dumps((engine.encoded, engine.calls)))
            await PlainTextResponse(asked)(scope, receive, send)
        else:
            await app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        for phase in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{phase}"
            if phase == "shutdown":
                await self._lives.aclose()
            await send({"type": f"lifespan.{phase}.complete"})

    async def _app_of(self, header: str) -> tuple[ASGIApp, FakeEngine]:
        if header not in self._apps:
            settings: dict[str, Any] = json.loads(header).get("settings", {})
            engine = FakeEngine()
            app = create_app(Settings(model=Path("unused"), **settings), engine)
            await self._lives.enter_async_context(app.router.lifespan_context(app))
            self._apps[header] = app, engine
        return self._apps[header]


@serve.ingress()
class DeskReplica:
    """A replica of the desk."""

    def __serve_build_asgi_app__(self) -> ASGIApp:  # noqa: N807
        return AppDesk()
