"""Read conversations as lists show them, page by page; read one with its messages."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, exists, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import force_join_order, get_table
from db.ids import AgentId, ChannelId, ConversationId, TagId
from db.queries.conversations.conversation_summary import (
    ConversationRow,
    conversation_summary,
    find_conversation,
    read_conversations,
)
from db.queries.lists.keyset import (
    PageDirection,
    PageStart,
    build_page,
    get_direction,
    get_page_params,
    is_ascending,
)
from db.queries.lists.open_lists import match_open
from db.queries.lists.scan_limit import SCAN_LIMIT, ScannedPage, build_scan_end, finish_page
from db.queries.lists.search import build_like_pattern, is_client_named
from db.queries.lists.search_scope import (
    has_few_open_sessions,
    has_few_visible_sessions,
    is_visible,
    select_open_conversations,
    select_tagged_conversations,
    select_visible_ids,
)
from db.queries.messages.message_rows import MessageRow, list_conversation_messages
from db.tables import Client, Contact, Conversation, Session

conversations = get_table(Conversation)
contacts = get_table(Contact)
clients = get_table(Client)
sessions = get_table(Session)


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """Conditions on conversations; `viewer`: only those that this agent sees in part, None: all."""

    viewer: AgentId | None = None
    # The holder of its open session.
    holder: AgentId | None = None
    channel: ChannelId | None = None
    # Its last session that the viewer sees has it.
    tag: TagId | None = None
    # Only those with an open session; with one that nobody holds; with unread messages in it.
    open: bool = False
    waiting: bool = False
    unread: bool = False
    # Text in the customer's name, username or phone number.
    words: str | None = None
    # Archived conversations too.
    archived: bool = False


@dataclass(frozen=True, slots=True)
class _QueryShape:
    way: PageDirection
    viewer: bool
    # Whether the viewer sees few sessions.
    few: bool
    # Whether few sessions are open (or wait), and only such ones are wanted.
    few_open: bool
    open: bool
    waiting: bool
    holder: bool
    tag: bool
    channel: bool
    unread: bool
    words: bool
    archived: bool

    @property
    def is_short(self) -> bool:
        """Return whether an index leads to few conversations, which are then sorted."""
        return self.few or self.few_open or self.holder or self.tag

    @property
    def needs_scan(self) -> bool:
        is_filtered = self.viewer or self.channel or self.open or self.words
        return not self.is_short and is_filtered


async def list_conversations(
    tx: AsyncSession, wanted: ConversationFilter, *, start: PageStart | None, limit: int
) -> ScannedPage[ConversationRow]:
    """Read a page of conversations and one more, those with the latest message first."""
    has_tag, has_holder = wanted.tag is not None, wanted.holder is not None
    is_open = wanted.open or wanted.waiting or wanted.unread or has_holder
    few = (
        not has_tag
        and wanted.viewer is not None
        and await has_few_visible_sessions(tx, wanted.viewer)
    )
    shape = _QueryShape(
        way=get_direction(start),
        viewer=wanted.viewer is not None,
        few=few,
        few_open=not (few or has_tag or has_holder)
        and is_open
        and await has_few_open_sessions(tx, waiting=wanted.waiting),
        open=is_open,
        waiting=wanted.waiting,
        holder=has_holder,
        tag=has_tag,
        channel=wanted.channel is not None,
        unread=wanted.unread,
        words=wanted.words is not None,
        archived=wanted.archived,
    )
    values = {
        **get_page_params(start, limit),
        "reach": SCAN_LIMIT,
        "viewer": wanted.viewer,
        "holder": wanted.holder,
        "channel": wanted.channel,
        "tag": wanted.tag,
        "words": wanted.words and build_like_pattern(wanted.words),
    }
    rows = await read_conversations(tx, _build_page(shape), values)
    rows.sort(key=lambda row: (row.last_message_at, row.id), reverse=not is_ascending(shape.way))
    return (
        await finish_page(tx, rows, limit, _build_scan_end(shape), values)
        if shape.needs_scan
        else ScannedPage(rows)
    )


async def get_conversation_with_messages(
    tx: AsyncSession,
    conversation_id: ConversationId,
    *,
    viewer: AgentId | None,
    start: PageStart | None,
    limit: int,
) -> tuple[ConversationRow, list[MessageRow]] | None:
    """Read a conversation and a page of its messages, and one more, newest first.

    The reference's query of this name, in pages, because a conversation can last for years. Returns
    None if the conversation does not exist or `viewer` sees nothing of it.
    """
    row = await find_conversation(tx, conversation_id, viewer=viewer)
    if row is None:
        return None
    messages = await list_conversation_messages(
        tx, conversation_id, viewer=viewer, start=start, limit=limit
    )
    return row, messages


@cache
def _build_page(shape: _QueryShape) -> Select[Any]:
    return conversation_summary(_select_candidates(shape), viewer=shape.viewer)


def _select_candidates(shape: _QueryShape) -> Subquery:
    keys: Select[Any] = select(conversations.c.last_message_at, conversations.c.id)
    if shape.needs_scan:
        looked_at = _select_scanned(shape).subquery("looked_at")
        within = looked_at.join(conversations, conversations.c.id == looked_at.c.id)
        keys = force_join_order(_with_client(shape, keys, within))
    elif shape.tag:
        tagged = select_tagged_conversations(viewer=shape.viewer)
        within = tagged.join(conversations, conversations.c.id == tagged.c.id)
        keys = _with_client(shape, keys, within)
    elif shape.few:
        seen = select_visible_ids(sessions.c.conversation_id)
        within = seen.join(conversations, conversations.c.id == seen.c.id)
        keys = _with_client(shape, keys, within)
    elif shape.few_open:
        is_open = select_open_conversations(waiting=shape.waiting)
        within = is_open.join(conversations, conversations.c.id == is_open.c.id)
        keys = _with_client(shape, keys, within)
    else:
        keys = _with_client(shape, keys, conversations)
    return _in_order(keys.where(*_conditions(shape)), shape, "most").subquery("found")


@cache
def _build_scan_end(shape: _QueryShape) -> Select[Any]:
    return build_scan_end(_select_scanned(shape))


def _select_scanned(shape: _QueryShape) -> Select[Any]:
    keys = select(conversations.c.last_message_at, conversations.c.id)
    return _in_order(keys.where(*_is_listed(shape)), shape, "reach")


def _in_order(statement: Select[Any], shape: _QueryShape, most: str) -> Select[Any]:
    at, row_id = conversations.c.last_message_at, conversations.c.id
    return build_page(statement, at, row_id, way=shape.way, most=most)


def _with_client(shape: _QueryShape, keys: Select[Any], within: Any) -> Select[Any]:
    if shape.words:
        within = within.join(contacts, contacts.c.id == conversations.c.contact_id)
        within = within.join(clients, clients.c.id == contacts.c.client_id)
    return keys.select_from(within)


def _is_listed(shape: _QueryShape) -> list[ColumnElement[bool]]:
    if shape.archived:
        return []
    is_active = conversations.c.is_active
    # MySQL uses no index for `IS true`: where another index leads to few, it must not take this.
    return [is_active.is_(true()) if shape.is_short else is_active == true()]


def _conditions(shape: _QueryShape) -> list[ColumnElement[bool]]:
    conditions = _is_listed(shape)
    if shape.holder:  # of the open session: an index leads to them
        conditions.append(conversations.c.assigned_agent_id == bindparam("holder"))
    if shape.open:
        conditions.append(_has_open_session(shape))
    if shape.channel:
        conditions.append(conversations.c.channel_id == bindparam("channel"))
    if shape.words:
        conditions.append(is_client_named())
    if shape.viewer and not (shape.few or shape.tag):
        conditions.append(is_visible(sessions.c.conversation_id, conversations.c.id))
    return conditions


def _has_open_session(shape: _QueryShape) -> ColumnElement[bool]:
    wanted = match_open(
        sessions,
        conversations,
        viewer=shape.viewer,
        waiting=shape.waiting,
        held=shape.holder,
        unread=shape.unread,
    )
    return exists().where(sessions.c.active_conversation_id == conversations.c.id, wanted)
