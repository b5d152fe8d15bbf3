"""The recipients of broadcasts: list them, take some, and keep what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import BroadcastId, ChannelId, ClientId, ConversationId, MessageId
from db.queries.broadcasts.audience import Candidate, Rules, build_reason, to_candidate
from db.queries.lists.keyset import PageStart, paginate
from db.tables import (
    BroadcastRecipient,
    Channel,
    Client,
    Contact,
    Conversation,
    Message,
    RecipientState,
    SkipReason,
)

channels = get_table(Channel)
clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)
messages = get_table(Message)
recipients = get_table(BroadcastRecipient)
_MAX_REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """A recipient as administrators see it."""

    client_id: ClientId
    client_name: str | None
    channel_id: ChannelId
    conversation_id: ConversationId
    state: RecipientState
    reason: str | None
    message_id: MessageId | None
    changed_at: datetime


async def add_recipients(
    tx: AsyncSession, broadcast_id: BroadcastId, found: Sequence[Candidate], now: datetime
) -> None:
    """Add recipients; who is among them already stays as they are."""
    rows = [
        {
            "broadcast_id": broadcast_id,
            "client_id": each.client_id,
            "channel_id": each.channel_id,
            "conversation_id": each.conversation_id,
            "state": RecipientState.SKIPPED if each.reason else RecipientState.WAITING,
            "reason": each.reason,
            "changed_at": now,
        }
        for each in found
    ]
    if rows:
        keys = "broadcast_id", "client_id"
        await tx.execute(insert_or_ignore(tx, recipients, keys), rows)


async def count_queued(tx: AsyncSession, broadcast_id: BroadcastId) -> Mapping[ChannelId, int]:
    """Count by channel how many recipients' messages are in the outbox."""
    counted = (
        select(recipients.c.channel_id, func.count().label("many"))
        .where(*_in_state(broadcast_id, RecipientState.QUEUED))
        .group_by(recipients.c.channel_id)
    )
    return {row.channel_id: row.many for row in await tx.execute(counted)}


async def list_waiting_channels(tx: AsyncSession, broadcast_id: BroadcastId) -> list[ChannelId]:
    """List the channels on which recipients wait."""
    waiting = _in_state(broadcast_id, RecipientState.WAITING)
    return list(await tx.scalars(select(recipients.c.channel_id).where(*waiting).distinct()))


async def list_waiting(
    tx: AsyncSession,
    broadcast_id: BroadcastId,
    channel_id: ChannelId,
    rules: Rules,
    *,
    limit: int,
) -> list[Candidate]:
    """List recipients who wait on a channel, with the reason not to send it to them any more."""
    is_moved = contacts.c.client_id != recipients.c.client_id
    is_gone = conversations.c.id.is_(None)
    reason = case(
        (is_gone, SkipReason.UNREACHABLE.value),
        (is_moved, SkipReason.MERGED.value),
        else_=build_reason(rules),
    )
    rows = await tx.execute(
        select(
            recipients.c.client_id, recipients.c.channel_id, recipients.c.conversation_id, reason
        )
        .select_from(
            recipients.outerjoin(conversations, conversations.c.id == recipients.c.conversation_id)
            .outerjoin(contacts, contacts.c.id == conversations.c.contact_id)
            .outerjoin(clients, clients.c.id == contacts.c.client_id)
            .outerjoin(channels, channels.c.id == recipients.c.channel_id)
        )
        .where(
            *_in_state(broadcast_id, RecipientState.WAITING),
            recipients.c.channel_id == channel_id,
        )
        .order_by(recipients.c.client_id)
        .limit(limit)
    )
    return list(map(to_candidate, rows))


async def set_state(
    tx: AsyncSession,
    broadcast_id: BroadcastId,
    client_id: ClientId,
    state: RecipientState,
    now: datetime,
    *,
    reason: str | None = None,
    message_id: MessageId | None = None,
) -> None:
    """Save what became of one recipient who waits."""
    this = recipients.c.broadcast_id == broadcast_id, recipients.c.client_id == client_id
    values = _build_values(state, reason, now)
    await tx.execute(update(recipients).where(*this).values(**values, message_id=message_id))


async def save_result(
    tx: AsyncSession,
    message_ids: Sequence[MessageId],
    state: RecipientState,
    now: datetime,
    *,
    reason: str | None = None,
) -> None:
    """Save what became of the recipients' messages; other messages are no recipients'."""
    if message_ids:
        these = recipients.c.message_id.in_(message_ids)
        await tx.execute(update(recipients).where(these).values(_build_values(state, reason, now)))


async def save_late_failures(
    tx: AsyncSession, message_ids: Sequence[MessageId], now: datetime
) -> None:
    """Save that messages which were sent failed later, for the reason that they have."""
    reason = (
        select(messages.c.delivery_error)
        .where(messages.c.id == recipients.c.message_id)
        .scalar_subquery()
    )
    was_sent = recipients.c.state.in_([RecipientState.SENT, RecipientState.UNCERTAIN])
    these = recipients.c.message_id.in_(message_ids), was_sent
    values = {"state": RecipientState.FAILED, "reason": reason, "changed_at": now}
    await tx.execute(update(recipients).where(*these).values(values))


async def list_queued_messages(tx: AsyncSession, broadcast_id: BroadcastId) -> list[MessageId]:
    """List the messages of a broadcast that are in the outbox."""
    queued = _in_state(broadcast_id, RecipientState.QUEUED)
    return list(await tx.scalars(select(recipients.c.message_id).where(*queued)))


async def list_queued_conversations(
    tx: AsyncSession, broadcast_id: BroadcastId
) -> list[ConversationId]:
    """List the conversations whose messages of a broadcast are in the outbox."""
    queued = _in_state(broadcast_id, RecipientState.QUEUED)
    return list(await tx.scalars(select(recipients.c.conversation_id).where(*queued)))


async def set_unseen(
    tx: AsyncSession, conversation_id: ConversationId, message_id: MessageId | None
) -> None:
    """Save which broadcast staff has not seen in a conversation; None: they have seen it."""
    this = update(conversations).where(conversations.c.id == conversation_id)
    await tx.execute(this.values(unseen_broadcast_id=message_id))


async def list_recipients(
    tx: AsyncSession,
    broadcast_id: BroadcastId,
    *,
    start: PageStart | None,
    limit: int,
    state: RecipientState | None = None,
) -> list[RecipientRow]:
    """Read a page of a broadcast's recipients and one more, the last changed first."""
    statement: Select[Any] = (
        select(
            recipients.c.client_id,
            clients.c.name,
            recipients.c.channel_id,
            recipients.c.conversation_id,
            recipients.c.state,
            recipients.c.reason,
            recipients.c.message_id,
            recipients.c.changed_at,
        )
        .outerjoin(clients, clients.c.id == recipients.c.client_id)
        .where(recipients.c.broadcast_id == broadcast_id)
    )
    if state is not None:
        statement = statement.where(recipients.c.state == state)
    at, row_id = recipients.c.changed_at, recipients.c.client_id
    rows = await tx.execute(paginate(statement, at, row_id, start=start, limit=limit))
    return [RecipientRow(*tuple(row)) for row in rows]


def _in_state(broadcast_id: BroadcastId, state: RecipientState) -> tuple[Any, ...]:
    return recipients.c.broadcast_id == broadcast_id, recipients.c.state == state


def _build_values(state: RecipientState, reason: str | None, now: datetime) -> dict[str, Any]:
    return {
        "state": state,
        "reason": reason and reason[:_MAX_REASON_LENGTH],
        "changed_at": now,
    }
