"""`/docs`: the API's description to read and to try out; all of it comes from this server."""

from importlib.metadata import distribution
from pathlib import Path

from aiohttp import web

from api.pages.static_page import page_routes

_OURS = Path(__file__).parent
# Swagger UI as a package brings it; of the package nothing is run.
_PACKAGE, _FOLDER = "flask-swagger-ui", "flask_swagger_ui/dist"
_THEIRS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


def docs_routes() -> list[web.RouteDef]:
    """Build the routes of the page and of what it is made of."""
    theirs = Path(str(distribution(_PACKAGE).locate_file(_FOLDER)))
    pieces = {"start.js": _OURS / "start.js", **{name: theirs / name for name in _THEIRS}}
    # Swagger UI styles its elements where they stand.
    return page_routes("/docs", _OURS / "index.html", pieces, inline_styles=True)
