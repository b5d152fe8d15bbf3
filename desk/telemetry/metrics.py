"""What this process counts while it works; what waits is read from the database (backlog.py)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from db.ids import ChannelId
from db.queues.inbox import InboxRow
from db.tables import Queue, Side
from db.tables.base import now_utc
from desk.delivery.work import DeliverAlbum, OpenTopic, Outcome, PinCard, ShowCard
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
from desk.telemetry.instruments import Histogram, Tally

# The more special one first.
_RESULTS: tuple[tuple[type[DeliveryError], str], ...] = (
    (RateLimited, "rate_limited"),
    (Unavailable, "unavailable"),
    (Rejected, "rejected"),
    (InternalError, "mistaken"),
    (Uncertain, "uncertain"),
    (AddressChanged, "address_changed"),
)


class Metrics:
    """One process's figures, in a registry of their own."""

    def __init__(self, database_retries: Callable[[], int] = lambda: 0) -> None:
        self.registry = CollectorRegistry()
        self._received = Tally(
            "osmodesk_updates_received", "Updates that providers sent.", ["channel"]
        )
        self._handled = Tally("osmodesk_updates_handled", "Updates that were handled.")
        self._handling = Histogram(
            "osmodesk_handling_seconds",
            "From an update's arrival, or a timer's time, until it was handled and committed.",
            "queue",
            [Queue.INBOX],
        )
        self._sends = Tally(
            "osmodesk_sends", "Attempts at a provider, by their result.", ["side", "kind", "result"]
        )
        self._delivery = Histogram(
            "osmodesk_delivery_seconds",
            "From when it was asked for until it was taken, waits and retries included.",
            "side",
            list(Side),
        )
        self._limited = Tally(
            "osmodesk_rate_limits", "429s: how often a provider asked for a pause.", ["gate"]
        )
        self._taken_over = Tally("osmodesk_lanes_taken_over", "Lanes whose worker was gone.")
        retries = _Read(
            "osmodesk_database_retries",
            "Transactions repeated because the database gave them up in favour of others.",
            database_retries,
        )
        self.register(self._received, self._handled, self._handling, self._sends, self._delivery)
        self.register(self._limited, self._taken_over, retries)
        for describe in (ProcessCollector, PlatformCollector, GCCollector):
            describe(registry=self.registry)

    def register(self, *collectors: Collector) -> None:
        """Tell what these collect as well."""
        for collector in collectors:
            self.registry.register(collector)

    def received(self, channel_id: ChannelId, count: int = 1) -> None:
        """Count updates that were kept, those that a provider repeated among them."""
        self._received.add(channel_id, count=count)

    def handled(self, rows: Sequence[InboxRow]) -> None:
        """Count updates whose handling is committed."""
        if not rows:
            return
        now, observe = now_utc(), self._handling.of[Queue.INBOX].observe
        for row in rows:
            observe(_seconds(row.due_at, now))
        self._handled.add(count=len(rows))

    def performed(self, outcome: Outcome) -> None:
        """Count what came of a step at the provider."""
        side = Side.CUSTOMER if outcome.work.queue is Queue.CUSTOMER else Side.STAFF
        if outcome.receipts:
            now, observe, counts = now_utc(), self._delivery.of[side].observe, self._sends.counts
            for row, _ in outcome.receipts:
                observe(_seconds(row.created_at, now))
                counts[side, row.kind, "sent"] += 1
        error = outcome.error
        if error is not None:
            self._sends.add(side, _kind(outcome), _result(error))
            if isinstance(error, RateLimited):
                self._limited.add(limit_kind(outcome.work.rate_limit_key) or "none")
        elif isinstance(outcome.work.step, OpenTopic | ShowCard | PinCard):
            self._sends.add(side, _kind(outcome), "sent")

    def taken_over(self, count: int) -> None:
        """Count lanes whose lease ran out."""
        self._taken_over.add(count=count)


class _Read(Collector):
    """A counter that is kept elsewhere."""

    def __init__(self, name: str, about: str, read: Callable[[], int]) -> None:
        self._name, self._about, self._read = name, about, read

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self._name, self._about, self._read())


def _seconds(since: datetime, now: datetime) -> float:
    seconds = (now - since).total_seconds()
    # Another machine's clock may be ahead of ours.
    return seconds if seconds > 0 else 0.0


def _result(error: DeliveryError) -> str:
    return next((name for kind, name in _RESULTS if isinstance(error, kind)), "failed")


def _kind(outcome: Outcome) -> str:
    match outcome.work.step:
        case OpenTopic():
            return "open_topic"
        case ShowCard():
            return "card"
        case PinCard():
            return "pin"
        case DeliverAlbum():
            return "album"
        case _:
            return outcome.failed[0].kind if outcome.failed else "none"
