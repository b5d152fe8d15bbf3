"""`/reset`: the page of a one-time link; it asks for a password and sends it to the API."""

from pathlib import Path

from aiohttp import web

from api.pages.static_page import build_page_routes

RESET_PAGE_PATH = "/reset"
_STATIC_DIR = Path(__file__).parent


def build_password_reset_routes() -> list[web.RouteDef]:
    """Build the routes of the page and its files."""
    pieces = {name: _STATIC_DIR / name for name in ("reset.js", "words.js", "reset.css")}
    return build_page_routes(RESET_PAGE_PATH, _STATIC_DIR / "index.html", pieces)
