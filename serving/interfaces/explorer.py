"""The explorer: a page at `/` where a model and its documents are read."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parents[1] / "explorer"
# It takes nothing from elsewhere, sends nothing elsewhere, and stands in no frame.
POLICY = "; ".join(
    [
        "default-src 'none'",
        *("script-src 'self'", "style-src 'self'", "connect-src 'self'"),
        "img-src 'self' data: blob:",
        *("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"),
    ]
)
# Asked for again each time, and mostly found unchanged: after an update of the service
# no page is made of old files and new ones.
FRESH = {"Cache-Control": "no-cache"}


class PageFiles(StaticFiles):
    """The files of the page."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """Returns a file, or that it has not changed."""
        response = super().file_response(*args, **options)
        response.headers.update(FRESH)
        return response


router = APIRouter()
files = PageFiles(directory=FOLDER)


@router.get("/", include_in_schema=False)
async def page() -> FileResponse:
    """Returns the page."""
    headers = {"Content-Security-Policy": POLICY, **FRESH}
    return FileResponse(FOLDER / "index.html", headers=headers)
