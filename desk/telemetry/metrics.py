"""Count the work of this process; the backlog is read from the database (backlog.py)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from db.ids import ChannelId
from db.queues.inbox import InboxRow
from db.queues.outbox import OutboxRow
from db.tables import Queue, Side
from db.tables.base import now_utc
from desk.errors import (
    AddressChanged,
    DeliveryError,
    InternalError,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
)
from desk.lanes import limit_kind
from desk.telemetry.instruments import CounterMetric, Histogram

# The more specific errors first.
_RESULTS: tuple[tuple[type[DeliveryError], str], ...] = (
    (RateLimited, "rate_limited"),
    (Unavailable, "unavailable"),
    (Rejected, "rejected"),
    (InternalError, "internal_error"),
    (Uncertain, "uncertain"),
    (AddressChanged, "address_changed"),
)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self, database_retries: Callable[[], int] = lambda: 0) -> None:
        self.registry = CollectorRegistry()
        self._received = CounterMetric(
            "osmodesk_updates_received", "Updates received from providers.", ["channel"]
        )
        self._handled = CounterMetric("osmodesk_updates_handled", "Updates handled and committed.")
        self._handling = Histogram(
            "osmodesk_handling_seconds",
            "Seconds from an update's arrival, or a timer's due time, until it was handled.",
            "queue",
            [Queue.INBOX],
        )
        self._sends = CounterMetric(
            "osmodesk_sends", "Sends to providers, by result.", ["side", "kind", "result"]
        )
        self._delivery = Histogram(
            "osmodesk_delivery_seconds",
            "Seconds from a delivery's request until its provider accepted it, with all retries.",
            "side",
            list(Side),
        )
        self._limited = CounterMetric(
            "osmodesk_rate_limits",
            "Rate limits (HTTP 429) from providers, by the kind of key.",
            ["key"],
        )
        self._taken_over = CounterMetric(
            "osmodesk_lanes_taken_over", "Lanes taken over after their lease expired."
        )
        self._jobs = CounterMetric(
            "osmodesk_jobs_ended", "Attempts of jobs that ended, by result.", ["kind", "result"]
        )
        retries = _CallbackCounter(
            "osmodesk_database_retries",
            "Transactions repeated after a lock conflict with another one.",
            database_retries,
        )
        self.register(self._received, self._handled, self._handling, self._sends, self._delivery)
        self.register(self._limited, self._taken_over, self._jobs, retries)
        for describe in (ProcessCollector, PlatformCollector, GCCollector):
            describe(registry=self.registry)

    def register(self, *collectors: Collector) -> None:
        """Export these collectors, too."""
        for collector in collectors:
            self.registry.register(collector)

    def count_received(self, channel_id: ChannelId, count: int = 1) -> None:
        """Count updates that were stored, including repeated ones."""
        self._received.add(channel_id, count=count)

    def count_handled(self, rows: Sequence[InboxRow]) -> None:
        """Count updates whose handling is committed."""
        if not rows:
            return
        now, observe = now_utc(), self._handling.by_label[Queue.INBOX].observe
        for row in rows:
            observe(_elapsed(row.due_at, now))
        self._handled.add(count=len(rows))

    def count_sent(self, side: Side, rows: Iterable[OutboxRow]) -> None:
        """Count rows that a provider accepted, and how long each took since it was written."""
        now, observe, counts = now_utc(), self._delivery.by_label[side].observe, self._sends.counts
        for row in rows:
            observe(_elapsed(row.created_at, now))
            counts[side, row.kind, "sent"] += 1

    def count_step(self, side: Side, kind: str) -> None:
        """Count a step that succeeded at the provider and sent no row, such as opening a topic."""
        self._sends.add(side, kind, "sent")

    def count_failure(
        self, side: Side, kind: str, error: DeliveryError, rate_limit_key: str
    ) -> None:
        """Count a step that failed at the provider; a 429 also by the kind of its limit."""
        self._sends.add(side, kind, _result_name(error))
        if isinstance(error, RateLimited):
            self._limited.add(limit_kind(rate_limit_key) or "none")

    def count_job(self, kind: str, result: str) -> None:
        """Count an attempt of a job that ended: done, retried, postponed or given_up."""
        self._jobs.add(kind, result)

    def count_taken_over(self, count: int) -> None:
        """Count lanes whose lease expired."""
        self._taken_over.add(count=count)


class _CallbackCounter(Collector):
    """A counter that is kept elsewhere."""

    def __init__(self, name: str, about: str, read: Callable[[], int]) -> None:
        self._name, self._about, self._read = name, about, read

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self._name, self._about, self._read())


def _elapsed(since: datetime, now: datetime) -> float:
    seconds = (now - since).total_seconds()
    # Another machine's clock may be ahead of ours.
    return seconds if seconds > 0 else 0.0


def _result_name(error: DeliveryError) -> str:
    return next((name for kind, name in _RESULTS if isinstance(error, kind)), "failed")
