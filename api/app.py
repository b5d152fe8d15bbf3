"""Build the API application from the route table, the middlewares and the OpenAPI document."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from api.access.authenticator import Authenticator
from api.http.middlewares import (
    build_cors_middleware,
    build_error_middleware,
    build_header_signal,
)
from api.routes import ROUTES
from api.routing.context import ApiContext
from api.routing.endpoint import Endpoint
from api.routing.openapi import build_openapi
from api.routing.route import JSON, Route
from desk.accounts.file_links import FileLinks
from desk.accounts.log_ins import LogIns


def build_api(context: ApiContext, routes: Sequence[Route] = ROUTES) -> web.Application:
    """Build the application that is mounted at `PREFIX` (route.py).

    Raises TypeError when a route and the signature of its handler do not match.
    """
    origins = context.http_policy.cors_origins
    app = web.Application(
        middlewares=[build_error_middleware(context.shutdown), build_cors_middleware(origins)]
    )
    app.on_response_prepare.append(build_header_signal(origins))
    authenticator = Authenticator(context.services[LogIns].access, context.services[FileLinks])
    for route in routes:
        endpoint = Endpoint(route, context, authenticator)
        app.router.add_route(
            route.method, route.path, endpoint.handle, expect_handler=endpoint.handle_expect
        )
    app.router.add_route("GET", "/openapi.json", _OpenApiDocument(routes).serve)
    return app


class _OpenApiDocument:
    """Serve the document; build it when it is first asked for, because few processes ever are."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes
        self._body: bytes | None = None

    async def serve(self, _request: web.Request) -> web.Response:
        if self._body is None:
            self._body = await asyncio.to_thread(build_openapi, self._routes)
        return web.Response(body=self._body, content_type=JSON)
