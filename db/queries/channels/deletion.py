"""Delete a channel: its row stays, because its conversations refer to it; its secrets go."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import ChannelId, ConversationId
from db.tables import (
    BroadcastRecipient,
    Channel,
    ChannelAgent,
    Contact,
    Conversation,
    DeliveryState,
    Inbox,
    InboxState,
    Message,
    Outbox,
    OutboxState,
    RecipientState,
    Session,
    SessionStatus,
    SkipReason,
    WhatsAppSession,
)

channels = get_table(Channel)
channel_agents = get_table(ChannelAgent)
contacts = get_table(Contact)
conversations = get_table(Conversation)
inbox = get_table(Inbox)
links = get_table(WhatsAppSession)
messages = get_table(Message)
outbox = get_table(Outbox)
recipients = get_table(BroadcastRecipient)
sessions = get_table(Session)

_IS_OPEN = sessions.c.status == SessionStatus.ACTIVE
_TIMER = "timer:%"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a channel still has to do."""

    open_sessions: int
    unsent_messages: int
    unhandled_updates: int

    def __bool__(self) -> bool:
        return bool(self.open_sessions or self.unsent_messages or self.unhandled_updates)


async def count_unfinished(tx: AsyncSession, channel_id: ChannelId) -> Unfinished:
    """Count a channel's open sessions, and what waits to be sent or handled."""
    opened = (
        select(func.count())
        .select_from(sessions.join(conversations, conversations.c.id == sessions.c.conversation_id))
        .where(_IS_OPEN, conversations.c.channel_id == channel_id)
    )
    unsent = (
        select(func.count())
        .select_from(outbox)
        .where(
            outbox.c.state.in_([OutboxState.PENDING, OutboxState.SENDING]),
            outbox.c.channel_id == channel_id,
            outbox.c.message_id.is_not(None),
        )
    )
    unhandled = (
        select(func.count())
        .select_from(inbox)
        .where(
            inbox.c.state == InboxState.PENDING,
            inbox.c.channel_id == channel_id,
            inbox.c.provider_id.not_like(_TIMER),
        )
    )
    counts = [await tx.scalar(each) or 0 for each in (opened, unsent, unhandled)]
    return Unfinished(*counts)


async def list_open_conversations(tx: AsyncSession, channel_id: ChannelId) -> list[ConversationId]:
    """List a channel's conversations with an open session, in the order of their locks."""
    wanted = (
        select(conversations.c.id)
        .join(sessions, sessions.c.active_conversation_id == conversations.c.id)
        .where(conversations.c.channel_id == channel_id)
        .order_by(conversations.c.id)
    )
    return list(await tx.scalars(wanted))


async def list_channels_served_by(tx: AsyncSession, channel_id: ChannelId) -> list[str]:
    """List the names of the channels whose staff groups this channel's bot serves."""
    wanted = select(channels.c.name).where(
        channels.c.staff_channel_id == channel_id, channels.c.deleted_at.is_(None)
    )
    return list(await tx.scalars(wanted.order_by(channels.c.name)))


async def fail_unsent_messages(
    tx: AsyncSession, channel_id: ChannelId, reason: str, now: datetime
) -> int:
    """Give up what waits to be sent by a channel; return how many answers are failed by it."""
    waits = outbox.c.state == OutboxState.PENDING, outbox.c.channel_id == channel_id
    ids = list(await tx.scalars(select(outbox.c.message_id).where(*waits).distinct()))
    values = {"state": OutboxState.FAILED, "error": reason, "settled_at": now}
    await tx.execute(update(outbox).where(*waits).values(values))
    skipped = {
        "state": RecipientState.SKIPPED,
        "reason": SkipReason.CHANNEL_OFF,
        "changed_at": now,
    }
    queued = recipients.c.state == RecipientState.QUEUED, recipients.c.message_id.in_(ids)
    await tx.execute(update(recipients).where(*queued).values(skipped))
    failed = {"delivery_state": DeliveryState.FAILED, "delivery_error": reason}
    pending = messages.c.delivery_state == DeliveryState.PENDING, messages.c.id.in_(ids)
    return count_changed(await tx.execute(update(messages).where(*pending).values(failed)))


async def park_unhandled_updates(
    tx: AsyncSession, channel_id: ChannelId, reason: str, now: datetime
) -> int:
    """Park a channel's unhandled updates, and settle its timers; return how many were parked."""
    waits = inbox.c.state == InboxState.PENDING, inbox.c.channel_id == channel_id
    done = {"state": InboxState.DONE, "settled_at": now}
    await tx.execute(update(inbox).where(*waits, inbox.c.provider_id.like(_TIMER)).values(done))
    parked = {"state": InboxState.PARKED, "error": reason, "settled_at": now}
    return count_changed(await tx.execute(update(inbox).where(*waits).values(parked)))


async def mark_deleted(
    tx: AsyncSession, channel_id: ChannelId, external_id: str, reason: str, now: datetime
) -> None:
    """Mark a channel as deleted, and erase its credentials, agents, groups and link.

    `external_id` replaces its own, so that the same bot or number can be connected again.
    """
    await tx.execute(delete(channel_agents).where(channel_agents.c.channel_id == channel_id))
    await tx.execute(delete(links).where(links.c.channel_id == channel_id))
    theirs = contacts.c.channel_id == channel_id
    await tx.execute(update(contacts).where(theirs).values(unreachable=reason))
    values = {
        "external_id": external_id,
        "is_active": False,
        "credentials": None,
        "staff_groups": [],
        "last_check": None,
        "deleted_at": now,
    }
    await tx.execute(update(channels).where(channels.c.id == channel_id).values(values))
