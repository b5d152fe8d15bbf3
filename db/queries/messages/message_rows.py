"""Read messages as lists show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ConversationId, MessageId, SessionId
from db.queries.lists.keyset import (
    PageDirection,
    PageStart,
    build_page,
    build_page_by_id,
    get_direction,
    get_page_params,
)
from db.queries.lists.visibility import is_visible_to, select_human_holder
from db.tables import (
    DeliveryState,
    Direction,
    Message,
    MessageLink,
    MessageType,
    SenderType,
    Session,
    SessionStatus,
    Side,
)

links = get_table(MessageLink)
messages = get_table(Message)
sessions = get_table(Session)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message with all its columns."""

    id: MessageId
    # None: said while no session was open.
    session_id: SessionId | None
    conversation_id: ConversationId
    sender_type: SenderType
    direction: Direction
    message_type: MessageType
    message: str | None
    entities: list[dict[str, Any]] | None
    file: dict[str, Any] | None
    attributes: dict[str, Any] | None
    reply_to_id: MessageId | None
    author_id: AgentId | None
    author_name: str | None
    is_read: bool
    delivery_state: DeliveryState
    delivery_error: str | None
    edited_at: datetime | None
    deleted_at: datetime | None
    history: list[dict[str, Any]] | None
    created_at: datetime


_COLUMNS = (
    messages.c.id,
    messages.c.session_id,
    messages.c.conversation_id,
    messages.c.sender_type,
    messages.c.direction,
    messages.c.message_type,
    messages.c.message,
    messages.c.entities,
    messages.c.file,
    messages.c.attributes,
    messages.c.reply_to_id,
    messages.c.author_id,
    messages.c.author_name,
    messages.c.is_read,
    messages.c.delivery_state,
    messages.c.delivery_error,
    messages.c.edited_at,
    messages.c.deleted_at,
    messages.c.history,
    messages.c.created_at,
)
MESSAGE_COLUMNS = _COLUMNS
_READ = select(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A page of a session's messages, with the session's holder and whether it is open.

    Read in one query, because it is needed often.
    """

    human_holder: AgentId | None
    is_open: bool
    rows: list[MessageRow]


async def list_session_messages(
    tx: AsyncSession, session_id: SessionId, *, start: PageStart | None, limit: int
) -> SessionPage | None:
    """Read a page of a session's messages and one more, newest first.

    Returns None if there is no message; the session may not exist either.
    """
    values = {"session": session_id, **get_page_params(start, limit)}
    found = [
        tuple(row) for row in await tx.execute(_build_session_page(get_direction(start)), values)
    ]
    if not found:
        return None
    human_holder, status = found[0][-2:]
    return SessionPage(
        human_holder, status is SessionStatus.ACTIVE, [MessageRow(*row[:-2]) for row in found]
    )


async def list_conversation_messages(
    tx: AsyncSession,
    conversation_id: ConversationId,
    *,
    viewer: AgentId | None,
    start: PageStart | None,
    limit: int,
) -> list[MessageRow]:
    """Read a page of a conversation's messages in the sessions that `viewer` sees.

    `viewer` None: in all of its sessions.
    """
    statement = _build_conversation_page(get_direction(start), viewer is None)
    return await _read_rows(
        tx,
        statement,
        {"conversation": conversation_id, "viewer": viewer, **get_page_params(start, limit)},
    )


async def list_messages_after(
    tx: AsyncSession, conversation_id: ConversationId, after: MessageId | None, *, most: int
) -> list[MessageRow]:
    """Read the next messages of a conversation, oldest first; `after` None: from its beginning."""
    values = {"conversation": conversation_id, "after": after or "", "most": most}
    return await _read_rows(tx, _AFTER, values)


_AFTER = (
    _READ.where(
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.id > bindparam("after"),
    )
    .order_by(messages.c.id)
    .limit(bindparam("most", type_=Integer))
)


async def list_messages_from(
    tx: AsyncSession, conversation_id: ConversationId, first: MessageId, *, most: int
) -> list[MessageRow]:
    """Read a message and the next ones of its conversation, oldest first."""
    values = {"conversation": conversation_id, "first": first, "most": most}
    return await _read_rows(tx, _FROM, values)


_FROM = (
    _READ.where(
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.id >= bindparam("first"),
    )
    .order_by(messages.c.id)
    .limit(bindparam("most", type_=Integer))
)


async def find_message(tx: AsyncSession, message_id: MessageId) -> MessageRow | None:
    """Read one message."""
    rows = await _read_rows(tx, _ONE, {"message": message_id})
    return rows[0] if rows else None


async def read_message(tx: AsyncSession, message_id: MessageId) -> MessageRow:
    """Read one message that exists."""
    return MessageRow(*tuple((await tx.execute(_ONE, {"message": message_id})).one()))


_ONE = _READ.where(messages.c.id == bindparam("message"))


@dataclass(frozen=True, slots=True)
class MessageWithOriginal:
    """A message, and where staff wrote it: chat and provider's id; None: outside the topic."""

    row: MessageRow
    original: tuple[str, str] | None


async def read_message_with_original(
    tx: AsyncSession, message_id: MessageId
) -> MessageWithOriginal:
    """Read one message that exists, with its first copy in the staff's chats."""
    *row, chat, provider_id = (await tx.execute(_WITH_ORIGINAL, {"message": message_id})).one()
    return MessageWithOriginal(MessageRow(*row), (chat, provider_id) if chat else None)


_WITH_ORIGINAL = (
    _ONE.add_columns(links.c.chat, links.c.provider_id)
    .outerjoin(links, and_(links.c.message_id == messages.c.id, links.c.side == Side.STAFF))
    .order_by(links.c.id)
    .limit(1)
)


async def list_newest_replies(
    tx: AsyncSession, conversation_id: ConversationId, *, most: int
) -> list[MessageRow]:
    """Read a conversation's newest messages to the customer, the newest first."""
    return await _read_rows(tx, _REPLIES, {"conversation": conversation_id, "most": most})


_REPLIES = (
    _READ.where(
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.direction == Direction.OUTBOUND,
    )
    .order_by(messages.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_THESE = _READ.where(messages.c.id.in_(bindparam("ids", expanding=True)))


async def list_messages_by_ids(tx: AsyncSession, ids: Sequence[MessageId]) -> list[MessageRow]:
    """Read these messages, unordered."""
    return await _read_rows(tx, _THESE, {"ids": ids}) if ids else []


async def _read_rows(tx: AsyncSession, statement: Select[Any], values: Any) -> list[MessageRow]:
    return [MessageRow(*tuple(row)) for row in await tx.execute(statement, values)]


@cache
def _build_session_page(way: PageDirection) -> Select[Any]:
    whose = _READ.add_columns(select_human_holder(sessions), sessions.c.status)
    whose = whose.join(sessions, sessions.c.id == messages.c.session_id)
    of_one = whose.where(messages.c.session_id == bindparam("session"))
    return build_page(of_one, messages.c.created_at, messages.c.id, way=way)


@cache
def _build_conversation_page(way: PageDirection, all_of_it: bool) -> Select[Any]:
    """Build the page in the order of ids alone, as in the index."""
    statement = _READ.where(messages.c.conversation_id == bindparam("conversation"))
    if not all_of_it:
        statement = statement.join(sessions, sessions.c.id == messages.c.session_id)
        statement = statement.where(is_visible_to(sessions, bindparam("viewer")))
    return build_page_by_id(statement, messages.c.id, way=way)
