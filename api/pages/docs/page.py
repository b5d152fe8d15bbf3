"""The page at `/docs`, on which the API's description is read and tried out."""

from pathlib import Path

from aiohttp import web

from api.pages.static_page import build_page_routes

_STATIC_DIR = Path(__file__).parent
# A copy of Swagger UI's published files (swagger-ui/VERSION): no other host is asked for them.
_SWAGGER_DIR = _STATIC_DIR / "swagger-ui"
_SWAGGER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


def build_docs_routes() -> list[web.RouteDef]:
    """Return the routes of the page and of the files that it loads."""
    pieces = {
        "start.js": _STATIC_DIR / "start.js",
        **{name: _SWAGGER_DIR / name for name in _SWAGGER_FILES},
    }
    # Swagger UI sets styles on its elements.
    return build_page_routes("/docs", _STATIC_DIR / "index.html", pieces, inline_styles=True)
