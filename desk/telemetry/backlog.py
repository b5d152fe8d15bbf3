"""Collect the backlog from the database, on request and at a limited rate."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS
from db.queues import jobs, queue_depth
from db.queues.jobs import JobCount
from db.queues.queue_depth import QueueDepth
from db.tables import Queue
from db.tables.base import now_utc
from desk.lanes import LANE_PREFIXES

_TIMEOUT = 2.0
_FRESH_FOR = 5.0
# Of the time that passes, reading takes at most one part in this many, however long the backlog is.
_REST_FACTOR = 50


@dataclass(frozen=True, slots=True)
class BacklogStats:
    """The backlog at one moment."""

    now: datetime
    queues: dict[Queue, QueueDepth]
    parked: int
    uncertain: int
    closed_keys: int
    jobs: list[JobCount]

    @property
    def longest_wait(self) -> timedelta:
        """Return how long the oldest update or answer has waited without a known reason.

        While a provider has closed a chat (429), answers wait for it.
        """
        asked = [Queue.INBOX] if self.closed_keys else [Queue.INBOX, Queue.CUSTOMER]
        began = [since for queue in asked if (since := self.queues[queue].since)]
        return max(self.now - min(began, default=self.now), timedelta())


@dataclass(slots=True, eq=False)
class Backlog(Collector):
    """Collects the backlog; `fresh_for` is in seconds."""

    database: Database
    fresh_for: float = _FRESH_FOR
    _stats: BacklogStats | None = None
    _fresh_until: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self) -> None:
        """Read the backlog again if it is too old; report none while the database is away."""
        async with self._lock:
            began = time.monotonic()
            if began < self._fresh_until:
                return
            try:
                async with asyncio.timeout(_TIMEOUT):
                    self._stats = await self.database.run(lambda tx: read_backlog(tx, now_utc()))
            except (*DATABASE_ERRORS, TimeoutError):
                self._stats = None
            took = time.monotonic() - began
            self._fresh_until = began + max(self.fresh_for, _REST_FACTOR * took)

    def collect(self) -> Iterator[Metric]:
        is_up = int(self._stats is not None)
        yield GaugeMetricFamily("osmodesk_database_up", "Whether the database answered.", is_up)
        if self._stats is not None:
            yield from _to_metrics(self._stats)


async def read_backlog(tx: Transaction, now: datetime) -> BacklogStats:
    """Read the backlog of this moment."""
    queues = {Queue.INBOX: await queue_depth.count_waiting_updates(tx, now)}
    for queue, prefixes in LANE_PREFIXES.items():
        found = [await queue_depth.count_waiting_deliveries(tx, prefix) for prefix in prefixes]
        since = min((each.since for each in found if each.since), default=None)
        queues[queue] = QueueDepth(sum(each.rows for each in found), 0, since)
    parked, uncertain = (
        await queue_depth.count_parked_updates(tx),
        await queue_depth.count_uncertain_deliveries(tx),
    )
    closed_keys = await queue_depth.count_backoffs(tx, now)
    return BacklogStats(now, queues, parked, uncertain, closed_keys, await jobs.count_jobs(tx))


def _to_metrics(found: BacklogStats) -> Iterator[Metric]:
    rows = GaugeMetricFamily("osmodesk_queue_rows", "Rows waiting in a queue.", labels=["queue"])
    later = GaugeMetricFamily(
        "osmodesk_queue_later_rows", "Rows that are due later.", labels=["queue"]
    )
    age = GaugeMetricFamily(
        "osmodesk_queue_oldest_seconds", "Seconds that the oldest row has waited.", labels=["queue"]
    )
    for queue, waiting in found.queues.items():
        rows.add_metric([queue], waiting.rows)
        later.add_metric([queue], waiting.later)
        seconds = (found.now - waiting.since).total_seconds() if waiting.since else 0.0
        age.add_metric([queue], max(0.0, seconds))
    yield from (rows, later, age)
    yield from _describe_jobs(found)
    plain = {
        "osmodesk_parked_updates": (
            "Parked updates, which wait for an administrator.",
            found.parked,
        ),
        "osmodesk_uncertain_deliveries": (
            "Answers that may or may not have arrived.",
            found.uncertain,
        ),
        "osmodesk_rate_limited_keys": (
            "Rate-limit keys closed by a provider's 429.",
            found.closed_keys,
        ),
    }
    for name, (about, value) in plain.items():
        yield GaugeMetricFamily(name, about, value)


def _describe_jobs(found: BacklogStats) -> Iterator[Metric]:
    rows = GaugeMetricFamily("osmodesk_jobs", "Jobs that are not done.", labels=["kind", "state"])
    oldest = GaugeMetricFamily(
        "osmodesk_jobs_oldest_seconds",
        "Seconds since the oldest of these jobs was created.",
        labels=["kind", "state"],
    )
    for each in found.jobs:
        rows.add_metric([each.kind, each.state], each.rows)
        seconds = (found.now - each.since).total_seconds()
        oldest.add_metric([each.kind, each.state], max(0.0, seconds))
    yield from (rows, oldest)
