"""The statements of lists of sessions: each is built once for whatever its values are.

A list is read off an index in its order, branch by branch: one branch is one status, of one agent,
of nobody, or of all. What no index knows (a channel, unread messages, words) is sifted from what
the branches give, and only so far in one go: see docs/adr/0012-lists-and-search.md.
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
    union_all,
)

from db.dialect import joined_as_written, table_of
from db.ids import AgentId, ChannelId, ClientId
from db.queries.conversations.session_rows import sessions_in
from db.queries.lists.keyset import Way, is_rising, page_shape
from db.queries.lists.scan_limit import last_within_reach
from db.queries.lists.search import contains, looked_at, somebody_said
from db.queries.lists.visibility import seen_by, waiting
from db.tables import Client, Conversation, Session, SessionStatus

sessions = table_of(Session)
conversations = table_of(Conversation)
clients = table_of(Client)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sessions; `eyes`: those that this agent sees, None: all."""

    eyes: AgentId | None = None
    status: SessionStatus | None = None
    waiting: bool = False
    holder: AgentId | None = None
    client: ClientId | None = None
    channel: ChannelId | None = None
    unread: bool = False
    words: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False


class _Of(Enum):
    """Whose sessions a branch has."""

    ANYBODY = "anybody"
    NOBODY = "nobody"
    HOLDER = "holder"


_Branch = tuple[_Of, SessionStatus]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list's statement depends on, without its values: it is built once for each."""

    branches: tuple[_Branch, ...]
    way: Way
    oldest_first: bool
    client: bool
    # Of a client's sessions.
    eyes: bool
    holder: bool
    waiting: bool
    since: bool
    until: bool
    channel: bool
    unread: bool
    words: bool

    @classmethod
    def of(cls, wanted: Wanted, way: Way) -> "Shape":
        of_client = wanted.client is not None
        return cls(
            branches=tuple(_branches(wanted)),
            way=way,
            oldest_first=wanted.oldest_first,
            client=of_client,
            eyes=of_client and wanted.eyes is not None,
            holder=of_client and wanted.holder is not None,
            waiting=of_client and wanted.waiting,
            since=wanted.since is not None,
            until=wanted.until is not None,
            channel=wanted.channel is not None,
            unread=wanted.unread,
            words=wanted.words is not None,
        )

    @property
    def sifts(self) -> bool:
        """Whether there is something that no index knows."""
        return self.channel or self.unread or self.words

    @property
    def rising(self) -> bool:
        return is_rising(self.way, oldest_first=self.oldest_first)


def _branches(wanted: Wanted) -> Iterator[_Branch]:
    """List the branches in which everything wanted is, and nothing that is not."""
    open_only = wanted.waiting or wanted.unread
    for status in SessionStatus:
        is_open = status is SessionStatus.ACTIVE
        if wanted.status not in {None, status} or (open_only and not is_open):
            continue
        for of in _whose(wanted):
            if of is not _Of.NOBODY or is_open:  # nobody waits in a session that has ended
                yield of, status


def _whose(wanted: Wanted) -> Sequence[_Of]:
    if wanted.client is not None:
        return [_Of.ANYBODY]  # a client has few sessions: the rest is asked of each of them
    if wanted.holder is not None:
        is_seen = wanted.eyes in {None, wanted.holder}
        return [_Of.HOLDER] if is_seen and not wanted.waiting else []
    if wanted.waiting:
        return [_Of.NOBODY]
    return [_Of.ANYBODY] if wanted.eyes is None else [_Of.HOLDER, _Of.NOBODY]


@cache
def page_of_sessions(shape: Shape) -> Select[Any]:
    """Give the statement that reads a page, in no order."""
    found = _found(shape)
    if shape.sifts:
        found = _sifted(shape, found).subquery("sifted")
    return sessions_in(found)


@cache
def edge_of_page(shape: Shape) -> Select[Any]:
    """Give the statement that reads the last session within reach, if that many are there."""
    found = _found(shape)
    statement = _ordered(select(found.c.created_at, found.c.id), found, shape)
    return last_within_reach(statement)


def _found(shape: Shape) -> Subquery:
    """Give the sessions that the branches lead to, in order, as far as is looked."""
    branches = [_branch(shape, each) for each in shape.branches]
    if len(branches) == 1:
        return branches[0].subquery("found")
    each_alone = [select(branch.subquery()) for branch in branches]
    both = union_all(*each_alone).subquery("both")
    return _in_order(select(both), both, shape, most="reach").subquery("found")


def _branch(shape: Shape, branch: _Branch) -> Select[Any]:
    of, status = branch
    statement = select(sessions.c.created_at, sessions.c.id).where(sessions.c.status == status)
    if of is _Of.HOLDER:
        statement = statement.where(sessions.c.cs_id == bindparam("holder"))
    elif of is _Of.NOBODY:
        statement = statement.where(sessions.c.cs_id.is_(None))
    if shape.client:
        statement = statement.where(sessions.c.client_id == bindparam("client"))
        statement = statement.where(*_asked_of_each(shape))
    if shape.since:
        statement = statement.where(sessions.c.created_at >= bindparam("since"))
    if shape.until:
        statement = statement.where(sessions.c.created_at < bindparam("until"))
    at, row_id = sessions.c.created_at, sessions.c.id
    order = shape.oldest_first
    return page_shape(statement, at, row_id, way=shape.way, oldest_first=order, most="reach")


def _asked_of_each(shape: Shape) -> Iterator[ColumnElement[bool]]:
    if shape.eyes:
        yield seen_by(sessions, bindparam("eyes"))
    if shape.holder:
        yield sessions.c.cs_id == bindparam("holder")
    if shape.waiting:
        yield waiting(sessions)


def _sifted(shape: Shape, found: Subquery) -> Select[Any]:
    found = looked_at(found) if shape.words else found
    joined = found.join(sessions, sessions.c.id == found.c.id).join(
        conversations, conversations.c.id == sessions.c.conversation_id
    )
    conditions: list[ColumnElement[bool]] = []
    if shape.channel:
        conditions.append(conversations.c.channel_id == bindparam("channel"))
    if shape.unread:
        conditions.append(conversations.c.unread_count > 0)
    if shape.words:
        joined = joined.join(clients, clients.c.id == sessions.c.client_id)
        names = contains(clients.c.name), contains(clients.c.username)
        conditions.append(or_(*names, somebody_said(found)))
    statement = select(found.c.created_at, found.c.id).select_from(joined).where(*conditions)
    return joined_as_written(_in_order(statement, found, shape, most="most"))


def _in_order(statement: Select[Any], by: FromClause, shape: Shape, *, most: str) -> Select[Any]:
    return _ordered(statement, by, shape).limit(bindparam(most, type_=Integer))


def _ordered(statement: Select[Any], by: FromClause, shape: Shape) -> Select[Any]:
    keys = by.c.created_at, by.c.id
    return statement.order_by(*(key.asc() if shape.rising else key.desc() for key in keys))
