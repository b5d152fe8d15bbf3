"""A channel that the API adds or switches takes effect in every process within seconds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from scripts.private_servers.process import free_port
from tests.api.stage import ApiStage
from tests.flows.eventually import eventually
from tests.flows.second_bot import SecondBot, add_second_bot
from tests.flows.stage import prepare_stage
from tests.patience import SOON
from tests.scripts.processes.process_group import Process, ProcessGroup, run_process_group

READY = '"event": "ready"'

# Every process checks its channels every two seconds; nothing outside shows that it has.
_LOOKS = 10.0


@asynccontextmanager
async def run_many_processes(
    url: str, folder: Path, *, workers: int, **more: str
) -> AsyncIterator[tuple[list[SecondBot], ProcessGroup, list[Process]]]:
    """Run two web processes and workers.

    Yields the second bot as an administrator sees it on each web process.
    """
    ports = free_port(), free_port()
    async with (
        prepare_stage(url) as stage,
        run_process_group(stage, url, folder, **more) as place,
        aiohttp.ClientSession() as http,
    ):
        for port in ports:
            await place.start("web", PORT=str(port))
        working = [await place.start("worker") for _ in range(workers)]
        await asyncio.gather(*(each.wait_for_log(READY) for each in place.processes))
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        apis = [ApiStage(each, stage.database, stage.settings, http) for each in addresses]
        stage.address = addresses[0]
        here = await add_second_bot(stage, apis[0])
        there = SecondBot(stage, apis[1], await apis[1].admin("Zoe"), here.group)
        yield [here, there], place, working


async def wait_until_served_everywhere(admins: list[SecondBot], *, served: bool) -> None:
    """Wait until both web processes serve the channel, or do not; so does the polling worker."""

    async def agreed() -> bool:
        found = []
        for each in admins:
            async with each.api.http.get(f"{each.api.address}/readyz") as reply:
                found.append(f"telegram:{admins[0].channel}" in await reply.json())
        return set(found) == {served}

    await eventually(agreed, f"every web knows that it is {served}")


async def relays(on: SecondBot, words: str) -> None:
    bea = await on.customer()
    await bea.says(words)
    await (await on.topic(bea)).wait_for(words)


@pytest.mark.parametrize(
    "redis",
    [
        pytest.param(True, id="with Redis"),
        pytest.param(False, id="without", marks=pytest.mark.long),
    ],
)
async def test_every_process_follows(
    migrated_mariadb_url: str, redis_url: str, tmp_path: Path, *, redis: bool
) -> None:
    more = {"REDIS_URL": redis_url} if redis else {}
    workers = 2 if redis else 1
    async with run_many_processes(migrated_mariadb_url, tmp_path, workers=workers, **more) as (
        admins,
        place,
        working,
    ):
        here, there = admins
        began = time.monotonic()
        await here.add()
        there.channel = here.channel
        await relays(here, "hello")
        # The promised time, and the time for a customer's first message on a slow machine.
        assert time.monotonic() - began < SOON
        await wait_until_served_everywhere(admins, served=True)
        bea, mia = await here.customer(), await here.agent()
        await bea.says("me too")
        topic = await here.topic(bea)
        await topic.wait_for("me too")
        await there.change(is_active=False)
        await wait_until_served_everywhere(admins, served=False)
        await asyncio.sleep(_LOOKS)  # after this no worker may serve it
        await bea.says("while it was off")
        await mia.writes(topic, "answered while it was off")
        await asyncio.sleep(1.0)
        assert "while it was off" not in await topic.texts()
        await here.change(is_active=True)
        await topic.wait_for("while it was off")
        await bea.wait_for("answered while it was off")
        if redis:
            await working[0].kill()
            await relays(here, "is the other one there?")
        states = await here.stage.rows(
            "SELECT state, count(*) AS n FROM inbox WHERE lane NOT LIKE 'timer:%' GROUP BY state"
        )
        assert {row["state"] for row in states} <= {"done", "pending"}
        for each in place.processes:
            assert "Traceback" not in each.log_text
        alive = [each for each in place.processes if each.process.returncode is None]
        assert max(await place.stop(*alive)) < SOON
