"""Read all that is stored about a client, for an export."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, ClientId, ConversationId, SessionId
from db.queries.clients.clients import SELECT_CLIENT, ClientRow
from db.queries.clients.merging import find_merged_clients
from db.tables import (
    Agent,
    Channel,
    Client,
    Contact,
    Conversation,
    ConversationHandover,
    Session,
    SessionStatus,
    SessionTag,
    Tag,
)

clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)
channels = get_table(Channel)
sessions = get_table(Session)
agents = get_table(Agent)
handovers = get_table(ConversationHandover)
tags = get_table(Tag)
session_tags = get_table(SessionTag)
_to_agent = agents.alias("to_agent")
_by_agent = agents.alias("by_agent")


@dataclass(frozen=True, slots=True)
class ExportedConversation:
    """A conversation with its customer's address."""

    id: ConversationId
    channel_id: ChannelId
    channel_name: str
    external_id: str
    alias: str | None
    unreachable: str | None
    created_at: datetime
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExportedSession:
    """A session with its holder's name."""

    id: SessionId
    conversation_id: ConversationId
    number: int
    status: SessionStatus
    agent_name: str | None
    created_at: datetime
    ended_at: datetime | None
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ExportedHandover:
    """A handover of a session, with names and reason."""

    session_id: SessionId
    to_name: str | None
    by_name: str
    reason: str | None
    created_at: datetime


_CLIENT: BindParameter[str] = bindparam("client")
_CONVERSATIONS = (
    select(
        conversations.c.id,
        conversations.c.channel_id,
        channels.c.name,
        contacts.c.external_id,
        contacts.c.alias,
        contacts.c.unreachable,
        conversations.c.created_at,
        conversations.c.last_message_at,
    )
    .join(contacts, contacts.c.id == conversations.c.contact_id)
    .join(channels, channels.c.id == conversations.c.channel_id)
    .where(contacts.c.client_id == _CLIENT)
    .order_by(conversations.c.id)
)
_SESSIONS = (
    select(
        sessions.c.id,
        sessions.c.conversation_id,
        sessions.c.number,
        sessions.c.status,
        agents.c.name,
        sessions.c.created_at,
        sessions.c.ended_at,
    )
    .outerjoin(agents, agents.c.id == sessions.c.cs_id)
    .where(sessions.c.client_id == _CLIENT)
    .order_by(sessions.c.id)
)
_TAGS = (
    select(session_tags.c.session_id, tags.c.name)
    .join(tags, tags.c.id == session_tags.c.tag_id)
    .join(sessions, sessions.c.id == session_tags.c.session_id)
    .where(sessions.c.client_id == _CLIENT)
    .order_by(session_tags.c.session_id, tags.c.name)
)
_HANDOVERS = (
    select(
        handovers.c.session_id,
        _to_agent.c.name,
        func.coalesce(_by_agent.c.name, handovers.c.by_name),
        handovers.c.reason,
        handovers.c.created_at,
    )
    .select_from(
        handovers.join(sessions, sessions.c.id == handovers.c.session_id)
        .outerjoin(_to_agent, _to_agent.c.id == handovers.c.to_agent_id)
        .outerjoin(_by_agent, _by_agent.c.id == handovers.c.by_agent_id)
    )
    .where(sessions.c.client_id == _CLIENT)
    .order_by(handovers.c.id)
)


async def list_merged_clients(tx: AsyncSession, client_id: ClientId) -> Sequence[ClientRow]:
    """List the clients that were merged into this one, each with its own data."""
    others = await find_merged_clients(tx, client_id) - {client_id}
    rows = await tx.execute(
        SELECT_CLIENT.where(clients.c.id.in_(sorted(others))).order_by(clients.c.id)
    )
    return [ClientRow(*tuple(row)) for row in rows]


async def list_conversations(
    tx: AsyncSession, client_id: ClientId
) -> Sequence[ExportedConversation]:
    """List a client's conversations, oldest first."""
    rows = await tx.execute(_CONVERSATIONS, {"client": client_id})
    return [ExportedConversation(*tuple(row)) for row in rows]


async def list_sessions(tx: AsyncSession, client_id: ClientId) -> Sequence[ExportedSession]:
    """List a client's sessions, oldest first."""
    values = {"client": client_id}
    tagged: dict[SessionId, list[str]] = defaultdict(list)
    for session_id, name in await tx.execute(_TAGS, values):
        tagged[session_id].append(name)
    rows = await tx.execute(_SESSIONS, values)
    return [replace(ExportedSession(*tuple(row)), tags=tagged[row[0]]) for row in rows]


async def list_handovers(tx: AsyncSession, client_id: ClientId) -> Sequence[ExportedHandover]:
    """List the handovers of a client's sessions, oldest first."""
    rows = await tx.execute(_HANDOVERS, {"client": client_id})
    return [ExportedHandover(*tuple(row)) for row in rows]
