"""Staff has read what a customer wrote, without answering it yet."""

from db.ids import SessionId
from db.queries.conversations.threads import Thread
from db.queries.conversations.unread import mark_conversation_as_read, mark_sessions_read
from desk.unit_of_work import Desk


async def mark_read(desk: Desk, thread: Thread, session_id: SessionId) -> None:
    """Mark all that the customer wrote in one session of the thread as read."""
    if thread.session_id == session_id:
        desk.staff_read(thread, session_id, spoke=False)
    elif await mark_sessions_read(desk.tx, [session_id]):
        desk.events.messages_read(session_id)


async def mark_all_read(desk: Desk, thread: Thread) -> None:
    """Mark all that the customer ever wrote in the thread as read."""
    count = await mark_conversation_as_read(desk.tx, thread.conversation_id)
    if count and thread.session_id is not None:
        desk.events.messages_read(thread.session_id)
