"""`/docs`: the API's documentation, to read and to try out; all of it comes from this server."""

from importlib.metadata import distribution
from pathlib import Path

from aiohttp import web

from api.pages.static_page import build_page_routes

_STATIC_DIR = Path(__file__).parent
# Swagger UI comes from a package; none of the package's code runs.
_SWAGGER_PACKAGE, _SWAGGER_FOLDER = "flask-swagger-ui", "flask_swagger_ui/dist"
_SWAGGER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


def build_docs_routes() -> list[web.RouteDef]:
    """Build the routes of the page and its files."""
    theirs = Path(str(distribution(_SWAGGER_PACKAGE).locate_file(_SWAGGER_FOLDER)))
    pieces = {
        "start.js": _STATIC_DIR / "start.js",
        **{name: theirs / name for name in _SWAGGER_FILES},
    }
    # Swagger UI sets inline styles.
    return build_page_routes("/docs", _STATIC_DIR / "index.html", pieces, inline_styles=True)
