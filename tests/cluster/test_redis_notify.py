"""Notifications through Redis: they reach other processes, and return after Redis was away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from desk.cluster.redis_notify import RedisNotifierHub
from desk.cluster.wake import Signal
from tests.flows.eventually import eventually
from tests.services.redis import Redis

TOPIC = "inbox"


class Process:
    """One process with one signal."""

    def __init__(self, url: str, name: str = "desk", *, listens: bool = True) -> None:
        self.signal = Signal()
        self.notifiers = RedisNotifierHub(url, name, subscribed=None if listens else ())
        self.notifier = self.notifiers.create_notifier(TOPIC, self.signal)
        self.heard: list[bytes] = []
        self.send = self.notifiers.create_broadcast("presence", self.heard.append)

    @property
    def is_notified(self) -> bool:
        return self.signal._rung.is_set()

    async def forget(self) -> None:
        await self.signal.sleep(0)


@asynccontextmanager
async def running(*processes: Process) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each.notifiers.run()) for each in processes]
        try:
            await hearing(*processes)
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for each in processes:
                await each.notifiers.close()


async def hearing(*processes: Process) -> None:
    """Wait until all listeners are subscribed: each then notifies itself once."""

    async def all_hear() -> bool:
        return all(each.is_notified for each in processes if each.notifiers._subscribed is None)

    await eventually(all_hear, "everybody listens")
    for each in processes:
        await each.forget()


async def notified(process: Process) -> None:
    async def is_notified() -> bool:
        return process.is_notified

    await eventually(is_notified, "the ring is heard")


async def test_a_ring_is_heard_everywhere(redis_url: str) -> None:
    web, one, two = Process(redis_url, listens=False), Process(redis_url), Process(redis_url)
    stranger = Process(redis_url, "another-desk")
    async with running(web, one, two, stranger):
        web.notifier.notify()
        await notified(one)
        await notified(two)
        assert not stranger.is_notified


async def test_who_rings_is_woken_once(redis_url: str) -> None:
    one, two = Process(redis_url), Process(redis_url)
    async with running(one, two):
        one.notifier.notify()
        assert one.is_notified
        await one.forget()
        await notified(two)
        two.notifier.notify()  # this comes after its own echo
        await notified(one)


def published(server: Redis) -> int:
    """Count all messages ever published on this server."""
    with server.client() as client:
        return int(client.info("commandstats").get("cmdstat_publish", {}).get("calls", 0))


async def test_many_rings_travel_as_few(redis_url: str, redis_server: Redis) -> None:
    one, two = Process(redis_url), Process(redis_url)
    async with running(one, two):
        before = published(redis_server)
        for _ in range(1000):
            one.notifier.notify()
        await notified(two)
    assert published(redis_server) - before < 5


async def test_redis_may_go_and_come_back(redis_url: str, redis_server: Redis) -> None:
    one, two = Process(redis_url), Process(redis_url)
    async with running(one, two):
        assert await one.notifiers.answers()
        await asyncio.to_thread(redis_server.stop)
        try:
            one.notifier.notify()
            assert one.is_notified  # nothing changes within the process
            assert not await one.notifiers.answers()
            # now, because a listener notifies itself once it is subscribed again
            await one.forget()
        finally:
            await asyncio.to_thread(redis_server.start)
        await hearing(one, two)
        two.notifier.notify()
        await notified(one)


async def test_a_start_without_redis_is_no_fault(redis_url: str, redis_server: Redis) -> None:
    await asyncio.to_thread(redis_server.stop)
    one = Process(redis_url)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(one.notifiers.run())
        try:
            one.notifier.notify()
            assert not await one.notifiers.answers()
            await one.forget()  # now, because a listener notifies itself as soon as Redis is there
            await asyncio.to_thread(redis_server.start)
            await hearing(one)
        finally:
            await asyncio.to_thread(redis_server.start)
            task.cancel()
    await one.notifiers.close()


async def test_messages_reach_the_others_of_the_installation_in_order(redis_url: str) -> None:
    first, second, stranger = Process(redis_url), Process(redis_url), Process(redis_url, "other")
    async with running(first, second, stranger):
        said = [b"1", b"", b"\x00\xff", b"4" * 10_000]
        for each in said:
            first.send(each)

        async def all_heard() -> bool:
            return second.heard == said

        await eventually(all_heard, "the messages")
        second.send(b"back")

        async def answered() -> bool:
            return first.heard == [b"back"]

        await eventually(answered, "the answer")
        assert stranger.heard == []
