"""Remove old events and webhook deliveries in small batches: see db/queries/cleanup/cleanup.py."""

from datetime import datetime

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queries.cleanup.cleanup import CleanupBatch
from db.tables import Event, Webhook, WebhookDelivery, WebhookDeliveryState

events = get_table(Event)
webhooks = get_table(Webhook)
deliveries = get_table(WebhookDelivery)

_SETTLED = {WebhookDeliveryState.DELIVERED, WebhookDeliveryState.PARKED}
_FROM_START = 0


async def delete_old_events(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete events from before then; the newest row stays, so that ids go on from it."""
    _ = after  # the oldest rows always come first
    page = select(events.c.id, events.c.created_at).order_by(events.c.id).limit(limit + 1)
    old = [row.id for row in (await tx.execute(page)).all()[:-1] if row.created_at < before]
    await _delete_rows(tx, events, old)
    return CleanupBatch(len(old), _FROM_START if len(old) == limit else None)


async def delete_settled_deliveries(
    tx: AsyncSession, before: datetime, limit: int, after: str | None = None
) -> CleanupBatch:
    """Delete webhook deliveries that were settled before then, delivered or not."""
    page = select(
        deliveries.c.id, deliveries.c.state, deliveries.c.settled_at, deliveries.c.created_at
    )
    later = page.where(deliveries.c.id > (after or "")).order_by(deliveries.c.id).limit(limit)
    rows = (await tx.execute(later)).all()
    # Ids rise with the time they were made: after a young row there are no old ones.
    old = [row for row in rows if row.created_at < before]
    done = [row.id for row in old if row.state in _SETTLED and row.settled_at < before]
    await _delete_rows(tx, deliveries, done)
    return CleanupBatch(len(done), old[-1].id if len(old) == limit else None)


async def delete_deleted_webhooks(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete webhooks that were marked as deleted before then, after their deliveries."""
    _ = after
    gone = select(webhooks.c.id).where(webhooks.c.deleted_at < before).limit(1)
    webhook_id = await tx.scalar(gone)
    if webhook_id is None:
        return CleanupBatch(0, None)
    its_deliveries = (
        select(deliveries.c.id).where(deliveries.c.webhook_id == webhook_id).limit(limit)
    )
    ids = list(await tx.scalars(its_deliveries))
    await _delete_rows(tx, deliveries, ids)
    if not ids:
        await _delete_rows(tx, webhooks, [webhook_id])
    return CleanupBatch(len(ids), _FROM_START)


async def _delete_rows(tx: AsyncSession, table: Table, ids: list[int] | list[str]) -> None:
    if ids:
        await tx.execute(delete(table).where(table.c.id.in_(ids)))
