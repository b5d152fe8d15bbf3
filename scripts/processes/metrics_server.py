"""The port of a worker that serves no API: its health and its metrics."""

import structlog
from aiohttp import web

from api.http.middlewares import hide_server_version
from scripts.application.http_server import HttpServer
from scripts.wiring import Application

log = structlog.get_logger(__name__)

# Workers of one machine have the same settings: each takes the first port that is free.
_MORE_PORTS = 15


async def start_metrics_server(application: Application, port: int) -> HttpServer | None:
    """Serve on this port or one of the 15 after it; log it and return None if all are in use.

    A worker does its work without, too.
    """
    app = web.Application()
    app.on_response_prepare.append(hide_server_version)
    app.add_routes(application.list_monitoring_routes())
    server = HttpServer(
        app,
        application.shutdown,
        application.settings.host,
        port,
        more_ports=_MORE_PORTS,
    )
    try:
        address = await server.start()
    except OSError as error:
        log.error("metrics.not_served", port=port, reason=error.strerror, hint="METRICS_PORT")
        await server.close()
        return None
    log.info("metrics.served", address=f"{address}/metrics")
    return server
