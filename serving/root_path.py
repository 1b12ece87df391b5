"""The path under which a reverse proxy offers the service."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class RootPath:
    """ASGI middleware that tells the application its root path.

    The application then answers whether the proxy strips that path or keeps it, and
    its pages name addresses as the browser has to ask for them. Who asks for the path
    itself is sent to the page below it.

    Args:
        app: ASGI application.
        root_path: The path, such as `/kate`.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] == "http":
            root, path = self.root_path, scope["path"]
            if path == root:
                await RedirectResponse(f"{root}/")(scope, receive, send)
                return
            # By ASGI's rule the path holds the root path.
            whole = path if path.startswith(f"{root}/") else root + path
            scope["root_path"], scope["path"] = root, whole
        await self.app(scope, receive, send)
