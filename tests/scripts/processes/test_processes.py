"""Several processes share the work: three workers and two web processes on MariaDB and Redis.

Each is the real command. One worker is killed, Redis stops and restarts, and all are stopped.
"""

import asyncio
import itertools
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.intake.webhook import derive_webhook_secret
from db.ids import ChannelId
from db.sqlite_guard import DatabaseInUseError
from desk.cluster.membership import RENEW_INTERVAL, WorkerRefusedError
from scripts.monitoring.error_messages import explain
from scripts.private_servers.process import free_port
from scripts.processes.run import run_until
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person
from tests.flows.stage import SECRET_KEY, Stage, prepare_stage
from tests.patience import SOON
from tests.scripts.processes.process_group import (
    SHORT_MINUTE,
    Process,
    ProcessGroup,
    run_process_group,
)
from tests.services.redis import Redis

READY = '"event": "ready"'
# A lease, and the second in which a worker looks for expired leases.
_NUMBERS = itertools.count(8_000_000)


@dataclass
class CustomerConversation:
    """The conversation of one customer with the staff."""

    stage: Stage
    mia: Person
    customer: Customer
    # Where the customer's later updates are posted; None: as the sandbox does it.
    door: tuple[str, str] | None = None
    asked: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    async def ask(self, many: int) -> None:
        for _ in range(many):
            self.asked.append(f"question {len(self.asked):02}")
            if self.door is not None and len(self.asked) > 1:
                await self.stage.topic(self.customer)
                await self._post(self.asked[-1])
            else:
                await self.customer.says(self.asked[-1])

    async def answer(self, many: int) -> None:
        topic = await self.stage.topic(self.customer)
        for _ in range(many):
            self.answered.append(f"answer {len(self.answered):02}")
            await self.mia.writes(topic, self.answered[-1])

    async def _post(self, text: str) -> None:
        """Post an update to an address of our choice.

        Like Telegram, repeat it until it is accepted.
        """
        assert self.door is not None
        url, secret = self.door
        number, person = next(_NUMBERS), {"id": int(self.customer.address), "is_bot": False}
        message: dict[str, Any] = {
            "message_id": number,
            "date": int(time.time()),
            "text": text,
            "from": {**person, "first_name": self.customer.name},
            "chat": {"id": person["id"], "type": "private", "first_name": self.customer.name},
        }
        header = {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with aiohttp.ClientSession(headers=header) as http:
            for _ in range(2):  # the second one is a duplicate
                async with http.post(url, json={"update_id": number, "message": message}) as reply:
                    assert reply.status == 200

    async def check(self) -> None:
        """Check that every question is in the topic in order.

        Every answer has arrived once, or the agent knows that it may not have.
        """
        topic = await self.stage.topic(self.customer)
        shown = re.findall(r"question \d\d", "\n".join(await topic.texts()))
        assert list(dict.fromkeys(shown)) == self.asked
        came = [
            one.text for one in await self.customer.list_received() if one.text.startswith("answer")
        ]
        uncertain = [
            row["message"]
            for row in await self.stage.load_messages(self.customer)
            if row["delivery_state"] == "uncertain"
        ]
        assert came == [one for one in self.answered if one in came], "in order, none twice"
        assert set(came) | set(uncertain) == set(self.answered), "none lost"


async def wait_until_idle(stage: Stage) -> None:
    """Wait until no work is left in the queues."""

    async def nothing() -> bool:
        [row] = await stage.rows(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'pending'"
            " AND lane NOT LIKE 'timer:%')"
            " + (SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'sending')) AS n"
        )
        return int(row["n"]) == 0

    await eventually(nothing, "everything is settled")


async def wait_for_topics(all_of_them: list[CustomerConversation]) -> None:
    """Wait until the desk has everybody's topic: a worker killed while it opens one opens two."""
    stage = all_of_them[0].stage

    async def known() -> bool:
        asked = "SELECT COUNT(*) AS n FROM staff_places WHERE topic IS NOT NULL"
        [row] = await stage.rows(asked)
        return int(row["n"]) == len(all_of_them)

    await eventually(known, "everybody has a topic")


@asynccontextmanager
async def run_five_processes(
    database_url: str, redis_url: str, folder: Path, *, short_minutes: bool = False
) -> AsyncIterator[tuple[Stage, ProcessGroup, list[Process], str]]:
    """Run two web processes and three workers; Telegram calls the first.

    Yields the address of the other web process.
    """
    ports = free_port(), free_port()
    more = {"REDIS_URL": redis_url, "PUBLIC_URL": f"http://127.0.0.1:{ports[0]}"}
    if short_minutes:
        more["TELEGRAM_LIMITS"] = "telegram"
    async with (
        prepare_stage(database_url) as stage,
        run_process_group(stage, database_url, folder, **more) as place,
    ):
        for port in ports:
            await place.start("web", PORT=str(port))
        workers = [await place.start("worker", short_minutes=short_minutes) for _ in range(3)]
        await asyncio.gather(*(each.wait_for_log(READY) for each in place.processes))

        async def registered() -> bool:
            return bool(await stage.calls("setMyCommands"))

        await eventually(registered, "the bot is registered")
        assert len(await stage.calls("setWebhook")) == 1, "one of them sees to it"
        yield stage, place, workers, f"http://127.0.0.1:{ports[1]}"


async def add_conversations(stage: Stage, many: int, other_web: str) -> list[CustomerConversation]:
    """Add customers; every other one posts to the second web process."""
    [channel] = await stage.rows("SELECT id FROM channels")
    secret = derive_webhook_secret(SECRET_KEY, ChannelId(channel["id"]))
    door = f"{other_web}/telegram/{channel['id']}", secret
    mia = await stage.agent("Mia")
    return [
        CustomerConversation(stage, mia, await stage.customer("Ann"), door if number % 2 else None)
        for number in range(many)
    ]


async def stopped_in_time(place: ProcessGroup) -> None:
    alive = [each for each in place.processes if each.process.returncode is None]
    took = await place.stop(*alive)
    assert max(took) < SOON, took


@pytest.mark.long
async def test_limits_and_order_hold_over_all_processes(
    migrated_mariadb_url: str, redis_url: str, redis_server: Redis, tmp_path: Path
) -> None:
    async with run_five_processes(
        migrated_mariadb_url, redis_url, tmp_path, short_minutes=True
    ) as (
        stage,
        place,
        workers,
        other_web,
    ):
        # The desk counts when it claims, Telegram when a call arrives: on a busy machine up to a
        # second later, which is little of a minute and much of a short one.
        await stage.telegram.limits(on=True, group_window=SHORT_MINUTE - 1)
        all_of_them = await add_conversations(stage, 4, other_web)
        await asyncio.gather(*(each.ask(3) for each in all_of_them))
        await wait_for_topics(all_of_them)
        await asyncio.gather(*(each.ask(2) for each in all_of_them))
        await workers[0].kill()
        await asyncio.to_thread(redis_server.stop)
        try:
            await asyncio.gather(*(each.answer(2) for each in all_of_them))
            await asyncio.gather(*(each.ask(1) for each in all_of_them))
            await all_of_them[0].customer.wait_for("answer 00")
        finally:
            await asyncio.to_thread(redis_server.start)
        await asyncio.gather(*(each.answer(1) for each in all_of_them))
        await wait_until_idle(stage)
        for each in all_of_them:
            await each.check()
        refused = [call for call in await stage.telegram.calls() if call["error_code"] == 429]
        assert refused == []
        assert "redis.away" in workers[1].log_text
        assert "redis.back" in workers[1].log_text
        await stopped_in_time(place)


async def test_a_killed_worker_is_replaced_within_seconds(
    migrated_mariadb_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with run_five_processes(migrated_mariadb_url, redis_url, tmp_path) as (
        stage,
        place,
        workers,
        other_web,
    ):
        all_of_them = await add_conversations(stage, 12, other_web)
        await asyncio.gather(*(each.ask(5) for each in all_of_them))
        await wait_for_topics(all_of_them)
        # Slow enough for each worker to hold some work when one is killed.
        await stage.telegram.fail("sendMessage", times=24, kind="late", seconds=0.5)
        await asyncio.gather(*(each.answer(3) for each in all_of_them))
        await asyncio.gather(*(each.ask(5) for each in all_of_them))
        await workers[0].kill()
        killed = time.monotonic()
        await wait_until_idle(stage)
        # Another worker took its work over; that takes a while, like everything here.
        assert time.monotonic() - killed < SOON
        for each in all_of_them:
            await each.check()
        await stopped_in_time(place)


async def test_a_poller_is_followed_and_a_frozen_worker_does_no_harm(
    migrated_mariadb_url: str, redis_url: str, tmp_path: Path
) -> None:
    url = migrated_mariadb_url
    async with (
        prepare_stage(url) as stage,
        run_process_group(stage, url, tmp_path, REDIS_URL=redis_url) as place,
    ):
        first = await place.start("worker")
        await first.wait_for_log('"name": "poll:')
        second = await place.start("worker")
        mia, ann = await stage.agent("Mia"), await stage.customer()
        await ann.says("hello")
        topic = await stage.topic(ann)
        await topic.wait_for("hello")
        await stage.telegram.fail("sendMessage", chat_id=int(ann.address), kind="late", seconds=9.0)
        await second.wait_for_log(READY)
        # The first worker sends it and hangs for longer than its lease; then it goes on.
        second.freeze()
        await mia.writes(topic, "once only")
        # Not before the call is out: a worker that wakes with an unsent answer must not send it.
        await ann.wait_for("once only")
        first.freeze()
        second.thaw()
        frozen = time.monotonic()
        # It also polled as the leader: the other worker takes over.
        await ann.says("still there?")
        await topic.wait_for("may or may not have arrived")
        assert time.monotonic() - frozen < SOON
        await topic.wait_for("still there?")
        first.thaw()
        await topic.wait_for("It did arrive")
        await wait_until_idle(stage)
        assert [one.text for one in await ann.list_received() if one.text == "once only"] == [
            "once only"
        ]
        await stage.wait_for_state(ann, "once only", "sent")
        # It was the leader before; now it is on standby.
        assert "leader.lost" in first.log_text
        await second.kill()
        killed = time.monotonic()
        await ann.says("and now?")
        await topic.wait_for("and now?")
        assert time.monotonic() - killed < SOON
        conflicts = [
            call for call in await stage.calls("getUpdates", ok=False) if call["error_code"] == 409
        ]
        # The poll that the suspended worker had open is ended by its successor's; no other is.
        assert len(conflicts) <= 2, conflicts
        await stopped_in_time(place)


@pytest.mark.parametrize(("is_web", "is_worker"), [(True, True), (True, False), (False, True)])
async def test_one_process_serves_an_sqlite_file(
    migrated_sqlite_url: str, is_web: bool, is_worker: bool
) -> None:
    async with prepare_stage(migrated_sqlite_url) as stage:
        async with stage.desk():
            with pytest.raises(DatabaseInUseError) as refused:
                await run_until(asyncio.Event(), stage.settings, is_web=is_web, is_worker=is_worker)
            assert explain(refused.value) == str(refused.value)
            assert "osmodesk run" in str(refused.value)
        async with stage.desk():
            pass


async def test_a_second_worker_needs_redis(migrated_mariadb_url: str, redis_url: str) -> None:
    never = asyncio.Event()
    async with prepare_stage(migrated_mariadb_url) as stage, stage.desk():
        with pytest.raises(WorkerRefusedError, match="set REDIS_URL"):
            await run_until(never, stage.settings, is_web=False)
        with_redis = stage.settings.model_copy(update={"redis_url": redis_url})
        with pytest.raises(WorkerRefusedError, match="runs without Redis"):
            await run_until(never, with_redis, is_web=False)


async def test_redis_that_does_not_answer_keeps_out_a_second_worker_alone(
    migrated_mariadb_url: str,
) -> None:
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    async with prepare_stage(migrated_mariadb_url, redis_url=nobody) as stage, stage.desk():
        ann = await stage.customer()
        await ann.says("is anybody there?")
        await (await stage.topic(ann)).wait_for("is anybody there?")
        waiting = asyncio.create_task(
            run_until(stop := asyncio.Event(), stage.settings, is_web=False)
        )
        finished, _ = await asyncio.wait({waiting}, timeout=2 * RENEW_INTERVAL)
        assert finished == set(), "it waits for Redis"
        stop.set()
        await asyncio.wait_for(waiting, SOON)
