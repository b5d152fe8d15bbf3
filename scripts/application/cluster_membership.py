"""A process's membership in its installation: whether it may start, and who notifies whom."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field

import structlog

from db.database import Database
from db.exclusive_use import is_held
from db.sqlite_guard import DatabaseInUseError
from desk.cluster.leader import LeaderLock, SingleProcessLock
from desk.cluster.membership import WorkerRegistry
from desk.cluster.notify import LocalNotifierHub, NotifierHub
from desk.cluster.web_lease import WebLease
from scripts.configuration.settings import Settings

log = structlog.get_logger(__name__)

# Of the 3 seconds that a stop may take.
_LEAVE_TIMEOUT = 0.5
# The signals that a web process needs.
_WEB_SIGNALS = {"events", "channels", "presence"}


@dataclass(frozen=True, slots=True)
class ClusterMembership:
    """How a process reaches the others of its installation; by default there are none."""

    notifiers: NotifierHub = field(default_factory=LocalNotifierHub)
    # Tells other processes that this worker, or this web process, is alive; None on SQLite.
    lease: WorkerRegistry | WebLease | None = None

    def leader_lock(self, name: str) -> LeaderLock:
        """Return the lock for work that only one process may do."""
        if isinstance(self.lease, WorkerRegistry):
            return self.lease.leader_lock(name)
        return SingleProcessLock()

    def tasks(self) -> Iterator[Callable[[], Coroutine[None, None, None]]]:
        """List what a process runs to stay a member."""
        yield self.notifiers.run
        if self.lease is not None:
            yield self.lease.run

    async def leave(self) -> None:
        """Leave the cluster at once; a process that misses this notices within seconds."""
        try:
            async with asyncio.timeout(_LEAVE_TIMEOUT):
                if self.lease is not None:
                    await self.lease.leave()
        except TimeoutError:
            log.info("cluster.leave_timed_out")
        await self.notifiers.close()


async def join_cluster(
    settings: Settings, database: Database, *, is_worker: bool
) -> ClusterMembership:
    """Join the other processes; a worker must be accepted by the workers that are alive.

    Raises WorkerRefusedError or DatabaseInUseError, which say why and what to do.
    """
    if database.is_sqlite:
        return ClusterMembership()  # one process does everything: db/sqlite_guard.py
    notifiers: NotifierHub = LocalNotifierHub()
    answers = False
    if settings.redis_url is not None:
        # Redis's client takes 6 MB: it is imported only where Redis is used.
        from desk.cluster.redis_notify import RedisNotifierHub  # noqa: PLC0415

        name = database.address.url.database or ""
        subscribed = None if is_worker else _WEB_SIGNALS
        notifiers = redis = RedisNotifierHub(settings.redis_url, name, subscribed=subscribed)
        try:
            answers = await redis.answers()
        except BaseException:
            await redis.close()
            raise
        if not answers:
            log.warning(
                "redis.unreachable",
                hint="until Redis answers, work is found by polling every second",
            )
    lease: WorkerRegistry | WebLease = WebLease(database)
    if is_worker:
        has_redis = settings.redis_url is not None
        lease = WorkerRegistry(database, has_redis=has_redis, redis_answers=answers)
    membership = ClusterMembership(notifiers, lease)
    try:
        await _join(lease, database)
    except BaseException:
        await membership.leave()
        raise
    return membership


async def _join(lease: WorkerRegistry | WebLease, database: Database) -> None:
    """Take the lease of this process; raise DatabaseInUseError while a command holds the database.

    In this order: whichever of this process and the command comes later sees the other.
    """
    await lease.join()
    if await database.run(lambda tx: is_held(tx, database.address)):
        raise DatabaseInUseError(
            "a command is resetting or restoring this database: start again when it is done"
        )
