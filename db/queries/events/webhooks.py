"""Read and change webhooks and their deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import DeliveryId, WebhookId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import EventCursor, Webhook, WebhookDelivery, WebhookDeliveryState

webhooks = get_table(Webhook)
deliveries = get_table(WebhookDelivery)
cursors = get_table(EventCursor)

_CURSOR = "webhooks"


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook; its secret is encrypted."""

    id: WebhookId
    name: str
    url: str
    events: list[str]
    secret: str
    is_active: bool
    failures: int
    due_at: datetime | None
    last_delivered_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery of an event to a webhook."""

    id: DeliveryId
    webhook_id: WebhookId
    event: str
    records: str
    happened_at: datetime
    state: WebhookDeliveryState
    attempts: int
    due_at: datetime
    expires_at: datetime
    status: int | None
    error: str | None
    created_at: datetime
    settled_at: datetime | None


_WEBHOOK = select(
    webhooks.c.id,
    webhooks.c.name,
    webhooks.c.url,
    webhooks.c.events,
    webhooks.c.secret,
    webhooks.c.is_active,
    webhooks.c.failures,
    webhooks.c.due_at,
    webhooks.c.last_delivered_at,
    webhooks.c.created_at,
).where(webhooks.c.deleted_at.is_(None))
_DELIVERY = select(
    deliveries.c.id,
    deliveries.c.webhook_id,
    deliveries.c.event,
    deliveries.c.records,
    deliveries.c.happened_at,
    deliveries.c.state,
    deliveries.c.attempts,
    deliveries.c.due_at,
    deliveries.c.expires_at,
    deliveries.c.status,
    deliveries.c.error,
    deliveries.c.created_at,
    deliveries.c.settled_at,
)
_ACTIVE = _WEBHOOK.where(webhooks.c.is_active.is_(True)).order_by(webhooks.c.id)
_DUE = (
    _DELIVERY.where(
        deliveries.c.webhook_id == bindparam("webhook"),
        deliveries.c.state == bindparam("in_state"),
        deliveries.c.due_at <= bindparam("now"),
    )
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(bindparam("most"))
)
_THESE = deliveries.c.id.in_(bindparam("ids", expanding=True))


async def list_all(tx: AsyncSession) -> list[WebhookRow]:
    """List the webhooks, oldest first."""
    return [WebhookRow(*tuple(row)) for row in await tx.execute(_WEBHOOK.order_by(webhooks.c.id))]


async def list_active(tx: AsyncSession) -> list[WebhookRow]:
    """List the active webhooks."""
    return [WebhookRow(*tuple(row)) for row in await tx.execute(_ACTIVE)]


async def find_webhook(tx: AsyncSession, webhook_id: WebhookId) -> WebhookRow | None:
    """Read one webhook."""
    row = (await tx.execute(_WEBHOOK.where(webhooks.c.id == webhook_id))).first()
    return None if row is None else WebhookRow(*tuple(row))


async def add_webhook(tx: AsyncSession, values: Mapping[str, Any]) -> None:
    """Add a webhook."""
    await tx.execute(insert(webhooks).values(**values))


async def update_webhook(
    tx: AsyncSession, webhook_id: WebhookId, *, at_url: str | None = None, **values: Any
) -> None:
    """Change a webhook; with `at_url`, only if its URL is still that."""
    this = [webhooks.c.id == webhook_id]
    if at_url is not None:
        this.append(webhooks.c.url == at_url)
    if values:
        await tx.execute(update(webhooks).where(*this).values(**values))


async def lock_cursor(tx: AsyncSession) -> str | None:
    """Read how far events have become deliveries, and lock that position until the commit."""
    new = [{"name": _CURSOR, "position": ""}]
    await tx.execute(insert_or_ignore(tx, cursors, ("name",)), new)
    held = select(cursors.c.position).where(cursors.c.name == _CURSOR).with_for_update()
    return await tx.scalar(held) or None


async def save_cursor(tx: AsyncSession, position: str) -> None:
    """Save how far events have become deliveries."""
    await tx.execute(update(cursors).where(cursors.c.name == _CURSOR).values(position=position))


async def add_deliveries(tx: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add deliveries."""
    if rows:
        await tx.execute(insert(deliveries), rows)


async def list_due(
    tx: AsyncSession,
    webhook_id: WebhookId,
    state: WebhookDeliveryState,
    now: datetime,
    *,
    most: int,
) -> list[DeliveryRow]:
    """Read the due deliveries of a webhook in this state, those that were due first first."""
    bound = {"webhook": webhook_id, "in_state": state, "now": now, "most": most}
    return [DeliveryRow(*tuple(row)) for row in await tx.execute(_DUE, bound)]


async def update_deliveries(tx: AsyncSession, ids: Sequence[DeliveryId], **values: Any) -> None:
    """Set columns of deliveries."""
    if ids:
        await tx.execute(update(deliveries).where(_THESE).values(**values), {"ids": ids})


async def list_deliveries(
    tx: AsyncSession,
    webhook_id: WebhookId,
    *,
    state: WebhookDeliveryState | None,
    start: PageStart | None,
    limit: int,
) -> list[DeliveryRow]:
    """Read a page of a webhook's deliveries and one more, newest first.

    Deliveries of one state are sorted by `due_at`, all deliveries by `created_at`: each order has
    its index.
    """
    statement, at = _DELIVERY.where(deliveries.c.webhook_id == webhook_id), deliveries.c.created_at
    if state is not None:
        statement, at = statement.where(deliveries.c.state == state), deliveries.c.due_at
    found: Any = await tx.execute(
        paginate(statement, at, deliveries.c.id, start=start, limit=limit)
    )
    return [DeliveryRow(*tuple(row)) for row in found]


async def find_delivery(
    tx: AsyncSession, webhook_id: WebhookId, delivery_id: DeliveryId
) -> DeliveryRow | None:
    """Read one delivery of a webhook."""
    wanted = _DELIVERY.where(deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
    row = (await tx.execute(wanted)).first()
    return None if row is None else DeliveryRow(*tuple(row))


async def count_webhooks(tx: AsyncSession) -> int:
    """Count the webhooks that are not deleted."""
    there = select(func.count()).select_from(webhooks).where(webhooks.c.deleted_at.is_(None))
    return await tx.scalar(there) or 0
