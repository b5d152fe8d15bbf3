"""Membership of live workers on MySQL / MariaDB: who may start, who leads.

A worker is alive while it renews its lease. Leader locks are leases too, so a dead leader is
replaced within `LEASE_DURATION` plus `RENEW_INTERVAL`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS
from db.ids import new_id
from db.queues import jobs, lanes, leases
from db.tables.base import now_utc

log = structlog.get_logger(__name__)

LEASE_DURATION = timedelta(seconds=3.5)
RENEW_INTERVAL = 0.5
_JOIN_LOCK = "workers"
# A worker's note in its lease: whether it receives other processes' notifications at all.
_ALONE, _SHARING = "alone", "sharing"


class WorkerRefusedError(Exception):
    """A worker may not start beside those that are alive; the text says why and what to do."""


class RedisAwayError(WorkerRefusedError):
    """The only reason is that Redis does not answer, so waiting may help."""


@dataclass(slots=True)
class _LeaderLease:
    """One leader lock of the registry; see `desk.cluster.leader.LeaderLock`."""

    name: str
    token: str
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _held: asyncio.Event = field(default_factory=asyncio.Event)
    _is_new: bool = False

    @property
    def is_standby(self) -> bool:
        return self._asked.is_set() and not self._held.is_set()

    async def wait_until_known(self) -> bool:
        await self._asked.wait()
        return self._held.is_set()

    async def acquire(self) -> bool:
        await self._held.wait()
        is_new, self._is_new = self._is_new, False
        return is_new

    async def check(self, tx: Transaction) -> None:
        await leases.ensure_held(tx, self.name, self.token)

    def note(self, *, leads: bool) -> None:
        if leads and not self._held.is_set():
            self._is_new = True
            self._held.set()
            log.info("leader.acquired", name=self.name)
        elif not leads and self._held.is_set():
            self._held.clear()
            log.info("leader.lost", name=self.name)
        self._asked.set()


class WorkerRegistry:
    """One worker's membership among the others."""

    def __init__(self, database: Database, *, has_redis: bool, redis_answers: bool) -> None:
        """Set up; `has_redis`: REDIS_URL is set; `redis_answers`: Redis answers at the start."""
        self._database = database
        self._note = _SHARING if has_redis else _ALONE
        # A worker that has started goes on while Redis is away, but none starts beside another one.
        self._must_be_alone = not redis_answers
        self._token = new_id()
        self._name = f"{leases.WORKER}{self._token}"
        self._locks: dict[str, _LeaderLease] = {}
        self._renewed = now_utc()

    def leader_lock(self, name: str) -> _LeaderLease:
        """Return the leader lock of this name; `run` takes it when it is free."""
        return self._locks.setdefault(name, _LeaderLease(name, self._token))

    async def join(self) -> None:
        """Join as a worker.

        Waits some seconds for another worker that may have been killed; raises WorkerRefusedError
        if that one is alive.
        """
        seen: Mapping[str, leases.LeaseInfo] = {}
        while True:
            others = await self._database.run(self._join)
            if not others:
                self._must_be_alone = self._note == _ALONE
                self._renewed = now_utc()
                return
            now_seen = {other.name: other for other in others}
            if any(
                name in seen and other.until > seen[name].until for name, other in now_seen.items()
            ):
                raise self._refusal()
            seen = {**now_seen, **seen}
            await asyncio.sleep(RENEW_INTERVAL / 2)

    async def run(self) -> None:
        """Renew the membership, and take leader locks that are free, until cancelled.

        Raises WorkerRefusedError if workers that may not run beside this one joined meanwhile.
        """
        while True:
            try:
                await self._renew()
            except DATABASE_ERRORS as error:
                log.warning("membership.database_away", reason=type(error).__name__)
            await asyncio.sleep(RENEW_INTERVAL)

    async def leave(self) -> None:
        """Leave, so that the next worker need not wait."""

        async def work(tx: Transaction) -> None:
            for name in (self._name, *self._locks):
                await leases.release(tx, name, self._token)

        try:
            await self._database.run(work)
        except DATABASE_ERRORS:
            log.info("membership.leave_failed")  # the leases expire by themselves

    async def _join(self, tx: Transaction) -> list[leases.LeaseInfo]:
        """Join unless other workers conflict, and return the conflicting ones."""
        now, token = now_utc(), self._token
        await leases.lock(tx, _JOIN_LOCK)
        conflicting = await self._find_conflicting(tx)
        if not conflicting:
            if self._must_be_alone:
                # No other worker is alive, so whatever is held was held by one that died.
                await lanes.reclaim(tx, now, all_of_them=True)
                await jobs.expire_leases(tx, now)
            await leases.take(tx, self._name, token, now, now + LEASE_DURATION, note=self._note)
        return conflicting

    async def _find_conflicting(self, tx: Transaction) -> list[leases.LeaseInfo]:
        others = [
            other
            for other in await leases.list_active(tx, leases.WORKER, now_utc())
            if other.name != self._name
        ]
        return [other for other in others if self._must_be_alone or other.note == _ALONE]

    async def _renew(self) -> None:
        late = now_utc() - self._renewed > LEASE_DURATION
        if late:
            for lock in self._locks.values():
                lock.note(leads=False)
        taken, others = await self._database.run(self._renew_all if not late else self._join_again)
        if others:
            raise self._refusal()
        self._renewed = now_utc()
        for name, lock in self._locks.items():
            lock.note(leads=name in taken)

    async def _join_again(self, tx: Transaction) -> tuple[set[str], list[leases.LeaseInfo]]:
        """Renew as `_renew_all` does, after an absence so long that others could have joined."""
        await leases.lock(tx, _JOIN_LOCK)
        others = await self._find_conflicting(tx)
        return (set(), others) if others else await self._renew_all(tx)

    async def _renew_all(self, tx: Transaction) -> tuple[set[str], list[leases.LeaseInfo]]:
        now = now_utc()
        until = now + LEASE_DURATION
        if not await leases.renew(tx, self._name, self._token, until):
            await leases.take(tx, self._name, self._token, now, until, note=self._note)
        taken = {
            name
            for name in sorted(self._locks)
            if await leases.take(tx, name, self._token, now, until)
        }
        return taken, []

    def _refusal(self) -> WorkerRefusedError:
        if self._note == _ALONE:
            return WorkerRefusedError(
                "another worker is alive on this database, and several workers need Redis: set "
                "REDIS_URL for all of them, or stop the other one (`osmodesk run` is a worker too)"
            )
        if self._must_be_alone:
            return RedisAwayError(
                "another worker is alive on this database, and no Redis answers at REDIS_URL: "
                "start Redis, or correct REDIS_URL"
            )
        return WorkerRefusedError(
            "another worker is alive on this database that runs without Redis: "
            "restart that one with the same REDIS_URL, then start this one"
        )
