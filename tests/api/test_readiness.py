"""`/readyz` and `/metrics` of a running desk while its dependencies go away and come back."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from sandbox.app import serve
from sandbox.telegram.client import TelegramSandbox
from scripts.private_servers.process import free_port
from tests.flows.eventually import eventually
from tests.flows.stage import TOKEN, prepare_stage
from tests.services.mariadb import MariaDB
from tests.services.redis import Redis

# The promise to operators: `/readyz` reports an outage within this time.
SECONDS = 3.0


async def ask(address: str, path: str = "/readyz") -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{address}{path}") as reply:
        return reply.status, await reply.json()


async def metrics(address: str) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"{address}/metrics") as reply:
        assert reply.status == 200
        return await reply.text()


async def becomes(address: str, status: int, within: float = 20) -> dict[str, str]:
    """Wait until `/readyz` has this status; return the first word of each check's result."""

    async def answered() -> dict[str, str] | None:
        found, body = await ask(address)
        return body if found == status else None

    body = await eventually(answered, f"/readyz answers {status}", within)
    told = body.pop("status")
    assert (told == "ok") == (status == 200)
    return {name.partition(":")[0]: answer for name, answer in body.items()}


async def test_the_database_away_and_back(mariadb: MariaDB, migrated_mariadb_url: str) -> None:
    async with prepare_stage(migrated_mariadb_url) as stage, stage.desk() as address:
        fine = {"database": "ok", "migrations": "ok", "telegram": "ok"}
        assert await becomes(address, 200) == fine
        await asyncio.to_thread(mariadb.stop)
        told = await becomes(address, 503, SECONDS)
        assert told == {**fine, "database": "OperationalError", "migrations": "OperationalError"}
        assert await ask(address, "/healthz") == (200, {"status": "ok"})
        assert "osmodesk_database_up 0.0" in await metrics(address)
        await asyncio.to_thread(mariadb.start)
        assert await becomes(address, 200) == fine


async def test_a_database_that_hangs_counts_as_away(
    mariadb: MariaDB, migrated_mariadb_url: str
) -> None:
    async with prepare_stage(migrated_mariadb_url) as stage, stage.desk() as address:
        await becomes(address, 200)
        with mariadb.pause():
            assert (await becomes(address, 503, SECONDS))["database"] == "TimeoutError"
        await becomes(address, 200)


async def test_an_older_database_is_not_ready(migrated_sqlite_url: str) -> None:
    async with prepare_stage(migrated_sqlite_url) as stage, stage.desk() as address:
        assert (await becomes(address, 200))["disk"] == "ok"
        await stage.change("UPDATE alembic_version SET version_num = '0001'")
        assert (await becomes(address, 503, SECONDS))["migrations"] == "NotMigratedError"


async def test_redis_away_and_back(
    redis_server: Redis, redis_url: str, migrated_sqlite_url: str
) -> None:
    async with (
        prepare_stage(migrated_sqlite_url, redis_url=redis_url) as stage,
        stage.desk() as address,
    ):
        assert (await becomes(address, 200))["redis"] == "ok"
        await asyncio.to_thread(redis_server.stop)
        assert (await becomes(address, 503, SECONDS))["redis"] == "ConnectionError"
        await asyncio.to_thread(redis_server.start)
        await becomes(address, 200)


@pytest.mark.parametrize(
    ("public_url", "kind"), [(None, "PollError"), ("https://desk.test", "TelegramNetworkError")]
)
async def test_telegram_away_and_back(
    migrated_sqlite_url: str, public_url: str | None, kind: str
) -> None:
    port = free_port()
    here = {"telegram_api_url": f"http://127.0.0.1:{port}", "public_url": public_url}
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(prepare_stage(migrated_sqlite_url))
        async with serve(port=port) as first, TelegramSandbox(first.url) as telegram:
            await telegram.add_bot(TOKEN)
            stage.telegram = telegram
            address = await stack.enter_async_context(stage.desk(**here))
            assert (await becomes(address, 200))["telegram"] == "ok"
        # The sandbox is gone; the desk keeps running.
        assert (await becomes(address, 503, SECONDS))["telegram"] == kind
        assert await ask(address, "/healthz") == (200, {"status": "ok"})
        async with serve(port=port) as again, TelegramSandbox(again.url) as telegram:
            await telegram.add_bot(TOKEN)
            await becomes(address, 200)


async def test_a_bot_whose_token_was_revoked_is_not_ready(migrated_sqlite_url: str) -> None:
    async with (
        prepare_stage(migrated_sqlite_url) as stage,
        stage.desk(public_url="https://desk.test") as address,
    ):
        await becomes(address, 200)
        await stage.telegram.fail("getMe", code=401, description="Unauthorized")
        told = await becomes(address, 503, SECONDS)
        assert told["telegram"] == "TelegramUnauthorizedError"
