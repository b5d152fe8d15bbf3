"""Find which messages have files."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, MessageId
from db.queries.lists.visibility import is_visible_to
from db.tables import Message, MessageType, Session

messages = get_table(Message)
sessions = get_table(Session)

_FILES = select(messages.c.id, messages.c.message_type).where(
    messages.c.id.in_(bindparam("ids", expanding=True)), messages.c.file.is_not(None)
)
_VISIBLE_FILES = _FILES.join(sessions, sessions.c.id == messages.c.session_id).where(
    is_visible_to(sessions, bindparam("viewer"))
)


async def list_visible_files(
    tx: AsyncSession, ids: Sequence[MessageId], *, viewer: AgentId | None
) -> dict[MessageId, MessageType]:
    """Return the types of those of these messages that have a file and that `viewer` sees."""
    values = {"ids": list(ids), "viewer": viewer}
    rows = await tx.execute(_FILES if viewer is None else _VISIBLE_FILES, values)
    return {row.id: row.message_type for row in rows}
