"""`/healthz` shows that the process works, `/readyz` that its dependencies answer."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from api.http.health import Check, TaskMonitor, build_health_routes


async def fine() -> None:
    return


async def broken() -> None:
    raise ConnectionRefusedError("no database")


async def asked(
    checks: dict[str, Check],
    path: str,
    *,
    timeout_seconds: float = 10,
    task_monitor: TaskMonitor | None = None,
) -> tuple[int, object]:
    app = web.Application()
    app.add_routes(
        build_health_routes(
            lambda: checks, task_monitor or TaskMonitor(), timeout_seconds=timeout_seconds
        )
    )
    async with TestClient(TestServer(app)) as client, client.get(path) as reply:
        return reply.status, await reply.json()


async def test_a_process_is_healthy_even_without_what_it_needs() -> None:
    assert await asked({"database": broken}, "/healthz") == (200, {"status": "ok"})


@pytest.mark.parametrize("ending", ["returns", "raises", "is cancelled"])
async def test_a_process_of_which_a_task_has_ended_is_not_healthy(ending: str) -> None:
    end = asyncio.Event()

    async def task() -> None:
        await end.wait()
        if ending == "raises":
            raise ValueError("a secret")

    task_monitor = TaskMonitor()
    courier = task_monitor.watch("courier", asyncio.create_task(task()))
    worker = task_monitor.watch("worker", asyncio.create_task(asyncio.Event().wait()))  # type: ignore[arg-type]
    assert await asked({}, "/healthz", task_monitor=task_monitor) == (200, {"status": "ok"})
    if ending == "is cancelled":
        courier.cancel()
    end.set()
    await asyncio.wait([courier])
    told = {"status": "broken", "ended": ["courier"]}
    assert await asked({}, "/healthz", task_monitor=task_monitor) == (503, told)
    worker.cancel()
    await asyncio.gather(courier, worker, return_exceptions=True)


async def test_it_is_ready_when_all_answers() -> None:
    body = {"status": "ok", "database": "ok", "redis": "ok"}
    assert await asked({"database": fine, "redis": fine}, "/readyz") == (200, body)


async def test_it_is_not_ready_when_one_does_not_and_says_which() -> None:
    body = {"status": "away", "database": "ConnectionRefusedError", "redis": "ok"}
    assert await asked({"database": broken, "redis": fine}, "/readyz") == (503, body)


async def test_a_check_that_hangs_counts_as_away_and_is_ended() -> None:
    ended: list[str] = []

    async def hangs() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("database")

    body = {"status": "away", "database": "TimeoutError"}
    assert await asked({"database": hangs}, "/readyz", timeout_seconds=0.05) == (503, body)
    assert ended == ["database"]


async def test_checks_run_side_by_side() -> None:
    both_here = asyncio.Barrier(2)

    async def meets() -> None:
        await both_here.wait()

    body = {"status": "ok", "a": "ok", "b": "ok"}
    assert await asked({"a": meets, "b": meets}, "/readyz") == (200, body)
