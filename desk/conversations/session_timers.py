"""The projection that sets the timers of sessions, whatever gave them their holder."""

from collections.abc import Sequence

from db.ids import SessionId
from db.queries.conversations.threads import Thread
from desk.conversations.idle_sessions import watch_for_idleness
from desk.conversations.waiting_sessions import watch_waiting
from desk.events import (
    Event,
    SessionAssigned,
    SessionOpened,
    SessionReopened,
    SessionTransferred,
)
from desk.unit_of_work import UnitOfWork


class SessionTimers:
    """Watches each open session: held ones for idleness, waiting ones for an agent."""

    name = "session-timers"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        changed = dict.fromkeys(
            event.session_id
            for event in events
            if isinstance(
                event, SessionOpened | SessionAssigned | SessionTransferred | SessionReopened
            )
        )
        for session_id in changed:
            thread = _find_thread(uow, session_id)
            if thread is None:
                continue  # it has ended in the same transaction
            if thread.holder_id is None:
                await watch_waiting(uow, thread)
            else:
                await watch_for_idleness(uow, thread)


def _find_thread(uow: UnitOfWork, session_id: SessionId) -> Thread | None:
    return next((each for each in uow.threads.values() if each.session_id == session_id), None)
