"""Serve our own static pages; nothing is loaded from another host."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def build_page_routes(
    path: str, index: Path, pieces: Mapping[str, Path], *, inline_styles: bool = False
) -> list[web.RouteDef]:
    """Build the routes of a page at `path`, and of its files below it."""
    policy = _POLICY.format(style=" 'unsafe-inline'" if inline_styles else "")
    headers = {**_HEADERS, "Content-Security-Policy": policy}

    async def page(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(index, headers=headers)

    async def piece(request: web.Request) -> web.FileResponse:
        file = pieces.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        return web.FileResponse(file, headers=headers)

    return [web.get(path, page), web.get(path + "/{name}", piece)]
