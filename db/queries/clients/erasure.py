"""Delete all that is stored about a client, in steps, each in the caller's transaction.

Each table that holds customers' data has a function here. tests/api/test_erasure.py searches every
column of the database for what is left.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import (
    AgentId,
    ChannelId,
    ClientId,
    ContactId,
    ConversationId,
    MessageId,
    SessionId,
)
from db.queries.clients.merging import find_merged_clients
from db.queues.payloads import NO_PAYLOAD
from db.tables import (
    AiConversationLog,
    AiSession,
    AiTurn,
    AutoReplyFiring,
    BroadcastRecipient,
    Client,
    ClientMerge,
    Contact,
    Conversation,
    ConversationHandover,
    ConversationMetrics,
    IdempotencyKey,
    Inbox,
    InboxState,
    KnowledgeQuestion,
    Lane,
    Mention,
    Message,
    MessageLink,
    Outbox,
    OutboxState,
    Queue,
    QueueNotice,
    RateLimitBackoff,
    RateLimitUsage,
    RatingRequest,
    Session,
    SessionStatus,
    SessionTag,
    Tag,
)

clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)
sessions = get_table(Session)
merges = get_table(ClientMerge)
handovers = get_table(ConversationHandover)
ai_logs = get_table(AiConversationLog)
# Questions that are proposed from a conversation; accepted ones name none.
questions = get_table(KnowledgeQuestion)
metrics = get_table(ConversationMetrics)
firings = get_table(AutoReplyFiring)
ratings = get_table(RatingRequest)
queue_notices = get_table(QueueNotice)
recipients = get_table(BroadcastRecipient)
ai_turns = get_table(AiTurn)
ai_sessions = get_table(AiSession)
messages = get_table(Message)
links = get_table(MessageLink)
mentions = get_table(Mention)
inbox = get_table(Inbox)
outbox = get_table(Outbox)
lanes = get_table(Lane)
backoffs = get_table(RateLimitBackoff)
usage = get_table(RateLimitUsage)
keys = get_table(IdempotencyKey)
tags = get_table(Tag)
session_tags = get_table(SessionTag)

# No lane has this name. Rows in it are settled, and are deleted with the other settled rows.
_ERASED_LANE = "erased"
_OUTGOING = (Queue.CUSTOMER, Queue.STAFF, Queue.BACKGROUND, Queue.BROADCAST)


@dataclass(frozen=True, slots=True)
class ErasedConversation:
    """One conversation of a client, with the customer's address."""

    contact_id: ContactId
    channel_id: ChannelId
    external_id: str
    alias: str | None
    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class ErasedMessage:
    """A message to delete, with its files, also those it had before an edit."""

    id: MessageId
    files: tuple[dict[str, Any], ...]


async def list_client_conversations(
    tx: AsyncSession, client_id: ClientId
) -> list[ErasedConversation] | None:
    """List a client's conversations; None if there is no such client."""
    if await tx.scalar(select(clients.c.id).where(clients.c.id == client_id)) is None:
        return None
    rows = await tx.execute(
        select(
            contacts.c.id,
            contacts.c.channel_id,
            contacts.c.external_id,
            contacts.c.alias,
            conversations.c.id,
        )
        .join(conversations, conversations.c.contact_id == contacts.c.id)
        .where(contacts.c.client_id == client_id)
        .order_by(conversations.c.id)
    )
    return [ErasedConversation(*tuple(row)) for row in rows]


async def list_inbox_lanes(tx: AsyncSession, beginning: str) -> list[str]:
    """List the lanes of updates whose name begins with `beginning`."""
    # A range, not LIKE: SQLite would not use the index for LIKE.
    named = lanes.c.lane >= beginning, lanes.c.lane < f"{beginning}~"
    return list(await tx.scalars(select(lanes.c.lane).where(lanes.c.queue == Queue.INBOX, *named)))


async def clear_inbox(tx: AsyncSession, names: Collection[str], now: datetime) -> None:
    """Empty the updates of these lanes, handled or not, and delete the lanes.

    Waits for a worker that has locked one of them. The rows stay, so that a repeated update is
    recognized.
    """
    of_these = lanes.c.queue == Queue.INBOX, lanes.c.lane.in_(names)
    await tx.execute(select(lanes.c.lane).where(*of_these).with_for_update())
    for state in InboxState:
        values = {"payload": "{}", "error": None, "lane": _ERASED_LANE, "settled_at": now}
        await _clear_rows(tx, inbox, state, names, {**values, "state": InboxState.DONE})
    await tx.execute(delete(lanes).where(*of_these))


async def clear_outbox(tx: AsyncSession, names: Collection[str], now: datetime) -> bool:
    """Empty the outbox rows of these lanes, and delete the lanes.

    Returns False and changes nothing if something in them is being sent at this moment.
    """
    of_these = lanes.c.queue.in_(_OUTGOING), lanes.c.lane.in_(names)
    held = await tx.scalars(select(lanes.c.lease).where(*of_these).with_for_update())
    if any(lease is not None for lease in held):
        return False
    for state in OutboxState:
        await _clear_rows(tx, outbox, state, names, _get_empty_values(now))
    await tx.execute(delete(lanes).where(*of_these))
    return True


async def clear_notices(tx: AsyncSession, beginning: str, now: datetime) -> None:
    """Empty the notices, sent or not, whose dedup key begins with `beginning`."""
    # A range, not LIKE: SQLite would not use the index for LIKE.
    named = outbox.c.dedup_key >= beginning, outbox.c.dedup_key < f"{beginning}~"
    await tx.execute(update(outbox).where(*named).values(_get_empty_values(now)))


async def clear_settled_notices(tx: AsyncSession, names: Collection[str]) -> None:
    """Empty what was sent, or given up, in these lanes, which several conversations share."""
    for state in (OutboxState.DONE, OutboxState.FAILED, OutboxState.UNCERTAIN):
        await _clear_rows(tx, outbox, state, names, {"payload": NO_PAYLOAD, "error": None})


async def clear_parked(
    tx: AsyncSession, names: Collection[str], is_about: Callable[[str], bool], now: datetime
) -> None:
    """Empty the parked updates of these lanes whose payload is about the client.

    Several conversations share these lanes. What was handled there is empty already.
    """
    parked = inbox.c.state == InboxState.PARKED, inbox.c.lane.in_(names)
    for row in (await tx.execute(select(inbox.c.id, inbox.c.payload).where(*parked))).all():
        if is_about(row.payload):
            values = {"payload": "{}", "error": None, "state": InboxState.DONE, "settled_at": now}
            await tx.execute(update(inbox).where(inbox.c.id == row.id).values(values))


async def list_client_names(tx: AsyncSession, client_id: ClientId) -> set[str]:
    """Return the names, numbers and ids of a client and of all clients merged into it."""
    person = await find_merged_clients(tx, client_id)
    columns = clients.c.name, clients.c.username, clients.c.phone, clients.c.telegram_id
    rows = await tx.execute(select(*columns).where(clients.c.id.in_(person)))
    return {value for row in rows for value in row if value}


def _get_empty_values(now: datetime) -> dict[str, Any]:
    return {
        "payload": NO_PAYLOAD,
        "error": None,
        "dedup_key": None,
        "lane": _ERASED_LANE,
        "state": OutboxState.DONE,
        "settled_at": now,
        "conversation_id": None,
        "message_id": None,
        "place_id": None,
    }


async def _clear_rows(
    tx: AsyncSession, table: Table, state: str, names: Collection[str], values: dict[str, Any]
) -> None:
    these = table.c.state == state, table.c.lane.in_(names)
    await tx.execute(update(table).where(*these).values(values))


async def delete_backoffs(tx: AsyncSession, rate_limit_keys: Collection[str]) -> None:
    """Delete the backoffs of these rate-limit keys: the keys contain addresses."""
    await tx.execute(delete(backoffs).where(backoffs.c.rate_limit_key.in_(rate_limit_keys)))


async def delete_usage(tx: AsyncSession, owner: str, rate_limit_keys: Collection[str]) -> None:
    """Delete the usage of these rate-limit keys from a bot's or number's usage."""
    mine = usage.c.owner == owner
    calls = await tx.scalar(select(usage.c.calls).where(mine).with_for_update())
    if calls and not calls.keys().isdisjoint(rate_limit_keys):
        left = {
            rate_limit_key: times
            for rate_limit_key, times in calls.items()
            if rate_limit_key not in rate_limit_keys
        }
        await tx.execute(update(usage).where(mine).values(calls=left))


async def delete_stored_replies(tx: AsyncSession, conversation_id: ConversationId) -> None:
    """Delete stored replies about a conversation; they are kept for a day."""
    about = keys.c.reply.contains(f'"{conversation_id}"', autoescape=True)
    # Found first, without locks: a DELETE that searches would wait for sends that are running.
    found = (await tx.execute(select(keys.c.user_id, keys.c.key).where(about))).all()
    for user_id, key in found:
        await tx.execute(delete(keys).where(keys.c.user_id == user_id, keys.c.key == key))


async def list_oldest_messages(
    tx: AsyncSession, conversation_ids: Collection[ConversationId], most: int
) -> list[ErasedMessage]:
    """List messages of these conversations, one conversation after the other, oldest first."""
    found: list[ErasedMessage] = []
    for conversation_id in conversation_ids:
        rows = await tx.execute(
            select(messages.c.id, messages.c.file, messages.c.history)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.id)
            .limit(most - len(found))
        )
        for row in rows:
            kept = [row.file, *(earlier.get("file") for earlier in row.history or ())]
            found.append(ErasedMessage(row.id, tuple(file for file in kept if file)))
        if len(found) == most:
            break
    return found


async def delete_messages(tx: AsyncSession, ids: Sequence[MessageId]) -> None:
    """Delete messages, the records of their copies, and who is named in them."""
    if ids:
        await tx.execute(delete(links).where(links.c.message_id.in_(ids)))
        await tx.execute(delete(mentions).where(mentions.c.message_id.in_(ids)))
        await tx.execute(delete(messages).where(messages.c.id.in_(ids)))


async def list_open_session_holders(tx: AsyncSession, client_id: ClientId) -> list[AgentId | None]:
    """List the holders of a client's open sessions; None: the session waits for an agent."""
    is_open = sessions.c.client_id == client_id, sessions.c.status == SessionStatus.ACTIVE
    return list(await tx.scalars(select(sessions.c.cs_id).where(*is_open)))


async def delete_client(
    tx: AsyncSession, client_id: ClientId, erased: Sequence[ErasedConversation]
) -> int | None:
    """Delete a client whose messages and staff places are deleted, with everything else of it.

    Returns how many sessions the client had; None: another process has deleted the client.
    """
    ids = list(await tx.scalars(select(sessions.c.id).where(sessions.c.client_id == client_id)))
    for some in _split_into_chunks(ids):
        await _delete_tags(tx, some)
        await tx.execute(delete(handovers).where(handovers.c.session_id.in_(some)))
        await tx.execute(delete(ai_logs).where(ai_logs.c.session_id.in_(some)))
        await tx.execute(delete(metrics).where(metrics.c.session_id.in_(some)))
        await tx.execute(delete(ai_turns).where(ai_turns.c.session_id.in_(some)))
        await tx.execute(delete(ai_sessions).where(ai_sessions.c.session_id.in_(some)))
        await tx.execute(delete(firings).where(firings.c.session_id.in_(some)))
        await tx.execute(delete(queue_notices).where(queue_notices.c.session_id.in_(some)))
        await tx.execute(delete(ratings).where(ratings.c.session_id.in_(some)))
        await tx.execute(delete(sessions).where(sessions.c.id.in_(some)))
    for conversation in erased:
        of_this = conversation.conversation_id
        await tx.execute(delete(questions).where(questions.c.conversation_id == of_this))
        await tx.execute(delete(conversations).where(conversations.c.id == of_this))
        await tx.execute(delete(contacts).where(contacts.c.id == conversation.contact_id))
    return len(ids) if await _delete_merged_clients(tx, client_id) else None


async def _delete_tags(tx: AsyncSession, ids: Sequence[SessionId]) -> None:
    """Take all tags from sessions, and delete those that no other session has.

    A word that staff used for one customer alone may be about this customer.
    """
    these = session_tags.c.session_id.in_(ids)
    used = list(await tx.scalars(select(session_tags.c.tag_id).where(these).distinct()))
    await tx.execute(delete(session_tags).where(these))
    has_others = exists().where(session_tags.c.tag_id == tags.c.id)
    await tx.execute(delete(tags).where(tags.c.id.in_(used), ~has_others))


async def _delete_merged_clients(tx: AsyncSession, client_id: ClientId) -> bool:
    """Delete a client and all clients merged into it; return False if none existed."""
    person = sorted(await find_merged_clients(tx, client_id))
    ever = or_(merges.c.kept_id.in_(person), merges.c.merged_id.in_(person))
    await tx.execute(delete(merges).where(ever))
    await tx.execute(delete(recipients).where(recipients.c.client_id.in_(person)))
    these = clients.c.id.in_(person)
    await tx.execute(update(clients).where(these).values(merged_into_id=None))
    result = await tx.execute(delete(clients).where(these))
    return count_changed(result) > 0


def _split_into_chunks(ids: list[Any], size: int = 500) -> Iterator[list[Any]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
