"""Read a conversation with everything needed to handle one of its messages, in one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, is_sqlite
from db.ids import AgentId, ChannelId, ClientId, ContactId, ConversationId, SessionId, new_id
from db.tables import Agent, Client, Contact, Conversation, Session

conversations = get_table(Conversation)
contacts = get_table(Contact)
clients = get_table(Client)
sessions = get_table(Session)
agents = get_table(Agent)


@dataclass(slots=True)
class Thread:
    """A conversation, its customer, its topic with the staff, and its open session if any."""

    conversation_id: ConversationId
    channel_id: ChannelId
    contact_id: ContactId
    client_id: ClientId
    external_id: str
    name: str
    username: str | None
    language: str | None
    is_blocked: bool
    unreachable: str | None
    staff_chat: str | None
    staff_topic: str | None
    staff_card: str | None
    session_count: int
    client_since: datetime
    session_id: SessionId | None = None
    session_number: int | None = None
    session_since: datetime | None = None
    holder_id: AgentId | None = None
    holder_name: str | None = None
    # Staff gave the customer this name.
    is_renamed: bool = False
    alias: str | None = None
    phone: str | None = None
    # Until when free messages may be sent, where a provider limits that.
    reply_until: datetime | None = None
    last_inbound_id: str | None = None
    # The contact's original client, while that client is merged into this one.
    own_client_id: ClientId | None = None
    # The topic of their own chat that the customer wrote in last.
    chat_topic: str | None = None
    recent_notes: list[Any] | None = None
    # Since when the customer wants no marketing messages.
    marketing_stopped_at: datetime | None = None


_COLUMNS = (
    conversations.c.id,
    conversations.c.channel_id,
    conversations.c.contact_id,
    contacts.c.client_id,
    contacts.c.external_id,
    clients.c.name,
    clients.c.username,
    clients.c.language,
    clients.c.is_blocked,
    contacts.c.unreachable,
    conversations.c.staff_chat,
    conversations.c.staff_topic,
    conversations.c.staff_card,
    conversations.c.session_count,
    clients.c.created_at,
    sessions.c.id,
    sessions.c.number,
    sessions.c.created_at,
    sessions.c.cs_id,
    agents.c.name,
    clients.c.is_renamed,
    contacts.c.alias,
    clients.c.phone,
    conversations.c.reply_until,
    conversations.c.last_inbound_id,
    contacts.c.own_client_id,
    contacts.c.chat_topic,
    conversations.c.recent_notes,
    contacts.c.marketing_stopped_at,
)
_FROM = (
    conversations.join(contacts, contacts.c.id == conversations.c.contact_id)
    .join(clients, clients.c.id == contacts.c.client_id)
    .outerjoin(sessions, sessions.c.active_conversation_id == conversations.c.id)
    .outerjoin(agents, agents.c.id == sessions.c.cs_id)
)


_READ = select(*_COLUMNS).select_from(_FROM)
_BY_ID = conversations.c.id.in_(bindparam("ids", expanding=True))
_BY_CONTACT = conversations.c.contact_id.in_(
    select(contacts.c.id).where(
        contacts.c.channel_id == bindparam("channel"),
        contacts.c.external_id.in_(bindparam("addresses", expanding=True)),
    )
)
_BY_ALIAS = conversations.c.contact_id.in_(
    select(contacts.c.id).where(
        contacts.c.channel_id == bindparam("channel"),
        contacts.c.alias.in_(bindparam("addresses", expanding=True)),
    )
)
_BY_TOPIC = and_(
    conversations.c.staff_chat == bindparam("chat"),
    conversations.c.staff_topic.in_(bindparam("topics", expanding=True)),
)
_READ_BY_ID = _READ.where(_BY_ID)


@dataclass(frozen=True, slots=True)
class _Selection:
    """One way to select threads: read directly, or lock first."""

    read: Select[Any]
    lock: Select[Any]

    @classmethod
    def where(cls, which: ColumnElement[bool]) -> "_Selection":
        return cls(_READ.where(which), select(conversations.c.id).where(which).with_for_update())


_SELECT_BY_IDS, _SELECT_BY_CONTACTS, _SELECT_BY_ALIASES, _SELECT_BY_TOPICS = map(
    _Selection.where, (_BY_ID, _BY_CONTACT, _BY_ALIAS, _BY_TOPIC)
)


async def lock_by_contacts(
    tx: AsyncSession, channel_id: ChannelId, external_ids: Sequence[str]
) -> list[Thread]:
    """Lock and read the conversations of these addresses on a channel."""
    return await _lock_and_read(tx, _SELECT_BY_CONTACTS, channel=channel_id, addresses=external_ids)


async def lock_by_aliases(
    tx: AsyncSession, channel_id: ChannelId, aliases: Sequence[str]
) -> list[Thread]:
    """Lock and read the conversations of the addresses that have these aliases."""
    return await _lock_and_read(tx, _SELECT_BY_ALIASES, channel=channel_id, addresses=aliases)


async def lock_by_topics(tx: AsyncSession, chat: str, topics: Sequence[str]) -> list[Thread]:
    """Lock and read the conversations of these topics of a staff group."""
    return await _lock_and_read(tx, _SELECT_BY_TOPICS, chat=chat, topics=topics)


async def lock_by_ids(tx: AsyncSession, ids: Sequence[ConversationId]) -> list[Thread]:
    """Lock and read these conversations."""
    return await _lock_and_read(tx, _SELECT_BY_IDS, ids=ids)


async def read_by_ids(tx: AsyncSession, ids: Sequence[ConversationId]) -> list[Thread]:
    """Read these conversations without a lock."""
    return [Thread(*tuple(row)) for row in await tx.execute(_READ_BY_ID, {"ids": ids})]


async def _lock_and_read(tx: AsyncSession, which: _Selection, **bound: object) -> list[Thread]:
    """Lock only the conversation rows, then read: a join `FOR UPDATE` would also lock agents."""
    if is_sqlite(tx):  # BEGIN IMMEDIATE holds SQLite's only lock
        return [Thread(*tuple(row)) for row in await tx.execute(which.read, bound)]
    ids = sorted((await tx.scalars(which.lock, bound)).all())
    return await read_by_ids(tx, ids) if ids else []


async def add_conversation(
    tx: AsyncSession,
    *,
    contact_id: ContactId,
    channel_id: ChannelId,
    staff_chat: str | None,
    now: datetime,
) -> ConversationId:
    """Add the conversation of a new contact, without a topic and without a session."""
    conversation_id = ConversationId(new_id())
    await tx.execute(
        insert(conversations).values(
            id=conversation_id,
            contact_id=contact_id,
            channel_id=channel_id,
            staff_chat=staff_chat,
            unread_count=0,
            session_count=0,
            is_active=True,
            last_message_at=now,
            created_at=now,
        )
    )
    return conversation_id
