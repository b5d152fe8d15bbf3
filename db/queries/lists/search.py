"""Finds words: by looking at what other conditions leave, and never at more than is said here.

Why neither engine's full-text index is used: docs/adr/0012-lists-and-search.md.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
)

from db.dialect import get_table
from db.tables import Message

messages = get_table(Message)
_first = messages.alias("first")

# Of one session so many messages are looked at, the newest.
MAX_SCANNED_MESSAGES = 500
_ESCAPE = "/"
_EPOCH = literal(datetime(1970, 1, 1, tzinfo=UTC), messages.c.created_at.type)
_NO_LIMIT = 10_000


def build_like_pattern(words: str) -> str:
    """Give the pattern of whatever contains these words, letter by letter."""
    for special in (_ESCAPE, "%", "_"):
        words = words.replace(special, _ESCAPE + special)
    return f"%{words}%"


def contains(column: ColumnElement[Any], name: str = "words") -> ColumnElement[bool]:
    """Say that a text contains what is bound as `name`, in upper or lower case.

    SQLite knows no case but that of the Latin alphabet's 26 letters.
    """
    return column.like(bindparam(name), escape=_ESCAPE)


def select_scanned_sessions(found: FromClause) -> Subquery:
    """Give the sessions of `found` with `since`, from when on their messages are looked at.

    It stands in a column, because a server would work it out anew for each message.
    """
    too_old = (
        select(_first.c.created_at)
        .where(_first.c.session_id == found.c.id)
        .order_by(_first.c.created_at.desc(), _first.c.id.desc())
        .limit(1)
        .offset(MAX_SCANNED_MESSAGES)
        .correlate(found)
        .scalar_subquery()
    )
    since = func.coalesce(too_old, _EPOCH).label("since")
    # With a limit, or MariaDB puts it back to where it came from.
    kept = select(found.c.created_at, found.c.id, since).limit(_NO_LIMIT)
    return kept.subquery("looked_at")


def has_matching_message(session: FromClause) -> ColumnElement[bool]:
    """Say that one of the newest messages of a session of `looked_at` contains the words."""
    said = and_(
        messages.c.session_id == session.c.id,
        messages.c.created_at >= session.c.since,
        contains(messages.c.message),
    )
    return exists().where(said).correlate(session)
