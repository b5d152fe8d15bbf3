"""The metrics of a process, as Prometheus reads them."""

import asyncio
from datetime import datetime, timedelta
from typing import cast

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from db.content import Content
from db.database import Database
from db.ids import ChannelId, new_id
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.inbox import InboxRow
from db.queues.outbox import OutboxRow
from db.queues.payloads import AnswerPayload, CopyPayload, EditPayload, OutboxPayload
from db.tables import (
    Channel,
    ChannelKind,
    Inbox,
    InboxState,
    OutboxState,
    Queue,
)
from db.tables.base import now_utc
from desk.delivery.ports import SendResult
from desk.delivery.work import Deliver, OpenTopic, Outcome, Step, Work, count_outcome
from desk.errors import (
    DeliveryError,
    GroupMoved,
    InternalError,
    RateLimited,
    Rejected,
    TopicGone,
    Unavailable,
    Uncertain,
)
from desk.telemetry.backlog import Backlog
from desk.telemetry.instruments import BUCKETS, Histogram
from desk.telemetry.metrics import Metrics
from tests.flows.eventually import eventually

ANSWER, EDIT, COPY = AnswerPayload(Content()), EditPayload(Content()), CopyPayload(Content())
CHANNEL = ChannelId("01CHANNEL")


def read_samples(registry: CollectorRegistry) -> dict[str, float]:
    """Return a registry's samples: name with labels → value."""
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        sample.name
        + "".join(f",{key}={value}" for key, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name.startswith("osmodesk")
    }


def row(payload: OutboxPayload, created_at: datetime | None = None) -> OutboxRow:
    return OutboxRow(
        id=1,
        lane="customer:1",
        channel_id=CHANNEL,
        conversation_id=None,
        message_id=None,
        payload=payload,
        state=OutboxState.PENDING,
        attempts=0,
        due_at=now_utc(),
        created_at=created_at or now_utc(),
    )


def outcome(step: Step, queue: Queue = Queue.CUSTOMER, rate_limit_key: str = "") -> Outcome:
    return Outcome(Work(queue, "a", rate_limit_key, new_id(), now_utc(), step, 0.0, has_more=False))


def sent(*payloads: OutboxPayload, ago: float = 0.0, queue: Queue = Queue.CUSTOMER) -> Outcome:
    rows = tuple(row(each, now_utc() - timedelta(seconds=ago)) for each in payloads)
    found = outcome(Deliver(rows, ()), queue)
    found.results = [(each, SendResult()) for each in rows]
    return found


def failed(error: DeliveryError, rate_limit_key: str = "") -> Outcome:
    found = outcome(Deliver((row(ANSWER),), ()), rate_limit_key=rate_limit_key)
    found.failed, found.error = (row(ANSWER),), error
    return found


def test_sends_are_counted_by_side_and_kind() -> None:
    metrics = Metrics()
    count_outcome(metrics, sent(ANSWER, ANSWER, EDIT))
    count_outcome(metrics, sent(COPY, queue=Queue.STAFF))
    count_outcome(metrics, sent(EDIT, ago=70, queue=Queue.STAFF))
    found = read_samples(metrics.registry)
    name = "osmodesk_sends_total"
    assert {key: found[key] for key in found if key.startswith(name)} == {
        f"{name},kind=answer,result=sent,side=customer": 2,
        f"{name},kind=edit,result=sent,side=customer": 1,
        f"{name},kind=copy,result=sent,side=staff": 1,
        f"{name},kind=edit,result=sent,side=staff": 1,
    }
    assert found["osmodesk_delivery_seconds_count,side=customer"] == 3
    assert found["osmodesk_delivery_seconds_count,side=staff"] == 2
    assert found["osmodesk_delivery_seconds_bucket,le=60.0,side=staff"] == 1
    assert 70 <= found["osmodesk_delivery_seconds_sum,side=staff"] < 80


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (RateLimited("slow", retry_after=3), "rate_limited"),
        (Unavailable("500"), "unavailable"),
        (Rejected("no"), "rejected"),
        (Uncertain("?"), "uncertain"),
        (InternalError("?"), "internal_error"),
        (TopicGone("gone"), "address_changed"),
        (GroupMoved("-2"), "address_changed"),
        (DeliveryError("?"), "failed"),
    ],
)
def test_a_failed_send_is_counted_by_its_error(error: DeliveryError, result: str) -> None:
    metrics = Metrics()
    count_outcome(metrics, failed(error))
    found = read_samples(metrics.registry)
    assert found[f"osmodesk_sends_total,kind=answer,result={result},side=customer"] == 1
    assert found["osmodesk_delivery_seconds_count,side=customer"] == 0


def test_429s_are_counted_by_whose_limit_it_was() -> None:
    metrics = Metrics()
    for rate_limit_key in ("person:1:2", "group:1:-2", "group:1:-3", ""):
        count_outcome(metrics, failed(RateLimited("slow", retry_after=3), rate_limit_key))
    count_outcome(metrics, failed(Unavailable("500"), "group:1:-2"))
    found = read_samples(metrics.registry)
    limited = {
        rate_limit_key: found[f"osmodesk_rate_limits_total,key={rate_limit_key}"]
        for rate_limit_key in ("person", "none")
    }
    assert limited == {"person": 1, "none": 1}
    assert found["osmodesk_rate_limits_total,key=group"] == 2


def test_a_step_without_rows_counts_too() -> None:
    # Whose topic it is, and where, does not matter.
    metrics, step = Metrics(), OpenTopic(cast("Thread", None), cast("Place", None))
    count_outcome(metrics, outcome(step, Queue.STAFF))
    refused = outcome(step, Queue.STAFF)
    refused.error = Rejected("no rights")
    count_outcome(metrics, refused)
    found = read_samples(metrics.registry)
    assert found["osmodesk_sends_total,kind=open_topic,result=sent,side=staff"] == 1
    assert found["osmodesk_sends_total,kind=open_topic,result=rejected,side=staff"] == 1


def test_handling_is_measured_from_the_time_something_was_due() -> None:
    metrics = Metrics()
    due = (now_utc() - timedelta(seconds=4), now_utc() + timedelta(seconds=4))
    metrics.count_handled(
        [InboxRow(n, "a", CHANNEL, str(n), "", 0, at) for n, at in enumerate(due)]
    )
    metrics.count_handled([])
    found = read_samples(metrics.registry)
    assert found["osmodesk_updates_handled_total"] == 2
    # a clock ahead counts as 0
    assert found["osmodesk_handling_seconds_bucket,le=2.0,queue=inbox"] == 1
    assert found["osmodesk_handling_seconds_bucket,le=5.0,queue=inbox"] == 2
    assert 4 <= found["osmodesk_handling_seconds_sum,queue=inbox"] < 5


def test_unused_counters_are_zero_and_external_counters_are_read() -> None:
    retries = [0]
    metrics = Metrics(lambda: retries[0])
    metrics.count_received(CHANNEL, 3)
    metrics.count_received(CHANNEL)
    retries[0] = 7
    found = read_samples(metrics.registry)
    assert found["osmodesk_lanes_taken_over_total"] == found["osmodesk_updates_handled_total"] == 0
    assert found["osmodesk_updates_received_total,channel=01CHANNEL"] == 4
    assert found["osmodesk_database_retries_total"] == 7
    metrics.count_taken_over(2)
    assert read_samples(metrics.registry)["osmodesk_lanes_taken_over_total"] == 2


def test_processes_do_not_share_metrics() -> None:
    one, two = Metrics(), Metrics()
    one.count_taken_over(1)
    assert read_samples(two.registry)["osmodesk_lanes_taken_over_total"] == 0
    assert b"process_resident_memory_bytes" in generate_latest(one.registry)


@pytest.mark.parametrize("seconds", [0.0, *BUCKETS, 1e6])
def test_a_duration_falls_into_the_bucket_that_it_fits(seconds: float) -> None:
    registry, histogram = CollectorRegistry(), Histogram("osmodesk_x", "x", "side", ["a"])
    registry.register(histogram)
    histogram.by_label["a"].observe(seconds)
    found = read_samples(registry)
    for bound in BUCKETS:
        assert found[f"osmodesk_x_bucket,le={bound},side=a"] == (seconds <= bound)
    assert found["osmodesk_x_bucket,le=+Inf,side=a"] == found["osmodesk_x_count,side=a"] == 1


async def park(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add(Channel(id=CHANNEL, kind=ChannelKind.TELEGRAM, external_id="1", name="Bot"))
        await tx.flush()
        update = Inbox(channel_id=CHANNEL, provider_id="1", lane="a", payload="{}")
        update.state = InboxState.PARKED
        tx.add(update)


async def test_the_backlog_is_read_again_only_after_a_while(database: Database) -> None:
    name = "osmodesk_parked_updates"
    backlogs = {fresh_for: Backlog(database, fresh_for=fresh_for) for fresh_for in (0, 3600)}
    registries = {fresh_for: CollectorRegistry() for fresh_for in backlogs}
    for fresh_for, backlog in backlogs.items():
        registries[fresh_for].register(backlog)
        assert read_samples(registries[fresh_for]) == {"osmodesk_database_up": 0}
        await backlog.refresh()
        found = read_samples(registries[fresh_for])
        assert (found["osmodesk_database_up"], found[name]) == (1, 0)
        for queue in Queue:
            assert found[f"osmodesk_queue_rows,queue={queue}"] == 0
            assert found[f"osmodesk_queue_oldest_seconds,queue={queue}"] == 0
    await park(database)

    async def seen() -> bool:
        await asyncio.gather(*(backlog.refresh() for backlog in backlogs.values()))
        return read_samples(registries[0])[name] == 1

    await eventually(seen, "the parked update is told")
    assert read_samples(registries[3600])[name] == 0
