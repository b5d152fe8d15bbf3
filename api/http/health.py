"""`/healthz`: the process works. `/readyz`: everything that it needs answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

Check = Callable[[], Awaitable[None]]
_CHECK_TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class TaskMonitor:
    """The long-lived tasks of a process; each should run until the process ends."""

    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def watch(self, name: str, task: asyncio.Task[None]) -> asyncio.Task[None]:
        """Make `/healthz` report when this task has ended; names are unique."""
        self._tasks[name] = task
        return task

    def forget(self, name: str) -> None:
        """Stop watching the task of this name, if there is one."""
        self._tasks.pop(name, None)

    def list_ended(self) -> list[str]:
        return sorted(name for name, task in self._tasks.items() if task.done())


def build_health_routes(
    checks: Callable[[], Mapping[str, Check]],
    task_monitor: TaskMonitor,
    *,
    timeout_seconds: float = _CHECK_TIMEOUT_SECONDS,
) -> list[web.RouteDef]:
    """Build both routes; `/readyz` answers 503 when a check raises or times out.

    `checks` returns what to check now. `timeout_seconds` limits each check. A response names only
    the type of an error, because its text may contain a secret.
    """

    async def healthz(_request: web.Request) -> web.Response:
        # Any answer shows that the event loop runs.
        if ended := task_monitor.list_ended():
            return web.json_response({"status": "broken", "ended": ended}, status=503)
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        wanted = checks()
        results = await asyncio.gather(
            *(_run_check(check, timeout_seconds) for check in wanted.values())
        )
        ready = all(result == "ok" for result in results)
        body = {"status": "ok" if ready else "away", **dict(zip(wanted, results, strict=True))}
        return web.json_response(body, status=200 if ready else 503)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]


async def _run_check(check: Check, timeout_seconds: float) -> str:
    try:
        async with asyncio.timeout(timeout_seconds):
            await check()
    except Exception as error:
        return type(error).__name__
    return "ok"
