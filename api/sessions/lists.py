"""List and show sessions and their messages."""

from collections.abc import Sequence

from api.access.caller import Caller
from api.access.permissions import require_visible, visibility_scope
from api.access.session_access import find_visible_session
from api.errors.problems import NotFound
from api.messages.models import MessageOut
from api.messages.pages import (
    MessageQuery,
    build_page_around,
    message_cursor,
    require_one_start,
    to_query_problem,
)
from api.schemas.pagination import Cursor, Page, build_page
from api.sessions.by_activity import list_by_activity
from api.sessions.models import (
    ClientSessionQuery,
    Handover,
    QueueQuery,
    SessionDetail,
    SessionListQuery,
    SessionOut,
    SessionQuery,
)
from api.sessions.serializers import session_to_schema
from db.ids import AgentId, ChannelId, ClientId, MessageId, SessionId, TagId
from db.queries.conversations import staff_places
from db.queries.conversations.handovers import list_newest_handovers
from db.queries.conversations.location import find_session_location
from db.queries.conversations.session_lists import list_sessions
from db.queries.conversations.session_rows import SessionRow, find_session
from db.queries.conversations.session_statements import SessionFilter
from db.queries.conversations.sessions import list_waiting
from db.queries.events.event_details import list_sessions_by_ids
from db.queries.messages.message_rows import MessageRow, find_message, list_session_messages
from desk.conversations.topic_links import build_topic_url
from desk.unit_of_work import UnitOfWork

_MAX_HANDOVERS = 50
_MAX_QUEUE = 50


async def list_all(uow: UnitOfWork, caller: Caller, query: SessionListQuery) -> Page[SessionOut]:
    """List the sessions that I may see, the newest first or by activity."""
    if query.order == "activity":
        return await list_by_activity(uow, caller, query)
    client = None if query.client_id is None else ClientId(query.client_id)
    return await build_session_page(uow, caller, query, client, archived=query.archived)


async def build_session_page(
    uow: UnitOfWork,
    caller: Caller,
    query: SessionQuery | ClientSessionQuery,
    client: ClientId | None,
    *,
    archived: bool = False,
) -> Page[SessionOut]:
    """Build a page of the sessions of one client, or of all clients."""
    holder = None if query.agent_id is None else AgentId(query.agent_id)
    if query.mine and holder not in {None, caller.agent_id}:
        return Page(items=[], next=None, previous=None)
    wanted = SessionFilter(
        viewer=visibility_scope(caller),
        status=query.status,
        waiting=query.waiting,
        holder=caller.agent_id if query.mine else holder,
        client=client,
        channel=None if query.channel_id is None else ChannelId(query.channel_id),
        tag=None if query.tag_id is None else TagId(query.tag_id),
        priority=query.priority,
        sla_state=query.sla_state,
        unread=query.unread,
        words=query.q,
        since=query.since,
        until=query.until,
        archived=archived,
        oldest_first=query.oldest_first,
    )
    found = await list_sessions(uow.tx, wanted, start=query.start, limit=query.limit)
    scan_end = None if found.scan_end is None else Cursor(found.scan_end.at, found.scan_end.id)
    return build_page(found.rows, query, session_to_schema, _cursor_of, scan_end=scan_end)


async def list_queue(uow: UnitOfWork, query: QueueQuery) -> Page[SessionOut]:
    """List the waiting sessions in the order in which agents get them, at most 50."""
    waiting = await list_waiting(
        uow.tx,
        most=_MAX_QUEUE,
        channel=None if query.channel_id is None else ChannelId(query.channel_id),
        tag=None if query.tag_id is None else TagId(query.tag_id),
    )
    found = await list_sessions_by_ids(uow.tx, [each.session_id for each in waiting])
    by_id = {row.id: row for row in found}
    items = [session_to_schema(by_id[each.session_id]) for each in waiting]
    return Page(items=items, next=None, previous=None)


async def show(uow: UnitOfWork, caller: Caller, session_id: SessionId) -> SessionDetail:
    """Show a session with its customer, its last message, and its handovers."""
    await find_visible_session(uow, caller, session_id)
    return await load_detail(uow, session_id)


async def load_detail(uow: UnitOfWork, session_id: SessionId) -> SessionDetail:
    """Load a session in its state in this transaction; the caller checks the permission."""
    row = await find_session(uow.tx, session_id)
    if row is None:
        raise NotFound
    handovers = await list_newest_handovers(uow.tx, session_id, most=_MAX_HANDOVERS)
    listed = [Handover.model_validate(each) for each in handovers]
    topic = await staff_places.find_group_topic(uow.tx, row.conversation_id)
    return SessionDetail(
        **dict(session_to_schema(row)),
        handovers=listed,
        topic_url=None if topic is None else build_topic_url(*topic),
    )


async def list_messages(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, query: MessageQuery
) -> Page[MessageOut]:
    """List a session's messages and notes, the newest first, or those around one of them."""
    require_one_start(query)
    if query.around is not None:
        return await _list_messages_around(uow, caller, session_id, query)
    found = await list_session_messages(uow.tx, session_id, start=query.start, limit=query.limit)
    whose = found or await find_session_location(uow.tx, session_id)
    if whose is None:
        raise NotFound
    require_visible(caller, holder=whose.human_holder, is_open=whose.is_open)
    return build_page(found.rows if found else [], query, MessageOut.from_row, message_cursor)


async def _list_messages_around(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, query: MessageQuery
) -> Page[MessageOut]:
    await find_visible_session(uow, caller, session_id)
    middle = await find_message(uow.tx, MessageId(query.around or ""))
    if middle is None or middle.session_id != session_id:
        raise to_query_problem("unknown", "there is no such message in this session")

    async def read(start: Cursor, limit: int) -> Sequence[MessageRow]:
        page = await list_session_messages(uow.tx, session_id, start=start, limit=limit)
        return page.rows if page else []

    return await build_page_around(middle, query.limit, read)


def _cursor_of(row: SessionRow) -> Cursor:
    return Cursor(row.created_at, row.id)
