"""`/metrics`: Prometheus text of what this process counts and of what waits in the database."""

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from desk.telemetry.backlog import Backlog
from desk.telemetry.metrics import Metrics


def build_metrics_routes(metrics: Metrics, backlog: Backlog) -> list[web.RouteDef]:
    """Build the route; it answers also while the database is away, without the queues' depths."""
    metrics.register(backlog)

    async def tell(_request: web.Request) -> web.Response:
        await backlog.refresh()
        body = generate_latest(metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/metrics", tell)]
