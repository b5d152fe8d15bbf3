"""Build the statements of session lists; each is built once and used with any values.

A list is read from an index in its order, branch by branch. One branch has one status and one kind
of holder: an agent, nobody, an AI agent, or anybody. Conditions without an index (channel, unread
messages, words) filter what the branches return, and one page scans only a limited number of rows:
see docs/adr/0012-lists-and-search.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    bindparam,
    or_,
    select,
    true,
    union_all,
)

from db.dialect import force_join_order, get_table
from db.ids import AgentId, ChannelId, ClientId, TagId
from db.queries.conversations.session_rows import build_sessions_query
from db.queries.lists.keyset import PageDirection, build_page, is_ascending
from db.queries.lists.scan_limit import build_scan_end
from db.queries.lists.search import (
    has_matching_message,
    is_client_named,
    select_scanned_sessions,
)
from db.queries.lists.visibility import is_held_by_ai, is_visible_to, is_waiting
from db.tables import Client, Conversation, Priority, Session, SessionStatus, SessionTag, SlaState

sessions = get_table(Session)
conversations = get_table(Conversation)
clients = get_table(Client)
session_tags = get_table(SessionTag)


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Conditions on sessions; `viewer`: only those that this agent sees, None: all."""

    viewer: AgentId | None = None
    status: SessionStatus | None = None
    waiting: bool = False
    holder: AgentId | None = None
    client: ClientId | None = None
    channel: ChannelId | None = None
    tag: TagId | None = None
    priority: Priority | None = None
    sla_state: SlaState | None = None
    unread: bool = False
    words: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    # Also those of archived conversations; a client's sessions are all listed.
    archived: bool = False
    oldest_first: bool = False


class _BranchHolder(Enum):
    """Whose sessions a branch has."""

    ANYBODY = "anybody"
    NOBODY = "nobody"
    AI = "an AI agent"
    HOLDER = "holder"
    AI_HOLDER = "holder, if that is an AI agent"


_Branch = tuple[_BranchHolder, SessionStatus]


@dataclass(frozen=True, slots=True)
class QueryShape:
    """The form of a list's statement, without values: one statement is built for each form."""

    branches: tuple[_Branch, ...]
    way: PageDirection
    oldest_first: bool
    client: bool
    # Only for a client's sessions.
    viewer: bool
    holder: bool
    waiting: bool
    since: bool
    until: bool
    tag: bool
    channel: bool
    priority: bool
    sla_state: bool
    unread: bool
    words: bool
    # Only sessions whose conversation is not archived.
    listed: bool

    @classmethod
    def from_filter(cls, wanted: SessionFilter, way: PageDirection) -> "QueryShape":
        of_client = wanted.client is not None
        branches = tuple(_list_branches(wanted))
        # A conversation with an open session is not archived.
        has_ended = any(status is SessionStatus.ENDED for _, status in branches)
        return cls(
            branches=branches,
            way=way,
            oldest_first=wanted.oldest_first,
            client=of_client,
            viewer=of_client and wanted.viewer is not None,
            holder=of_client and wanted.holder is not None,
            waiting=of_client and wanted.waiting,
            since=wanted.since is not None,
            until=wanted.until is not None,
            tag=wanted.tag is not None,
            channel=wanted.channel is not None,
            priority=wanted.priority is not None,
            sla_state=wanted.sla_state is not None,
            unread=wanted.unread,
            words=wanted.words is not None,
            listed=has_ended and not (wanted.archived or of_client),
        )

    @property
    def needs_scan(self) -> bool:
        """Return whether a condition has no index."""
        return self.listed or self.matches_few

    @property
    def matches_few(self) -> bool:
        """Return whether few of the scanned sessions may be wanted."""
        is_narrowed = self.channel or self.priority or self.sla_state
        return is_narrowed or self.unread or self.words

    @property
    def is_ascending(self) -> bool:
        return is_ascending(self.way, oldest_first=self.oldest_first)


def _list_branches(wanted: SessionFilter) -> Iterator[_Branch]:
    """List the branches that contain all wanted sessions and no others."""
    open_only = wanted.waiting or wanted.unread
    for status in SessionStatus:
        is_open = status is SessionStatus.ACTIVE
        if wanted.status not in {None, status} or (open_only and not is_open):
            continue
        for of in _list_branch_holders(wanted):
            # Nobody waits in a session that has ended, and those of AI agents are not for all.
            if is_open or of in {_BranchHolder.ANYBODY, _BranchHolder.HOLDER}:
                yield of, status


def _list_branch_holders(wanted: SessionFilter) -> Sequence[_BranchHolder]:
    if wanted.client is not None:
        # A client has few sessions: the other conditions are checked on each of them.
        return [_BranchHolder.ANYBODY]
    if wanted.holder is not None:
        if wanted.waiting:
            return []
        is_visible = wanted.viewer in {None, wanted.holder}
        return [_BranchHolder.HOLDER if is_visible else _BranchHolder.AI_HOLDER]
    if wanted.waiting:
        return [_BranchHolder.NOBODY]
    return (
        [_BranchHolder.ANYBODY]
        if wanted.viewer is None
        else [_BranchHolder.HOLDER, _BranchHolder.NOBODY, _BranchHolder.AI]
    )


@cache
def build_session_page(shape: QueryShape) -> Select[Any]:
    """Build the statement that reads a page, unordered."""
    found = _select_candidates(shape)
    if shape.needs_scan:
        found = _filter_candidates(shape, found).subquery("filtered")
    return build_sessions_query(found)


@cache
def build_session_scan_end(shape: QueryShape) -> Select[Any]:
    """Build the statement that reads the last session within the scan limit, if there is one."""
    found = _select_candidates(shape)
    statement = _ordered(select(found.c.created_at, found.c.id), found, shape)
    return build_scan_end(statement)


def _select_candidates(shape: QueryShape) -> Subquery:
    """Select the sessions that the branches lead to, in order, up to the scan limit."""
    branches = [_build_branch(shape, each) for each in shape.branches]
    if len(branches) == 1:
        return branches[0].subquery("found")
    each_alone = [select(branch.subquery()) for branch in branches]
    both = union_all(*each_alone).subquery("both")
    return _in_order(select(both), both, shape, most="reach").subquery("found")


def _build_branch(shape: QueryShape, branch: _Branch) -> Select[Any]:
    of, status = branch
    statement = select(sessions.c.created_at, sessions.c.id).where(sessions.c.status == status)
    if of is _BranchHolder.HOLDER:
        statement = statement.where(sessions.c.cs_id == bindparam("holder"))
    elif of is _BranchHolder.AI_HOLDER:
        its = sessions.c.cs_id == bindparam("holder")
        statement = statement.where(its, is_held_by_ai(sessions))
    elif of is _BranchHolder.NOBODY:
        statement = statement.where(sessions.c.cs_id.is_(None))
    elif of is _BranchHolder.AI:
        statement = statement.where(is_held_by_ai(sessions))
    if shape.client:
        statement = statement.where(sessions.c.client_id == bindparam("client"))
        statement = statement.where(*_list_client_conditions(shape))
    if shape.tag:
        # The server reads this index, or that of the sessions' order, whichever leads to fewer.
        its_tags = session_tags.c.session_id == sessions.c.id
        statement = statement.join(session_tags, its_tags)
        statement = statement.where(session_tags.c.tag_id == bindparam("tag"))
    if shape.since:
        statement = statement.where(sessions.c.created_at >= bindparam("since"))
    if shape.until:
        statement = statement.where(sessions.c.created_at < bindparam("until"))
    at, row_id = sessions.c.created_at, sessions.c.id
    order = shape.oldest_first
    return build_page(statement, at, row_id, way=shape.way, oldest_first=order, most="reach")


def _list_client_conditions(shape: QueryShape) -> Iterator[ColumnElement[bool]]:
    if shape.viewer:
        yield is_visible_to(sessions, bindparam("viewer"))
    if shape.holder:
        yield sessions.c.cs_id == bindparam("holder")
    if shape.waiting:
        yield is_waiting(sessions)


def _filter_candidates(shape: QueryShape, found: Subquery) -> Select[Any]:
    found = select_scanned_sessions(found) if shape.words else found
    tables = found.join(sessions, sessions.c.id == found.c.id).join(
        conversations, conversations.c.id == sessions.c.conversation_id
    )
    conditions: list[ColumnElement[bool]] = []
    if shape.listed:
        conditions.append(conversations.c.is_active.is_(true()))
    if shape.channel:
        conditions.append(conversations.c.channel_id == bindparam("channel"))
    if shape.priority:
        conditions.append(sessions.c.priority == bindparam("priority"))
    if shape.sla_state:
        conditions.append(sessions.c.sla_state == bindparam("sla_state"))
    if shape.unread:
        conditions.append(conversations.c.unread_count > 0)
    if shape.words:
        tables = tables.join(clients, clients.c.id == sessions.c.client_id)
        conditions.append(or_(is_client_named(), has_matching_message(found)))
    statement = select(found.c.created_at, found.c.id).select_from(tables).where(*conditions)
    return force_join_order(_in_order(statement, found, shape, most="most"))


def _in_order(
    statement: Select[Any], by: FromClause, shape: QueryShape, *, most: str
) -> Select[Any]:
    return _ordered(statement, by, shape).limit(bindparam(most, type_=Integer))


def _ordered(statement: Select[Any], by: FromClause, shape: QueryShape) -> Select[Any]:
    keys = by.c.created_at, by.c.id
    return statement.order_by(*(key.asc() if shape.is_ascending else key.desc() for key in keys))
