"""`/docs`: the API's description to read and to try out; all of it comes from this server."""

from importlib.metadata import distribution
from pathlib import Path

from aiohttp import web

from api.pages.static_page import build_page_routes

_STATIC_DIR = Path(__file__).parent
# Swagger UI as a package brings it; of the package nothing is run.
_SWAGGER_PACKAGE, _SWAGGER_FOLDER = "flask-swagger-ui", "flask_swagger_ui/dist"
_SWAGGER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


def build_docs_routes() -> list[web.RouteDef]:
    """Build the routes of the page and of what it is made of."""
    theirs = Path(str(distribution(_SWAGGER_PACKAGE).locate_file(_SWAGGER_FOLDER)))
    pieces = {
        "start.js": _STATIC_DIR / "start.js",
        **{name: theirs / name for name in _SWAGGER_FILES},
    }
    # Swagger UI styles its elements where they stand.
    return build_page_routes("/docs", _STATIC_DIR / "index.html", pieces, inline_styles=True)
