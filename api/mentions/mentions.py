"""List the notes that name me, and mark them as read."""

from api.access.caller import Caller
from api.access.permissions import can_see
from api.mentions.models import MentionCount, MentionOut, MentionQuery, MentionsRead
from api.messages.models import MessageOut
from api.schemas.pagination import Cursor, Page, build_page
from api.sessions.models import AgentBrief
from api.sessions.serializers import session_to_schema
from db.ids import ConversationId
from db.queries.conversations.session_rows import SessionRow
from db.queries.events.event_details import list_sessions_by_ids
from db.queries.messages.mentions import MentionRow, count_unread, list_mentions
from db.queries.messages.message_rows import MessageRow, list_messages_by_ids
from db.tables import SessionStatus
from desk.messages.mentions import mark_read
from desk.unit_of_work import UnitOfWork


async def list_mine(uow: UnitOfWork, caller: Caller, query: MentionQuery) -> Page[MentionOut]:
    """List the notes that name me, the newest first.

    A mention gives no right to the session. Of one that I may not see, there is only the note,
    whose author spoke to me, and who can hand the session over.
    """
    rows = await list_mentions(
        uow.tx, caller.agent_id, unread=query.unread, start=query.start, limit=query.limit
    )
    notes = await list_messages_by_ids(uow.tx, sorted(each.message_id for each in rows))
    ids = sorted({each.session_id for each in notes if each.session_id is not None})
    sessions = {each.id: each for each in await list_sessions_by_ids(uow.tx, ids)}
    known = {each.id: each for each in notes}

    def to_schema(row: MentionRow) -> MentionOut:
        note = known[row.message_id]
        session = sessions.get(note.session_id) if note.session_id else None
        return _to_schema(caller, row, note, session)

    return build_page(rows, query, to_schema, lambda row: Cursor(row.created_at, row.message_id))


async def count_mine(uow: UnitOfWork, caller: Caller) -> MentionCount:
    """Count the unread notes that name me: what `GET /mentions?unread=true` lists."""
    return MentionCount(unread=await count_unread(uow.tx, caller.agent_id))


async def mark_mentions_read(uow: UnitOfWork, caller: Caller, body: MentionsRead) -> None:
    """Mark the notes that name me in a conversation as read; without any, nothing changes."""
    await mark_read(uow, caller.agent_id, ConversationId(body.conversation_id))


def _to_schema(
    caller: Caller, row: MentionRow, note: MessageRow, session: SessionRow | None
) -> MentionOut:
    is_open = session is not None and session.status is SessionStatus.ACTIVE
    holder = None if session is None else session.human_holder
    is_visible = session is not None and can_see(caller, holder=holder, is_open=is_open)
    return MentionOut(
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        is_read=row.is_read,
        created_at=row.created_at,
        message=MessageOut.from_row(note),
        session=session_to_schema(session) if session is not None and is_visible else None,
        agent=_holder_to_schema(session),
    )


def _holder_to_schema(session: SessionRow | None) -> AgentBrief | None:
    if session is None or session.cs_id is None or session.cs_kind is None:
        return None
    return AgentBrief(id=session.cs_id, name=session.cs_name or "?", kind=session.cs_kind)
