"""List, show and mark conversations as read."""

from api.access.caller import Caller
from api.access.permissions import visibility_scope
from api.conversations.models import ConversationOut, ConversationQuery, OpenSession
from api.errors.problems import NotFound
from api.messages.models import MessageOut
from api.schemas.pagination import Cursor, Page, PageQuery, build_page
from api.sessions.lists import message_cursor
from api.sessions.models import ChannelBrief
from api.sessions.serializers import (
    agent_to_brief,
    client_to_brief,
    last_message_to_schema,
    tags_to_briefs,
)
from db.ids import AgentId, ChannelId, ConversationId, TagId
from db.queries.conversations.conversation_lists import (
    ConversationFilter,
    get_conversation_with_messages,
    list_conversations,
)
from db.queries.conversations.conversation_summary import ConversationRow, find_conversation
from desk.conversations.rights import may_change_open
from desk.conversations.sessions import mark_all_read
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork


async def list_all(
    uow: UnitOfWork, caller: Caller, query: ConversationQuery
) -> Page[ConversationOut]:
    """List the conversations that I may see, the last message first."""
    viewer = visibility_scope(caller)
    if query.agent_id is not None and viewer not in {None, query.agent_id}:
        return Page(items=[], next=None, previous=None)
    wanted = ConversationFilter(
        viewer=viewer,
        holder=None if query.agent_id is None else AgentId(query.agent_id),
        channel=None if query.channel_id is None else ChannelId(query.channel_id),
        tag=None if query.tag_id is None else TagId(query.tag_id),
        unread=query.unread,
        words=query.q,
        archived=query.archived,
    )
    found = await list_conversations(uow.tx, wanted, start=query.start, limit=query.limit)
    scan_end = None if found.scan_end is None else Cursor(found.scan_end.at, found.scan_end.id)
    return build_page(found.rows, query, _to_schema, _cursor_of, scan_end=scan_end)


async def show(uow: UnitOfWork, caller: Caller, conversation_id: ConversationId) -> ConversationOut:
    """Show a conversation with its customer and its open session."""
    row = await find_conversation(uow.tx, conversation_id, viewer=visibility_scope(caller))
    if row is None:
        raise NotFound
    return _to_schema(row)


async def list_messages(
    uow: UnitOfWork, caller: Caller, conversation_id: ConversationId, query: PageQuery
) -> Page[MessageOut]:
    """List the messages of all sessions of a conversation that I may see, the newest first."""
    found = await get_conversation_with_messages(
        uow.tx,
        conversation_id,
        viewer=visibility_scope(caller),
        start=query.start,
        limit=query.limit,
    )
    if found is None:
        raise NotFound
    return build_page(found[1], query, MessageOut.from_row, message_cursor)


async def mark_conversation_read(
    uow: UnitOfWork, caller: Caller, conversation_id: ConversationId
) -> None:
    """Mark all messages of the customer in a conversation as read."""
    if await find_conversation(uow.tx, conversation_id, viewer=visibility_scope(caller)) is None:
        raise NotFound
    thread = await find_thread(uow, conversation_id)
    if thread is None:
        raise NotFound  # deleted in the meantime
    if not may_change_open(caller.actor, thread):
        raise NotFound
    await mark_all_read(uow, thread)


def _to_schema(row: ConversationRow) -> ConversationOut:
    return ConversationOut(
        id=row.id,
        client=client_to_brief(row),
        channel=ChannelBrief(id=row.channel_id, kind=row.channel_kind, name=row.channel_name),
        unreachable=row.unreachable,
        session=_session_to_schema(row),
        session_count=row.session_count,
        unread_count=row.unread_count,
        reply_until=row.reply_until,
        is_active=row.is_active,
        last_message=last_message_to_schema(row),
        last_message_at=row.last_message_at,
        created_at=row.created_at,
    )


def _session_to_schema(row: ConversationRow) -> OpenSession | None:
    if row.session_id is None or row.session_number is None or row.session_since is None:
        return None
    return OpenSession(
        id=row.session_id,
        number=row.session_number,
        waiting=row.cs_id is None,
        created_at=row.session_since,
        agent=agent_to_brief(row),
        tags=tags_to_briefs(row),
    )


def _cursor_of(row: ConversationRow) -> Cursor:
    return Cursor(row.last_message_at, row.id)
