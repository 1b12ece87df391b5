"""The explorer: a page at `/` where a model and its documents are read."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse
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
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Asked for again after every update of the service, and mostly found unchanged.
    "Cache-Control": "no-cache",
}

router = APIRouter()
files = StaticFiles(directory=FOLDER)


@router.get("/", include_in_schema=False)
async def page() -> FileResponse:
    """Returns the page."""
    return FileResponse(FOLDER / "index.html", headers=HEADERS)
