"""`/metrics`: this process's counters and the queue depths, as Prometheus text."""

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from desk.telemetry.backlog import Backlog
from desk.telemetry.metrics import Metrics


def build_metrics_routes(metrics: Metrics, backlog: Backlog) -> list[web.RouteDef]:
    """Build the route; without a database it still answers, but without the queue depths."""
    metrics.register(backlog)

    async def metrics_page(_request: web.Request) -> web.Response:
        await backlog.refresh()
        body = generate_latest(metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/metrics", metrics_page)]
