"""Find and lock the conversation in which an agent acts, if they may act in it."""

from api.access.caller import Caller
from api.access.session_access import find_session, lock_visible_thread
from api.errors.problems import Conflict, NotFound, ValidationFailed
from db.ids import MessageId, SessionId
from db.queries.conversations.location import (
    MessageLocation,
    SessionLocation,
    find_conversation_of_message,
    find_message_location,
)
from db.queries.conversations.threads import Thread
from db.queries.messages.message_rows import MessageRow, find_message
from desk.unit_of_work import UnitOfWork


async def lock_thread_to_reply(uow: UnitOfWork, caller: Caller, session_id: SessionId) -> Thread:
    """Lock and return the conversation of a session in which the caller may write.

    The session may have ended, if none is open now: as in a topic, an answer then opens the next
    one. Raises NotFound, or Conflict when the conversation has another open session.
    """
    thread = await _lock_served_thread(uow, caller, await find_session(uow, session_id))
    if thread.session_id not in {None, session_id}:
        raise Conflict("this session has ended: answer in the conversation's open session")
    return thread


async def lock_message_and_thread(
    uow: UnitOfWork, caller: Caller, message_id: MessageId
) -> tuple[MessageRow, Thread]:
    """Lock a message's conversation and return both, if the caller may change its session.

    Raises NotFound, or Conflict when the channel is not served.
    """
    place = await find_message_location(uow.tx, message_id)
    if place is None:
        raise NotFound
    thread = await _lock_served_thread(uow, caller, place)
    row = await find_message(uow.tx, message_id)
    if row is None:
        raise NotFound
    return row, thread


async def _lock_served_thread(
    uow: UnitOfWork, caller: Caller, place: SessionLocation | MessageLocation
) -> Thread:
    thread = await lock_visible_thread(uow, caller, place)
    if thread.channel_id not in uow.channels:
        raise Conflict("this conversation's channel is not in service now")
    return thread


async def check_reply_target(
    uow: UnitOfWork, thread: Thread, reply_to: str | None
) -> MessageId | None:
    """Check that the message to reply to is in the conversation; raises ValidationFailed."""
    if reply_to is None:
        return None
    message_id = MessageId(reply_to)
    if await find_conversation_of_message(uow.tx, message_id) != thread.conversation_id:
        raise ValidationFailed.field(
            "reply_to", "there is no such message in this conversation", "unknown"
        )
    return message_id
