"""A process waits at its start for a server that is away, and says so; wrong settings end it."""

import asyncio
import time
from pathlib import Path

import pytest

from desk.cluster.redis_notify import RedisRefusedError
from scripts.monitoring.error_messages import explain
from scripts.processes.run import run_until
from scripts.processes.waiting import start_when_available
from tests.flows.stage import prepare_stage
from tests.patience import PATIENCE, SOON
from tests.scripts.processes.process_group import run_process_group
from tests.services.mariadb import PASSWORD, MariaDB
from tests.services.redis import Redis

READY, WAITS = '"event": "ready"', '"event": "start.waits"'


@pytest.mark.parametrize(
    "command", ["run", *(pytest.param(each, marks=pytest.mark.long) for each in ("web", "worker"))]
)
async def test_a_database_that_is_away_at_the_start_is_waited_for(
    migrated_mariadb_url: str, mariadb: MariaDB, tmp_path: Path, command: str
) -> None:
    url = migrated_mariadb_url
    async with prepare_stage(url) as stage, run_process_group(stage, url, tmp_path) as place:
        await asyncio.to_thread(mariadb.stop)
        try:
            began = time.monotonic()
            first = await place.start(command)
            await first.wait_for_log(WAITS)
            assert "no database answers at the host and port of DATABASE_URL" in first.log_text
            # One that nobody needs any more ends at once.
            second = await place.start(command)
            await second.wait_for_log(WAITS)
            assert await second.stop() < SOON
        finally:
            await asyncio.to_thread(mariadb.start)
        await first.wait_for_log(READY)
        # It tries each second, and says so once a minute.
        assert first.log_text.count(WAITS) <= 1 + (time.monotonic() - began) // 60
        assert '"event": "start.goes_on"' in first.log_text
        await place.stop(first)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda url: url.replace(PASSWORD, "wrong"), "rejects the user or the password"),
        pytest.param(
            lambda url: url.rpartition("/")[0] + "/nothing",
            "there is no such database",
            marks=pytest.mark.long,
        ),
    ],
)
async def test_a_wrong_database_address_ends_the_start(
    migrated_mariadb_url: str, tmp_path: Path, change: "type[str]", words: str
) -> None:
    async with (
        prepare_stage(migrated_mariadb_url) as stage,
        run_process_group(stage, change(migrated_mariadb_url), tmp_path) as place,
    ):
        desk = await place.start("run")
        assert await asyncio.wait_for(desk.process.wait(), PATIENCE) == 1
        assert words in desk.log_text
        assert WAITS not in desk.log_text


async def test_a_second_worker_waits_for_redis(
    migrated_mariadb_url: str, redis_url: str, redis_server: Redis, tmp_path: Path
) -> None:
    url = migrated_mariadb_url
    async with (
        prepare_stage(url) as stage,
        run_process_group(stage, url, tmp_path, REDIS_URL=redis_url) as place,
    ):
        await asyncio.to_thread(redis_server.stop)
        try:
            first = await place.start("worker")
            await first.wait_for_log(READY)
            second, third = [await place.start("worker") for _ in range(2)]
            for each in (second, third):
                await each.wait_for_log(WAITS)
                assert "no Redis answers at REDIS_URL" in each.log_text
            assert await third.stop() < SOON
        finally:
            await asyncio.to_thread(redis_server.start)
        await second.wait_for_log(READY)
        await place.stop(first, second)


async def test_a_wrong_password_of_redis_ends_the_start(
    migrated_mariadb_url: str, redis_url: str
) -> None:
    wrong = redis_url.replace("redis://", "redis://nobody:wrong@")
    async with prepare_stage(migrated_mariadb_url, redis_url=wrong) as stage:
        with pytest.raises(RedisRefusedError) as refused:
            await asyncio.wait_for(run_until(asyncio.Event(), stage.settings), PATIENCE)
    assert explain(refused.value) == "Redis rejects the user or the password in REDIS_URL"


async def test_a_start_that_hangs_ends_when_it_is_told_to() -> None:
    """Connecting to an address that never answers takes ten seconds."""
    stop, connecting, cleaned_up = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def start() -> None:
        try:
            connecting.set()
            await asyncio.Event().wait()
        finally:
            cleaned_up.set()

    waiting = asyncio.create_task(start_when_available(start, stop))
    await connecting.wait()
    stop.set()
    assert await asyncio.wait_for(waiting, SOON) is None
    assert cleaned_up.is_set()
