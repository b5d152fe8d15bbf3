"""Delivery states of messages from receipts, by the provider's id or by our outbox id."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, upsert
from db.ids import ChannelId, ConversationId, MessageId
from db.tables import (
    DeliveryState,
    EarlyReceipt,
    Message,
    MessageLink,
    Outbox,
    OutboxState,
    Side,
)

early = get_table(EarlyReceipt)
links = get_table(MessageLink)
messages = get_table(Message)
outbox = get_table(Outbox)

# A receipt never lowers the rank. A failed message was sent before, as a late receipt may show, and
# may turn out to have arrived. The same is true of a refused message that is now a draft.
STATE_RANKS: Mapping[DeliveryState, int] = {
    DeliveryState.SENT: 1,
    DeliveryState.FAILED: 2,
    DeliveryState.HELD: 2,
    DeliveryState.DELIVERED: 3,
    DeliveryState.READ: 4,
}


@dataclass(frozen=True, slots=True)
class MessageState:
    """An answer and its current delivery state."""

    message_id: MessageId
    conversation_id: ConversationId
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class OutboxRowState:
    """An outbox row that may have been sent."""

    row_id: int
    message_id: MessageId | None
    conversation_id: ConversationId | None
    state: OutboxState
    lane: str


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt that came before its message was known."""

    provider_id: str
    state: DeliveryState
    reason: str | None
    needs_template: bool


_STATE = (messages.c.id, messages.c.conversation_id, messages.c.delivery_state)


async def find_sent_message(
    tx: AsyncSession, channel_id: ChannelId, chat: str, provider_id: str
) -> MessageState | None:
    """Find the answer that has this copy at the customer."""
    return await _find_by_copy(tx, channel_id, provider_id, links.c.chat == chat)


async def find_sent_copy(
    tx: AsyncSession, channel_id: ChannelId, message_id: MessageId, provider_id: str
) -> MessageState | None:
    """Find an answer that has a copy of this id, whatever the provider calls the customer."""
    return await _find_by_copy(tx, channel_id, provider_id, messages.c.id == message_id)


async def _find_by_copy(
    tx: AsyncSession, channel_id: ChannelId, provider_id: str, where: ColumnElement[bool]
) -> MessageState | None:
    found = await tx.execute(
        select(*_STATE)
        .join(links, links.c.message_id == messages.c.id)
        .where(
            links.c.channel_id == channel_id,
            links.c.provider_id == provider_id,
            links.c.side == Side.CUSTOMER,
            where,
        )
        .order_by(links.c.id)
        .limit(1)
    )
    row = found.first()
    return MessageState(*row) if row else None


async def find_message_state(tx: AsyncSession, message_id: MessageId) -> MessageState | None:
    """Read an answer's delivery state."""
    row = (await tx.execute(select(*_STATE).where(messages.c.id == message_id))).first()
    return MessageState(*row) if row else None


async def find_outbox_row(
    tx: AsyncSession, channel_id: ChannelId, row_id: int
) -> OutboxRowState | None:
    """Read an outbox row, if it belongs to this channel."""
    these = (
        outbox.c.id,
        outbox.c.message_id,
        outbox.c.conversation_id,
        outbox.c.state,
        outbox.c.lane,
    )
    mine = (outbox.c.id == row_id, outbox.c.channel_id == channel_id)
    row = (await tx.execute(select(*these).where(*mine))).first()
    return OutboxRowState(*row) if row else None


async def save_early_receipt(
    tx: AsyncSession,
    channel_id: ChannelId,
    outbox_id: int | None,
    kept: StoredReceipt,
    now: datetime,
) -> None:
    """Store a receipt for later; of two for the same message, the higher state stays.

    Of two failures, the one that leaves a draft does. Any of them may be what names our row.
    """
    row = {
        "channel_id": channel_id,
        "provider_id": kept.provider_id,
        "outbox_id": outbox_id,
        "state": kept.state,
        "reason": kept.reason,
        "needs_template": kept.needs_template,
        "created_at": now,
    }
    await tx.execute(upsert(tx, early, ("channel_id", "provider_id"), _keep_higher_state), [row])


def _keep_higher_state(new: Any) -> dict[str, Any]:
    # The state last: MySQL sets one column after the other, and the other columns compare it.
    is_higher = _rank(new.state) > _rank(early.c.state)
    leaves_draft = and_(new.state == early.c.state, new.needs_template.is_(True))
    wins = or_(is_higher, leaves_draft)
    kept = {
        name: case((wins, new[name]), else_=early.c[name])
        for name in ("reason", "needs_template", "state")
    }
    return {"outbox_id": func.coalesce(early.c.outbox_id, new.outbox_id), **kept}


def _rank(state: ColumnElement[Any]) -> ColumnElement[int]:
    return case(*((state == each.value, rank) for each, rank in STATE_RANKS.items()), else_=-1)


async def take_early_receipts(
    tx: AsyncSession, channel_id: ChannelId, provider_ids: Collection[str]
) -> list[StoredReceipt]:
    """Read and delete the early receipts of these provider ids."""
    return await _take(tx, early.c.channel_id == channel_id, early.c.provider_id.in_(provider_ids))


async def take_early_receipts_of_row(tx: AsyncSession, outbox_id: int) -> list[StoredReceipt]:
    """Read and delete the early receipts of an outbox row."""
    return await _take(tx, early.c.outbox_id == outbox_id)


async def _take(tx: AsyncSession, *which: ColumnElement[bool]) -> list[StoredReceipt]:
    these = (early.c.provider_id, early.c.state, early.c.reason, early.c.needs_template)
    found = [StoredReceipt(*row) for row in await tx.execute(select(*these).where(*which))]
    if found:
        await tx.execute(delete(early).where(*which))
    return found
