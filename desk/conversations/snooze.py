"""Put a session aside until a time; it comes back then, or when the customer writes.

While it is put aside it does not count against its agent's capacity, and does not end by itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.queries.conversations import session_settings
from db.queries.conversations.threads import Thread
from db.tables import Direction
from desk.actors import Actor
from desk.audit import add_entry
from desk.conversations.actions import SessionActionError
from desk.conversations.assignment import assign_waiting
from desk.conversations.idle_sessions import watch_for_idleness
from desk.conversations.notices import notify_topic
from desk.events import Event, MessageAdded, SessionSnoozed
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork

MAX_SNOOZE = timedelta(days=366)


class SnoozeTimeError(SessionActionError):
    """A time until which no session can be put aside."""


async def snooze(uow: UnitOfWork, thread: Thread, until: datetime, *, by: Actor) -> None:
    """Put the open session aside until a time in the future; again with another time changes it.

    The caller has checked the right to change the session. Raises SessionActionError.
    """
    if thread.session_id is None:
        raise SessionActionError("this session has ended: reopen it first")
    if thread.holder_id is None:
        raise SessionActionError("no agent holds this session: claim it first")
    if not uow.now < until <= uow.now + MAX_SNOOZE:
        raise SnoozeTimeError("a session is snoozed until a time in the future, within a year")
    if thread.snoozed_until == until:
        return
    await session_settings.snooze_session(uow.tx, thread.session_id, until)
    thread.snoozed_until = until
    await set_timer(uow, thread, Timer.SNOOZE, until)
    uow.events.add(SessionSnoozed(thread.session_id, until))
    add_entry(uow, by, "session.snooze", thread.session_id, {"until": until.isoformat()})
    uow.refresh_card(thread)
    await assign_waiting(uow)  # its place is free now


async def wake(uow: UnitOfWork, thread: Thread) -> bool:
    """Take the open session up again; return False if it was not put aside."""
    session_id = thread.session_id
    if session_id is None or thread.snoozed_until is None:
        return False
    thread.snoozed_until = None
    if not await session_settings.wake_session(uow.tx, session_id, uow.now):
        return False
    uow.events.add(SessionSnoozed(session_id, None))
    await watch_for_idleness(uow, thread)
    uow.refresh_card(thread)
    return True


async def handle_snooze_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Take a session up again when its time has come; a later time has a timer of its own."""
    until = thread.snoozed_until
    if until is not None and until <= uow.now and await wake(uow, thread):
        notify_topic(uow, thread, "command.snooze_over", agent=thread.holder_name)


class EarlyWaking:
    """Takes a session up again when its customer writes."""

    name = "early-waking"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, MessageAdded) and event.direction is Direction.INBOUND:
                thread = uow.threads.get(("conversation", event.conversation_id))
                if thread is not None and thread.snoozed_until and await wake(uow, thread):
                    notify_topic(uow, thread, "command.snooze_early", agent=thread.holder_name)
