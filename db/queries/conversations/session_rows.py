"""Read sessions with their customer, channel, agent and last message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, Select, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import force_join_order, get_table
from db.ids import AgentId, ChannelId, ClientId, ConversationId, MessageId, SessionId
from db.queries.tags import TagRow, list_tags_of_sessions
from db.tables import (
    Agent,
    AgentKind,
    Channel,
    ChannelKind,
    Client,
    Conversation,
    ConversationMetrics,
    Direction,
    Message,
    MessageType,
    Priority,
    SenderType,
    Session,
    SessionStatus,
    SlaState,
    SlaTarget,
)

sessions = get_table(Session)
conversations = get_table(Conversation)
clients = get_table(Client)
channels = get_table(Channel)
agents = get_table(Agent)
messages = get_table(Message)
metrics = get_table(ConversationMetrics)
last = messages.alias("last")
_newest = messages.alias("newest")

# How many characters of the last message a list shows.
PREVIEW_LENGTH = 200


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as lists show it; the fields `last_…` are None if it has no message."""

    id: SessionId
    conversation_id: ConversationId
    number: int
    status: SessionStatus
    created_at: datetime
    ended_at: datetime | None
    unread_count: int
    client_id: ClientId
    client_name: str
    client_username: str | None
    client_phone: str | None
    client_language: str | None
    client_is_blocked: bool
    channel_id: ChannelId
    channel_kind: ChannelKind
    channel_name: str
    cs_id: AgentId | None
    cs_name: str | None
    cs_kind: AgentKind | None
    last_id: MessageId | None
    last_sender_type: SenderType | None
    last_direction: Direction | None
    last_message_type: MessageType | None
    last_message: str | None
    last_author_name: str | None
    last_created_at: datetime | None
    reply_until: datetime | None = None
    priority: Priority = Priority.NORMAL
    snoozed_until: datetime | None = None
    sla_target: SlaTarget | None = None
    sla_state: SlaState | None = None
    sla_since: datetime | None = None
    sla_due_at: datetime | None = None
    # When it was opened, reopened, or got its present holder, or none.
    changed_at: datetime | None = None
    unanswered_since: datetime | None = None
    first_answer_at: datetime | None = None
    first_answer_seconds: float | None = None
    tags: Sequence[TagRow] = ()

    @property
    def is_waiting(self) -> bool:
        return self.status is SessionStatus.ACTIVE and self.cs_id is None

    @property
    def human_holder(self) -> AgentId | None:
        """Return who has the right of the holder: nobody, while an AI agent holds the session."""
        is_held_by_ai = self.status is SessionStatus.ACTIVE and self.cs_kind is AgentKind.AI
        return None if is_held_by_ai else self.cs_id


# Unread messages of an ended session do not count: see desk/conversations/sessions.py.
_UNREAD = case((sessions.c.status == SessionStatus.ACTIVE, conversations.c.unread_count), else_=0)
_COLUMNS = (
    sessions.c.id,
    sessions.c.conversation_id,
    sessions.c.number,
    sessions.c.status,
    sessions.c.created_at,
    sessions.c.ended_at,
    _UNREAD,
    clients.c.id,
    clients.c.name,
    clients.c.username,
    clients.c.phone,
    clients.c.language,
    clients.c.is_blocked,
    channels.c.id,
    channels.c.kind,
    channels.c.name,
    agents.c.id,
    agents.c.name,
    agents.c.kind,
    last.c.id,
    last.c.sender_type,
    last.c.direction,
    last.c.message_type,
    func.substr(last.c.message, 1, PREVIEW_LENGTH),
    last.c.author_name,
    last.c.created_at,
    conversations.c.reply_until,
    sessions.c.priority,
    sessions.c.snoozed_until,
    sessions.c.sla_target,
    sessions.c.sla_state,
    sessions.c.sla_since,
    sessions.c.sla_due_at,
    sessions.c.changed_at,
    metrics.c.unanswered_since,
    metrics.c.first_answer_at,
    metrics.c.first_answer_seconds,
)


# One index look-up.
_NEWEST_MESSAGE_ID = (
    select(_newest.c.id)
    .where(_newest.c.session_id == sessions.c.id)
    .order_by(_newest.c.created_at.desc(), _newest.c.id.desc())
    .limit(1)
    .correlate(sessions)
    .scalar_subquery()
)


def build_sessions_query(found: FromClause | None = None) -> Select[Any]:
    """Build the query for the sessions whose ids are in `found`, or for any, unordered."""
    start: FromClause = sessions
    if found is not None:
        start = found.join(sessions, sessions.c.id == found.c.id)
    statement = select(*_COLUMNS).select_from(
        start.join(conversations, conversations.c.id == sessions.c.conversation_id)
        .join(clients, clients.c.id == sessions.c.client_id)
        .join(channels, channels.c.id == conversations.c.channel_id)
        .outerjoin(agents, agents.c.id == sessions.c.cs_id)
        .outerjoin(metrics, metrics.c.session_id == sessions.c.id)
        .outerjoin(last, and_(last.c.id == _NEWEST_MESSAGE_ID, last.c.session_id == sessions.c.id))
    )
    return force_join_order(statement)


async def read_sessions(
    tx: AsyncSession, statement: Select[Any], values: Mapping[str, Any]
) -> list[SessionRow]:
    """Run a query made by `build_sessions_query`, and return its rows in its order."""
    rows = (await tx.execute(statement, values)).all()
    tags = await list_tags_of_sessions(tx, [row[0] for row in rows])
    return [replace(SessionRow(*tuple(row)), tags=tags.get(row[0], ())) for row in rows]


_ONE = build_sessions_query().where(sessions.c.id == bindparam("session"))


async def find_session(tx: AsyncSession, session_id: SessionId) -> SessionRow | None:
    """Read one session."""
    rows = await read_sessions(tx, _ONE, {"session": session_id})
    return rows[0] if rows else None
