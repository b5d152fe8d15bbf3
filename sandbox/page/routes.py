"""Serves the page on which one person plays the customers and the staff group."""

from pathlib import Path

from aiohttp import web

_STATIC = Path(__file__).parent / "static"

# The page runs only its own scripts and contacts no other host, whatever a message contains; Mini
# Apps run in a frame.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "frame-src https: http://127.0.0.1:* http://localhost:*; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # A sandbox that was just upgraded must not show the page of the one before it.
    "Cache-Control": "no-cache",
}


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / "index.html", headers=_HEADERS)


async def _disable_caching(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith("/static/"):
        response.headers["Cache-Control"] = _HEADERS["Cache-Control"]


def add_page(app: web.Application) -> None:
    """Serve the page at `/` and what it needs under `/static/`."""
    app.router.add_get("/", _index)
    app.router.add_static("/static/", _STATIC)
    app.on_response_prepare.append(_disable_caching)
