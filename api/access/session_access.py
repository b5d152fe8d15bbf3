"""Find and lock sessions in which a caller may act; what they may not see is not found."""

from api.access.caller import Caller
from api.access.permissions import require_visible
from api.errors.problems import NotFound
from db.ids import SessionId
from db.queries.conversations.location import (
    MessageLocation,
    SessionLocation,
    find_session_location,
)
from db.queries.conversations.threads import Thread
from desk.conversations.rights import find_holder
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork


async def find_session(uow: UnitOfWork, session_id: SessionId) -> SessionLocation:
    """Find where a session is, without a check of rights; raise NotFound if there is none."""
    place = await find_session_location(uow.tx, session_id)
    if place is None:
        raise NotFound
    return place


async def find_visible_session(
    uow: UnitOfWork, caller: Caller, session_id: SessionId
) -> SessionLocation:
    """Find where a session is that the caller may see; raise NotFound otherwise."""
    place = await find_session(uow, session_id)
    require_visible(caller, holder=place.human_holder, is_open=place.is_open)
    return place


async def lock_thread(uow: UnitOfWork, place: SessionLocation | MessageLocation) -> Thread:
    """Lock and return the conversation at this place; raise NotFound if it is gone."""
    thread = await find_thread(uow, place.conversation_id)
    if thread is None:
        raise NotFound  # deleted in the meantime
    return thread


async def lock_visible_thread(
    uow: UnitOfWork, caller: Caller, place: SessionLocation | MessageLocation
) -> Thread:
    """Lock and return the conversation of a session that the caller may change.

    Who holds the session is decided after the lock. Raises NotFound.
    """
    thread = await lock_thread(uow, place)
    holder, is_open = find_holder(thread, place)
    require_visible(caller, holder=holder, is_open=is_open)
    return thread


async def lock_visible_session(
    uow: UnitOfWork, caller: Caller, session_id: SessionId
) -> tuple[Thread, SessionLocation]:
    """Lock the conversation of a session that the caller may change; return both."""
    place = await find_session(uow, session_id)
    return await lock_visible_thread(uow, caller, place), place
