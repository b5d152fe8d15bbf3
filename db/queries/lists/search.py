"""Search for words, in a limited number of the rows that other conditions leave.

docs/adr/0012-lists-and-search.md says why no full-text index is used.
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
    or_,
    select,
)

from db.dialect import get_table
from db.queries.lists.json_text import HasValueLike
from db.tables import Client, Message

clients = get_table(Client)
messages = get_table(Message)
_first = messages.alias("first")

# How many of a session's newest messages are searched.
MAX_SCANNED_MESSAGES = 500
_ESCAPE = "/"
_EPOCH = literal(datetime(1970, 1, 1, tzinfo=UTC), messages.c.created_at.type)
_NO_LIMIT = 10_000


def build_like_pattern(words: str) -> str:
    """Return the LIKE pattern for texts that contain these words literally."""
    for special in (_ESCAPE, "%", "_"):
        words = words.replace(special, _ESCAPE + special)
    return f"%{words}%"


def contains(column: ColumnElement[Any], name: str = "words") -> ColumnElement[bool]:
    """Match texts that contain what is bound as `name`, ignoring case.

    SQLite ignores case only for the 26 letters of the Latin alphabet.
    """
    return column.like(bindparam(name), escape=_ESCAPE)


def is_client_named() -> ColumnElement[bool]:
    """Match clients of whom a name, an address or a field of staff's own contains `words`."""
    columns = clients.c.name, clients.c.username, clients.c.phone, clients.c.email
    own = HasValueLike(clients.c.fields, bindparam("words"))
    return or_(*map(contains, columns), own)


def select_scanned_sessions(found: FromClause) -> Subquery:
    """Add to the sessions of `found` the column `since`: messages from then on are searched.

    It is a column, because a server would compute it again for each message.
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
    # With a limit; otherwise MariaDB would merge the subquery into the outer query.
    kept = select(found.c.created_at, found.c.id, since).limit(_NO_LIMIT)
    return kept.subquery("looked_at")


def has_matching_message(session: FromClause) -> ColumnElement[bool]:
    """Match sessions of which one of the newest messages contains the words.

    `session`: the result of `select_scanned_sessions`.
    """
    said = and_(
        messages.c.session_id == session.c.id,
        messages.c.created_at >= session.c.since,
        contains(messages.c.message),
    )
    return exists().where(said).correlate(session)
