"""The routes of `run`, `web` and a worker with a port: health, and metrics."""

from collections.abc import Callable, Mapping

from aiohttp import web

from api.http.health import Check, TaskMonitor, build_health_routes
from api.http.metrics import build_metrics_routes
from db.database import Database
from desk.telemetry.backlog import Backlog
from desk.telemetry.metrics import Metrics
from scripts.monitoring.alarm_watch import AlarmWatch
from scripts.monitoring.installation_metrics import InstallationMetrics


def build_monitoring_routes(
    checks: Callable[[], Mapping[str, Check]],
    task_monitor: TaskMonitor,
    *,
    metrics: Metrics,
    database: Database,
    watch: AlarmWatch,
) -> list[web.RouteDef]:
    """Build the routes, and add what the alarms' watch measured to the metrics."""
    metrics.register(InstallationMetrics(lambda: watch.readings))
    return [
        *build_health_routes(checks, task_monitor),
        *build_metrics_routes(metrics, Backlog(database)),
    ]
