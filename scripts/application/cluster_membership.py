"""A process's place among the others of its installation: who may start, who hears whom."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field

import structlog

from db.database import Database
from desk.cluster.leader import LeaderLock, SingleProcessLock
from desk.cluster.membership import WorkerRegistry
from desk.cluster.notify import LocalNotifierHub, NotifierHub
from scripts.configuration.settings import Settings

log = structlog.get_logger(__name__)

# Of the 3 seconds that a stop may take.
_LAST_WORDS = 0.5
# What a process waits for that only serves.
_HEARD_BY_WEBS = {"events", "channels"}


@dataclass(frozen=True, slots=True)
class Place:
    """What a process has of the others; by default there are none."""

    notifiers: NotifierHub = field(default_factory=LocalNotifierHub)
    roster: WorkerRegistry | None = None

    def leader_lock(self, name: str) -> LeaderLock:
        """Give the right to do what only one process may do."""
        return SingleProcessLock() if self.roster is None else self.roster.leader_lock(name)

    def tasks(self) -> Iterator[Callable[[], Coroutine[None, None, None]]]:
        """List what a worker does to keep its place."""
        yield self.notifiers.run
        if self.roster is not None:
            yield self.roster.run

    async def leave(self) -> None:
        """Leave it to the others at once; who cannot be told finds out within seconds."""
        try:
            async with asyncio.timeout(_LAST_WORDS):
                if self.roster is not None:
                    await self.roster.leave()
        except TimeoutError:
            log.info("place.left_in_silence")
        await self.notifiers.close()


async def take_place(settings: Settings, database: Database, *, works: bool) -> Place:
    """Find this process's place; a worker must be let in by those that are alive.

    Raises RefusedError, which says why and what to do.
    """
    if database.is_sqlite:
        return Place()  # one process does it all: db/sqlite_guard.py
    notifiers: NotifierHub = LocalNotifierHub()
    answers = False
    if settings.redis_url is not None:
        # Six megabytes that a desk without Redis need not carry.
        from desk.cluster.redis_notify import RedisNotifierHub  # noqa: PLC0415

        name = database.address.url.database or ""
        subscribed = None if works else _HEARD_BY_WEBS
        notifiers = redis = RedisNotifierHub(settings.redis_url, name, subscribed=subscribed)
        answers = await redis.answers()
        if not answers:
            log.warning("redis.unreachable", hint="work is found every second until it answers")
    if not works:
        return Place(notifiers)
    roster = WorkerRegistry(
        database, has_redis=settings.redis_url is not None, redis_answers=answers
    )
    try:
        await roster.join()
    except BaseException:
        await notifiers.close()
        raise
    return Place(notifiers, roster)
