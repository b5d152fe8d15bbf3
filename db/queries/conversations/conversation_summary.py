"""Query `conversation_summary`: a conversation with its customer, channel and agent.

The view of this name is for people who write SQL. This query also filters by what the viewer may
see, and reads no more than the rows of a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, Select, and_, bindparam, case, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import force_join_order, get_table
from db.ids import (
    AgentId,
    ChannelId,
    ClientId,
    ContactId,
    ConversationId,
    MessageId,
    SessionId,
)
from db.queries.conversations.session_rows import PREVIEW_LENGTH
from db.queries.lists.search_scope import is_visible
from db.queries.lists.visibility import is_visible_to
from db.queries.tags import TagRow, list_tags_of_sessions
from db.tables import (
    Agent,
    AgentKind,
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    ConversationMetrics,
    Direction,
    Message,
    MessageType,
    Priority,
    SenderType,
    Session,
    SlaState,
    SlaTarget,
)

conversations = get_table(Conversation)
contacts = get_table(Contact)
clients = get_table(Client)
channels = get_table(Channel)
agents = get_table(Agent)
sessions = get_table(Session)
messages = get_table(Message)
metrics = get_table(ConversationMetrics)
opened = sessions.alias("opened")
last = messages.alias("last")
_newest = messages.alias("newest")
_seen_last = sessions.alias("seen_last")


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation with its open session and last message, as far as the viewer sees them."""

    id: ConversationId
    contact_id: ContactId
    unreachable: str | None
    session_count: int
    is_active: bool
    last_message_at: datetime
    created_at: datetime
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
    session_id: SessionId | None
    session_number: int | None
    session_since: datetime | None
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
    # Of the open session.
    priority: Priority | None = None
    snoozed_until: datetime | None = None
    changed_at: datetime | None = None
    unanswered_since: datetime | None = None
    first_answer_at: datetime | None = None
    first_answer_seconds: float | None = None
    sla_target: SlaTarget | None = None
    sla_state: SlaState | None = None
    sla_since: datetime | None = None
    sla_due_at: datetime | None = None
    # Of the open session, or else of the last one.
    tags: Sequence[TagRow] = ()


_COLUMNS = (
    conversations.c.id,
    conversations.c.contact_id,
    contacts.c.unreachable,
    conversations.c.session_count,
    conversations.c.is_active,
    func.coalesce(conversations.c.last_message_at, conversations.c.created_at),
    conversations.c.created_at,
    case((opened.c.id.is_not(None), conversations.c.unread_count), else_=0),
    clients.c.id,
    clients.c.name,
    clients.c.username,
    clients.c.phone,
    clients.c.language,
    clients.c.is_blocked,
    channels.c.id,
    channels.c.kind,
    channels.c.name,
    opened.c.id,
    opened.c.number,
    opened.c.created_at,
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
    opened.c.priority,
    opened.c.snoozed_until,
    opened.c.changed_at,
    metrics.c.unanswered_since,
    metrics.c.first_answer_at,
    metrics.c.first_answer_seconds,
    opened.c.sla_target,
    opened.c.sla_state,
    opened.c.sla_since,
    opened.c.sla_due_at,
)
# The session whose tags a row has.
_TAGGED = "tagged_id"


def conversation_summary(found: FromClause | None = None, *, viewer: bool) -> Select[Any]:
    """Build the query for the conversations whose ids are in `found`, or for any, unordered.

    With `viewer`, an agent is bound as `viewer`, and sessions that this agent does not see are left
    out.
    """
    start: FromClause = conversations
    if found is not None:
        start = found.join(conversations, conversations.c.id == found.c.id)
    shown = is_visible_to(opened, bindparam("viewer")) if viewer else true()
    newest_seen = _select_newest_session(viewer=viewer)
    said_last = last.c.id == _select_newest_message(newest_seen)
    tagged = func.coalesce(opened.c.id, newest_seen).label(_TAGGED)
    statement = select(*_COLUMNS, tagged).select_from(
        start.join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(clients, clients.c.id == contacts.c.client_id)
        .join(channels, channels.c.id == conversations.c.channel_id)
        .outerjoin(opened, and_(opened.c.active_conversation_id == conversations.c.id, shown))
        .outerjoin(agents, agents.c.id == opened.c.cs_id)
        .outerjoin(metrics, metrics.c.session_id == opened.c.id)
        .outerjoin(last, and_(said_last, last.c.conversation_id == conversations.c.id))
    )
    return force_join_order(statement)


def _select_newest_session(*, viewer: bool) -> Any:
    """Select the id of the newest visible session."""
    seen = is_visible_to(_seen_last, bindparam("viewer")) if viewer else true()
    return (
        select(_seen_last.c.id)
        .where(_seen_last.c.conversation_id == conversations.c.id, seen)
        .order_by(_seen_last.c.number.desc())
        .limit(1)
        .correlate(conversations)
        .scalar_subquery()
    )


def _select_newest_message(session: Any) -> Any:
    """Select the id of the last message in a session."""
    return (
        select(_newest.c.id)
        .where(_newest.c.session_id == session)
        .order_by(_newest.c.created_at.desc(), _newest.c.id.desc())
        .limit(1)
        .correlate(conversations)
        .scalar_subquery()
    )


async def read_conversations(
    tx: AsyncSession, statement: Select[Any], values: dict[str, Any]
) -> list[ConversationRow]:
    """Run a query made by `conversation_summary`."""
    rows = (await tx.execute(statement, values)).all()
    tagged = [getattr(row, _TAGGED) for row in rows]
    tags = await list_tags_of_sessions(tx, [each for each in tagged if each])
    return [
        replace(ConversationRow(*tuple(row)[:-1]), tags=tags.get(each, ()))
        for row, each in zip(rows, tagged, strict=True)
    ]


_ANY = conversations.c.id == bindparam("conversation")
_SEEN = is_visible(sessions.c.conversation_id, conversations.c.id)
_ONE = conversation_summary(viewer=False).where(_ANY)
_ONE_SEEN = conversation_summary(viewer=True).where(_ANY, _SEEN)


async def find_conversation(
    tx: AsyncSession, conversation_id: ConversationId, *, viewer: AgentId | None
) -> ConversationRow | None:
    """Read a conversation; None if it does not exist or `viewer` sees nothing of it."""
    values = {"conversation": conversation_id, "viewer": viewer}
    rows = await read_conversations(tx, _ONE if viewer is None else _ONE_SEEN, values)
    return rows[0] if rows else None
