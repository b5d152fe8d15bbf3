"""Find the newest message with the words in each of some sessions that a search found."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import MessageId, SessionId
from db.queries.lists.search import build_like_pattern, contains, select_scanned_sessions
from db.queries.messages.message_rows import MessageRow, list_messages_by_ids
from db.tables import Message, Session

messages = get_table(Message)
sessions = get_table(Session)

_THESE = (
    select(sessions.c.id, sessions.c.created_at)
    .where(sessions.c.id.in_(bindparam("sessions", expanding=True)))
    .subquery("these")
)
_LOOKED_AT = select_scanned_sessions(_THESE)
_NEWEST = (
    select(func.max(messages.c.id))
    .select_from(_LOOKED_AT.join(messages, messages.c.session_id == _LOOKED_AT.c.id))
    .where(messages.c.created_at >= _LOOKED_AT.c.since, contains(messages.c.message))
    .group_by(_LOOKED_AT.c.id)
)


async def find_hits(
    tx: AsyncSession, session_ids: Sequence[SessionId], words: str
) -> dict[SessionId, MessageRow]:
    """Return the newest message that contains the words, of those sessions that have one.

    As a search does, it looks at the newest messages of each session only.
    """
    if not session_ids:
        return {}
    values = {"sessions": list(session_ids), "words": build_like_pattern(words)}
    ids = [MessageId(each) for each in await tx.scalars(_NEWEST, values)]
    found = await list_messages_by_ids(tx, ids)
    return {row.session_id: row for row in found if row.session_id is not None}
