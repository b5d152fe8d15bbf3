"""Two web processes on MariaDB and Redis: listeners at one hear what the other does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.api.desk_actions import say
from tests.api.event_stream import open_event_stream
from tests.api.stage import ApiStage, run_api


@asynccontextmanager
async def two(url: str, **settings: str) -> AsyncIterator[tuple[ApiStage, ApiStage]]:
    async with run_api(url, **settings) as one, run_api(url, **settings) as other:
        yield one, other


async def test_what_happens_here_is_heard_there_by_the_bell(
    migrated_mariadb_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than the test: no process polls before it is over.
    monkeypatch.setattr("api.events.hub._IDLE_SECONDS", 600.0)
    async with two(migrated_mariadb_url, redis_url=redis_url) as (here, there):
        mia, ada = await here.person("Mia"), await here.admin()
        async with open_event_stream(there, ada.token) as ears:
            for status in ("busy", "away", "online"):
                assert (await mia.patch("/auth/me", {"status": status})).status == 200
                agent = {"id": mia.agent_id, "name": mia.name, "status": status}
                await ears.wait_for_event("agent.status", agent=agent)


async def test_without_redis_it_is_heard_all_the_same(migrated_mariadb_url: str) -> None:
    async with two(migrated_mariadb_url) as (here, there):
        mia, ada = await here.person("Mia"), await here.admin()
        async with open_event_stream(there, ada.token) as ears:
            await mia.patch("/auth/me", {"status": "busy"})
            await ears.wait_for_event("agent.status")


async def test_who_goes_from_one_to_the_other_is_told_each_once(
    migrated_mariadb_url: str, redis_url: str
) -> None:
    """A load balancer sends a reconnecting client to any process, while many write at once."""
    async with two(migrated_mariadb_url, redis_url=redis_url) as (here, there):
        mia = await here.person("Mia")
        sessions = [await here.session(mia) for _ in range(4)]
        async with open_event_stream(here, mia.token) as ears:
            last, texts = ears.last_id, []

        async def write(number: int) -> None:
            for count in range(25):
                place = (here, there)[count % 2]
                await say(place, sessions[number], *(f"{number}.{count}.{n}" for n in range(3)))

        writing = asyncio.gather(*(write(number) for number in range(4)))
        visits = 0
        while not writing.done() or visits % 2:
            async with open_event_stream(
                (here, there)[visits % 2], mia.token, last_id=last
            ) as ears:
                await asyncio.sleep(0.05)
                texts += ears.texts()
                last, visits = ears.last_id, visits + 1
        await writing
        async with open_event_stream(there, mia.token, last_id=last) as ears:
            texts += ears.texts()
        assert visits >= 2
        assert len(texts) == len(set(texts)), "none twice"
        assert len(texts) == 4 * 25 * 3, "none lost"
        for number in range(4):
            mine = [text for text in texts if text and text.startswith(f"{number}.")]
            assert mine == [f"{number}.{count}.{n}" for count in range(25) for n in range(3)]
