"""List open sessions in the order in which something was said in them last.

That is the order of their conversations, each of which has one open session at most.
"""

from api.access.caller import Caller
from api.access.permissions import visibility_scope
from api.errors.problems import ValidationFailed
from api.schemas.base import FieldError
from api.schemas.pagination import Cursor, Page, build_page
from api.sessions.models import SessionListQuery, SessionOut
from api.sessions.serializers import session_to_schema
from db.ids import AgentId, ChannelId, TagId
from db.queries.conversations.conversation_lists import ConversationFilter, list_conversations
from db.queries.conversations.conversation_summary import ConversationRow
from db.queries.events.event_details import list_sessions_by_ids
from db.tables import SessionStatus
from desk.unit_of_work import UnitOfWork

# Filters of the other order: they are about sessions that have ended, too.
_OTHERS = ("client_id", "priority", "sla_state", "q", "since", "until", "oldest_first")


async def list_by_activity(
    uow: UnitOfWork, caller: Caller, query: SessionListQuery
) -> Page[SessionOut]:
    """List the open sessions that I may see, the last message first; raises ValidationFailed."""
    _require_suitable(query)
    viewer, holder = visibility_scope(caller), query.agent_id
    if query.mine:
        if holder not in {None, caller.agent_id}:
            return Page(items=[], next=None, previous=None)
        holder = caller.agent_id
    wanted = ConversationFilter(
        viewer=viewer,
        holder=None if holder is None else AgentId(holder),
        channel=None if query.channel_id is None else ChannelId(query.channel_id),
        tag=None if query.tag_id is None else TagId(query.tag_id),
        open=True,
        waiting=query.waiting,
        unread=query.unread,
    )
    found = await list_conversations(uow.tx, wanted, start=query.start, limit=query.limit)
    ids = [row.session_id for row in found.rows if row.session_id is not None]
    sessions = {row.id: row for row in await list_sessions_by_ids(uow.tx, ids)}
    scan_end = None if found.scan_end is None else Cursor(found.scan_end.at, found.scan_end.id)

    def to_schema(row: ConversationRow) -> SessionOut:
        assert row.session_id is not None  # noqa: S101 only conversations with an open session
        return session_to_schema(sessions[row.session_id])

    return build_page(found.rows, query, to_schema, _cursor_of, scan_end=scan_end)


def _require_suitable(query: SessionListQuery) -> None:
    """Raise ValidationFailed for filters that this order does not have."""
    given = [name for name in _OTHERS if getattr(query, name) not in {None, False}]
    if query.status is SessionStatus.ENDED:
        given.append("status")
    if given:
        message = "is not possible with order=activity, which lists open sessions"
        raise ValidationFailed(
            FieldError(where="query", field=name, code="unsuitable", message=message)
            for name in given
        )


def _cursor_of(row: ConversationRow) -> Cursor:
    return Cursor(row.last_message_at, row.id)
