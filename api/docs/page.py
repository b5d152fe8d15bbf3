"""`/docs`: the API's description to read and to try out; all of it comes from this server."""

from importlib.metadata import distribution
from pathlib import Path

from aiohttp import web

_OURS = Path(__file__).parent
# Swagger UI as a package brings it; of the package nothing is run.
_PACKAGE, _FOLDER = "flask-swagger-ui", "flask_swagger_ui/dist"
_THEIRS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
_HEADERS = {
    # Swagger UI styles its elements where they stand, and has pictures as data.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def docs_routes() -> list[web.RouteDef]:
    """Build the routes of the page and of what it is made of."""
    theirs = Path(str(distribution(_PACKAGE).locate_file(_FOLDER)))
    pieces = {"start.js": _OURS / "start.js", **{name: theirs / name for name in _THEIRS}}

    async def page(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(_OURS / "index.html", headers=_HEADERS)

    async def piece(request: web.Request) -> web.FileResponse:
        file = pieces.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        return web.FileResponse(file, headers=_HEADERS)

    return [web.get("/docs", page), web.get("/docs/{name}", piece)]
