"""Cleanup deletes old events and webhook deliveries in small batches; open ones stay."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from db.database import Database
from db.queries.cleanup import event_cleanup
from db.queries.cleanup.cleanup import CleanupBatch
from db.tables import Event, Webhook, WebhookDelivery, WebhookDeliveryState
from db.tables.base import now_utc
from tests.db.test_cleanup import NOW, OLD, YOUNG, add, run_batches


def event(days: float) -> Event:
    return Event(records="[]", created_at=NOW - timedelta(days=days))


async def ids(database: Database, model: Any) -> list[Any]:
    async with database.transaction() as tx:
        return list(await tx.scalars(select(model.id).order_by(model.id)))


async def test_old_events_are_deleted_and_ids_go_on(database: Database) -> None:
    await add(database, *(event(days) for days in (20, 10, 9, 8.5, 6, 1)))
    first, *_ = everything = await ids(database, Event)
    batches = await run_batches(database, event_cleanup.delete_old_events)
    assert [batch.removed for batch in batches] == [2, 2, 0]
    assert await ids(database, Event) == everything[4:]
    await add(database, event(0))
    assert await ids(database, Event) == [first + 4, first + 5, first + 6]


async def test_the_newest_event_stays_however_old(database: Database) -> None:
    await add(database, event(30), event(20), event(10))
    *_, newest = await ids(database, Event)
    await run_batches(database, event_cleanup.delete_old_events, 100)
    assert await ids(database, Event) == [newest]


async def test_settled_deliveries_are_deleted_and_open_ones_stay(
    database: Database,
) -> None:
    webhook = Webhook(name="x", url="https://x.test", secret="x")
    await add(database, webhook)

    def delivery(state: WebhookDeliveryState, created: Any, settled: Any) -> WebhookDelivery:
        row = WebhookDelivery(webhook_id=webhook.id, event="x", records="[]", expires_at=NOW)
        row.state, row.created_at, row.settled_at = state, created, settled
        return row

    rows = [
        delivery(WebhookDeliveryState.DELIVERED, OLD, OLD),
        delivery(WebhookDeliveryState.PENDING, OLD, None),
        delivery(WebhookDeliveryState.ASIDE, OLD, None),
        delivery(WebhookDeliveryState.PARKED, OLD, OLD),
        delivery(WebhookDeliveryState.PARKED, OLD, YOUNG),
        delivery(WebhookDeliveryState.DELIVERED, OLD, OLD),
        delivery(WebhookDeliveryState.DELIVERED, YOUNG, YOUNG),
    ]
    kept = [rows[number].id for number in (1, 2, 4, 6)]
    await add(database, *rows)
    batches = await run_batches(database, event_cleanup.delete_settled_deliveries)
    assert sum(batch.removed for batch in batches) == 3
    assert await ids(database, WebhookDelivery) == kept


async def test_a_deleted_webhook_is_removed_after_its_deliveries(database: Database) -> None:
    gone = Webhook(name="gone", url="https://x.test", secret="x", deleted_at=OLD)
    just_now = Webhook(name="just now", url="https://x.test", secret="x", deleted_at=now_utc())
    there = Webhook(name="there", url="https://x.test", secret="x")
    await add(database, gone, just_now, there)
    of_them = [(each.id, number) for each in (gone, just_now, there) for number in range(3)]
    kept = sorted([just_now.id, there.id])
    for webhook_id, _ in of_them:
        row = WebhookDelivery(webhook_id=webhook_id, event="x", records="[]", expires_at=NOW)
        await add(database, row)
    batches: list[CleanupBatch] = await run_batches(database, event_cleanup.delete_deleted_webhooks)
    assert [batch.removed for batch in batches] == [2, 1, 0, 0]
    assert await ids(database, Webhook) == kept
    assert len(await ids(database, WebhookDelivery)) == 6
