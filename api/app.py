"""Puts the API together: the table's routes, its description, what every request goes through."""

from collections.abc import Sequence

from aiohttp import web

from api.access.authenticator import Doorkeeper
from api.http.middlewares import answer_always, cors, headers_for
from api.routes import ROUTES
from api.routing.context import Office
from api.routing.endpoint import Endpoint
from api.routing.openapi import described
from api.routing.route import JSON, Route
from desk.accounts.log_ins import LogIns

PREFIX = "/api/v1"


def build_api(office: Office, routes: Sequence[Route] = ROUTES) -> web.Application:
    """Build the application to be mounted at PREFIX.

    Raises TypeError where a row of the table and its handler do not fit.
    """
    origins = office.manners.cors_origins
    app = web.Application(middlewares=[answer_always(office.closing), cors(origins)])
    app.on_response_prepare.append(headers_for(origins))
    doorkeeper = Doorkeeper(office.services[LogIns].access)
    for route in routes:
        endpoint = Endpoint(route, office, doorkeeper)
        app.router.add_route(
            route.method, route.path, endpoint.answer, expect_handler=endpoint.expected
        )
    app.router.add_route("GET", "/openapi.json", _Description(routes).tell)
    return app


class _Description:
    def __init__(self, routes: Sequence[Route]) -> None:
        self._body = described(routes)

    async def tell(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._body, content_type=JSON)
