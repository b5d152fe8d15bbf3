"""Conversations as lists show them, page by page; one of them with its messages."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import joined_as_written, table_of
from db.ids import AgentId, ChannelId, ConversationId
from db.queries.conversations.conversation_summary import (
    ConversationRow,
    conversation_summary,
    one_conversation,
    read_conversations,
)
from db.queries.lists.keyset import Start, Way, bound, is_rising, page_shape, way_of
from db.queries.lists.scan_limit import REACH, Found, last_within_reach, sifted
from db.queries.lists.search import contains, pattern
from db.queries.lists.search_scope import (
    few_are_open,
    is_seen,
    open_conversations,
    seen_things,
    sees_few,
)
from db.queries.lists.visibility import seen_by
from db.queries.messages.message_rows import MessageRow, messages_of_conversation
from db.tables import Client, Contact, Conversation, Session

conversations = table_of(Conversation)
contacts = table_of(Contact)
clients = table_of(Client)
sessions = table_of(Session)


@dataclass(frozen=True, slots=True)
class WantedConversations:
    """Which conversations; `eyes`: those of which this agent sees something, None: all."""

    eyes: AgentId | None = None
    # Who holds its open session.
    holder: AgentId | None = None
    channel: ChannelId | None = None
    unread: bool = False
    # In the customer's name, username or phone number.
    words: str | None = None


@dataclass(frozen=True, slots=True)
class _Shape:
    way: Way
    eyes: bool
    # Whether these eyes have seen few.
    few: bool
    # Whether few are open, and no other is wanted.
    few_open: bool
    holder: bool
    channel: bool
    unread: bool
    words: bool

    @property
    def is_short(self) -> bool:
        """Whether an index leads to few conversations, which are sorted then."""
        return self.few or self.few_open or self.holder

    @property
    def sifts(self) -> bool:
        return not self.is_short and (self.eyes or self.channel or self.unread or self.words)


async def list_conversations(
    tx: AsyncSession, wanted: WantedConversations, *, start: Start | None, limit: int
) -> Found[ConversationRow]:
    """Read a page of conversations and one more, what was last written in first."""
    few = wanted.eyes is not None and await sees_few(tx, wanted.eyes)
    shape = _Shape(
        way=way_of(start),
        eyes=wanted.eyes is not None,
        few=few,
        few_open=not few and wanted.unread and await few_are_open(tx),
        holder=wanted.holder is not None,
        channel=wanted.channel is not None,
        unread=wanted.unread,
        words=wanted.words is not None,
    )
    values = {
        **bound(start, limit),
        "reach": REACH,
        "eyes": wanted.eyes,
        "holder": wanted.holder,
        "channel": wanted.channel,
        "words": wanted.words and pattern(wanted.words),
    }
    rows = await read_conversations(tx, _page(shape), values)
    rows.sort(key=lambda row: (row.last_message_at, row.id), reverse=not is_rising(shape.way))
    return await sifted(tx, rows, limit, _last(shape), values) if shape.sifts else Found(rows)


async def get_conversation_with_messages(
    tx: AsyncSession,
    conversation_id: ConversationId,
    *,
    eyes: AgentId | None,
    start: Start | None,
    limit: int,
) -> tuple[ConversationRow, list[MessageRow]] | None:
    """Read a conversation and a page of its messages, and one more, the newest first.

    The reference's query of this name; a page, because a conversation goes on for years. None
    where there is none of which `eyes` see something.
    """
    row = await one_conversation(tx, conversation_id, eyes=eyes)
    if row is None:
        return None
    messages = await messages_of_conversation(
        tx, conversation_id, eyes=eyes, start=start, limit=limit
    )
    return row, messages


@cache
def _page(shape: _Shape) -> Select[Any]:
    return conversation_summary(_found(shape), eyes=shape.eyes)


def _found(shape: _Shape) -> Subquery:
    keys: Select[Any] = select(conversations.c.last_message_at, conversations.c.id)
    if shape.sifts:
        looked_at = _looked_at(shape).subquery("looked_at")
        within = looked_at.join(conversations, conversations.c.id == looked_at.c.id)
        keys = joined_as_written(_with_client(shape, keys, within))
    elif shape.few:
        seen = seen_things(sessions.c.conversation_id)
        within = seen.join(conversations, conversations.c.id == seen.c.id)
        keys = _with_client(shape, keys, within)
    elif shape.few_open:
        is_open = open_conversations()
        within = is_open.join(conversations, conversations.c.id == is_open.c.id)
        keys = _with_client(shape, keys, within)
    else:
        keys = _with_client(shape, keys, conversations)
    return _in_order(keys.where(*_conditions(shape)), shape, "most").subquery("found")


@cache
def _last(shape: _Shape) -> Select[Any]:
    return last_within_reach(_looked_at(shape))


def _looked_at(shape: _Shape) -> Select[Any]:
    keys = select(conversations.c.last_message_at, conversations.c.id)
    return _in_order(keys, shape, "reach")


def _in_order(statement: Select[Any], shape: _Shape, most: str) -> Select[Any]:
    at, row_id = conversations.c.last_message_at, conversations.c.id
    return page_shape(statement, at, row_id, way=shape.way, most=most)


def _with_client(shape: _Shape, keys: Select[Any], within: Any) -> Select[Any]:
    if shape.words:
        within = within.join(contacts, contacts.c.id == conversations.c.contact_id)
        within = within.join(clients, clients.c.id == contacts.c.client_id)
    return keys.select_from(within)


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if shape.holder:
        conditions.append(conversations.c.assigned_agent_id == bindparam("holder"))
    if shape.channel:
        conditions.append(conversations.c.channel_id == bindparam("channel"))
    if shape.unread:
        conditions.append(conversations.c.unread_count > 0)
        if shape.eyes:  # not in somebody else's session
            is_open = sessions.c.active_conversation_id == conversations.c.id
            conditions.append(exists().where(is_open, seen_by(sessions, bindparam("eyes"))))
    if shape.words:
        named = clients.c.name, clients.c.username, clients.c.phone
        conditions.append(or_(*(contains(column) for column in named)))
    if shape.eyes and not shape.few:
        conditions.append(is_seen(sessions.c.conversation_id, conversations.c.id))
    return conditions
