"""List, show and mark conversations as read."""

from collections.abc import Sequence

from api.access.caller import Caller
from api.access.permissions import visibility_scope
from api.conversations.models import (
    ConversationCountQuery,
    ConversationCounts,
    ConversationOut,
    ConversationQuery,
    OpenSession,
)
from api.errors.problems import NotFound
from api.messages.lookup import find_visible_message
from api.messages.models import MessageOut
from api.messages.pages import (
    MessageQuery,
    ReadQuery,
    build_page_around,
    message_cursor,
    require_one_start,
    to_query_problem,
)
from api.schemas.pagination import Cursor, Page, build_page
from api.sessions.models import ChannelBrief
from api.sessions.serializers import (
    agent_to_brief,
    client_to_brief,
    clocks_of,
    last_message_to_schema,
    sla_to_schema,
    tags_to_briefs,
)
from db.ids import AgentId, ChannelId, ConversationId, MessageId, TagId
from db.queries.conversations.conversation_lists import (
    ConversationFilter,
    get_conversation_with_messages,
    list_conversations,
)
from db.queries.conversations.conversation_summary import ConversationRow, find_conversation
from db.queries.conversations.list_counts import CountFilter, count_lists
from db.queries.messages.message_rows import MessageRow, list_conversation_messages
from desk.conversations.rights import may_change_open
from desk.conversations.sessions import mark_all_read, mark_read
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork


async def list_all(
    uow: UnitOfWork, caller: Caller, query: ConversationQuery
) -> Page[ConversationOut]:
    """List the conversations that I may see, the last message first."""
    holder = caller.agent_id if query.mine else query.agent_id
    if query.agent_id not in {None, holder}:
        return Page(items=[], next=None, previous=None)
    wanted = ConversationFilter(
        viewer=visibility_scope(caller),
        holder=None if holder is None else AgentId(holder),
        channel=None if query.channel_id is None else ChannelId(query.channel_id),
        tag=None if query.tag_id is None else TagId(query.tag_id),
        open=query.open,
        waiting=query.waiting,
        unread=query.unread,
        words=query.q,
        archived=query.archived,
    )
    found = await list_conversations(uow.tx, wanted, start=query.start, limit=query.limit)
    scan_end = None if found.scan_end is None else Cursor(found.scan_end.at, found.scan_end.id)
    return build_page(found.rows, query, _to_schema, _cursor_of, scan_end=scan_end)


async def count_all(
    uow: UnitOfWork, caller: Caller, query: ConversationCountQuery
) -> ConversationCounts:
    """Count the conversations of my lists: open, mine, waiting and unread.

    A number is that of the list with the filter of the same name. Of the sessions that I hold, of
    those that wait and of the others at most the newest 5,000 are counted.
    """
    wanted = CountFilter(
        agent=None if query.agent_id is None else AgentId(query.agent_id),
        channel=None if query.channel_id is None else ChannelId(query.channel_id),
        tag=None if query.tag_id is None else TagId(query.tag_id),
    )
    viewer = visibility_scope(caller)
    counts = await count_lists(uow.tx, caller.agent_id, wanted, viewer=viewer)
    return ConversationCounts.model_validate(counts)


async def show(uow: UnitOfWork, caller: Caller, conversation_id: ConversationId) -> ConversationOut:
    """Show a conversation with its customer and its open session."""
    row = await find_conversation(uow.tx, conversation_id, viewer=visibility_scope(caller))
    if row is None:
        raise NotFound
    return _to_schema(row)


async def list_messages(
    uow: UnitOfWork, caller: Caller, conversation_id: ConversationId, query: MessageQuery
) -> Page[MessageOut]:
    """List the messages of all sessions of a conversation that I may see, the newest first.

    With `around`, those around one of them.
    """
    require_one_start(query)
    if query.around is not None:
        return await _list_messages_around(uow, caller, conversation_id, query)
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
    uow: UnitOfWork, caller: Caller, conversation_id: ConversationId, query: ReadQuery
) -> None:
    """Mark the messages of the customer in a conversation as read: all, or up to a message."""
    if await find_conversation(uow.tx, conversation_id, viewer=visibility_scope(caller)) is None:
        raise NotFound
    thread = await find_thread(uow, conversation_id)
    if thread is None:
        raise NotFound  # deleted in the meantime
    if not may_change_open(caller.actor, thread):
        raise NotFound
    if query.last is not None and thread.session_id is not None:
        await mark_read(uow, thread, thread.session_id, query.last)
    else:
        await mark_all_read(uow, thread)


async def _list_messages_around(
    uow: UnitOfWork, caller: Caller, conversation_id: ConversationId, query: MessageQuery
) -> Page[MessageOut]:
    viewer, message_id = visibility_scope(caller), MessageId(query.around or "")
    if await find_conversation(uow.tx, conversation_id, viewer=viewer) is None:
        raise NotFound
    middle = await find_visible_message(uow, caller, message_id)
    if middle is None or middle.conversation_id != conversation_id:
        raise to_query_problem("unknown", "there is no such message in this conversation")

    async def read(start: Cursor, limit: int) -> Sequence[MessageRow]:
        return await list_conversation_messages(
            uow.tx, conversation_id, viewer=viewer, start=start, limit=limit
        )

    return await build_page_around(middle, query.limit, read)


def _to_schema(row: ConversationRow) -> ConversationOut:
    return ConversationOut(
        id=row.id,
        client=client_to_brief(row),
        channel=ChannelBrief(id=row.channel_id, kind=row.channel_kind, name=row.channel_name),
        unreachable=row.unreachable,
        session=_session_to_schema(row),
        session_count=row.session_count,
        tags=tags_to_briefs(row),
        unread_count=row.unread_count,
        reply_until=row.reply_until,
        is_active=row.is_active,
        last_message=last_message_to_schema(row),
        last_message_at=row.last_message_at,
        created_at=row.created_at,
    )


def _session_to_schema(row: ConversationRow) -> OpenSession | None:
    if (
        row.session_id is None
        or row.session_number is None
        or row.session_since is None
        or row.priority is None
    ):
        return None
    is_waiting = row.cs_id is None
    return OpenSession(
        id=row.session_id,
        number=row.session_number,
        waiting=is_waiting,
        created_at=row.session_since,
        agent=agent_to_brief(row),
        tags=tags_to_briefs(row),
        priority=row.priority,
        snoozed_until=row.snoozed_until,
        sla=sla_to_schema(row),
        **clocks_of(row, is_waiting=is_waiting),
    )


def _cursor_of(row: ConversationRow) -> Cursor:
    return Cursor(row.last_message_at, row.id)
