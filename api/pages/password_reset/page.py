"""`/reset`: where a one-time link leads; it asks for a password and hands it to the API."""

from pathlib import Path

from aiohttp import web

from api.pages.static_page import page_routes

PATH = "/reset"
_OURS = Path(__file__).parent


def reset_routes() -> list[web.RouteDef]:
    """Build the routes of the page and of what it is made of."""
    pieces = {name: _OURS / name for name in ("reset.js", "reset.css")}
    return page_routes(PATH, _OURS / "index.html", pieces)
