"""Follow customers' waits for answers: a projection begins and ends them, timers tell the rest."""

from collections.abc import Sequence

from db.ids import MessageId, SessionId
from db.queries.conversations.answer_waits import (
    AnswerWait,
    TimedSession,
    read_timed_sessions,
    save_outcome,
    save_wait,
)
from db.queries.conversations.threads import Thread
from db.queries.metrics.facts import find_sessions_of
from db.tables import Direction, SlaState
from desk.conversations.threads import find_thread
from desk.events import (
    DeliveryChanged,
    Event,
    MessageAdded,
    SessionEnded,
    SessionReopened,
    SessionSlaChanged,
    SessionSnoozed,
)
from desk.metrics.projection import changes_past
from desk.receiving.timers import Timer, set_timer
from desk.sla.decisions import advance, decide, find_next_moment, is_late
from desk.sla.notices import tell_staff
from desk.unit_of_work import UnitOfWork

_ALARMING = {SlaState.WARNED, SlaState.BREACHED}


class AnswerWaits:
    """Begins and ends the waits of sessions whose channel has targets.

    It stands behind the figures, which say since when a customer is not answered.
    """

    name = "answer_waits"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        if not any(each.targets for each in uow.channels):
            return
        for session in await read_timed_sessions(uow.tx, await _list_touched(uow, events)):
            if not uow.channels.is_known(session.channel_id):
                continue  # it was created a moment ago, and has no targets yet
            channel = uow.channels[session.channel_id]
            new = decide(session, channel.targets, channel.hours, uow.now)
            thread = await find_thread(uow, session.conversation_id) if new else None
            if new is not None and thread is not None:
                await _change(uow, thread, session, new)


async def _list_touched(uow: UnitOfWork, events: Sequence[Event]) -> set[SessionId]:
    """List the sessions in which a wait may have begun or ended."""
    touched: set[SessionId] = set()
    corrected: list[MessageId] = []
    for event in events:
        if isinstance(event, MessageAdded):
            if event.session_id is not None and event.direction is not Direction.INTERNAL:
                touched.add(event.session_id)
        elif isinstance(event, SessionReopened | SessionEnded | SessionSnoozed):
            touched.add(event.session_id)
        elif isinstance(event, DeliveryChanged) and changes_past(event):
            corrected.append(event.message_id)
    return touched | (await find_sessions_of(uow.tx, corrected) if corrected else set())


async def handle_sla_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Handle the timer: warn staff, or say that the target is missed.

    A timer of a wait that is over does nothing.
    """
    if thread.session_id is None:
        return
    for session in await read_timed_sessions(uow.tx, [thread.session_id]):
        wait = session.wait
        if wait is None or not wait.is_running:
            continue
        new = advance(wait, uow.now)
        if new is not None:
            await _change(uow, thread, session, new)


async def _change(uow: UnitOfWork, thread: Thread, session: TimedSession, new: AnswerWait) -> None:
    """Write a wait with everything that follows."""
    old = session.wait
    await save_wait(uow.tx, session.session_id, new)
    await save_outcome(uow.tx, session.session_id, new.target, is_breached=is_late(new, uow.now))
    moment = find_next_moment(new)
    if moment is not None:
        # Each moment has a lane of its own: an earlier one would wait behind a later one.
        await set_timer(uow, thread, Timer.SLA, moment, about=f"{moment:%Y%m%d%H%M%S}")
    was_alarming = old is not None and old.state in _ALARMING
    if new.state in _ALARMING or was_alarming:
        uow.events.add(SessionSlaChanged(session.session_id, new.state))
        uow.refresh_card(thread)
    if new.state in _ALARMING and not thread.is_blocked:
        tell_staff(uow, thread, session.session_id, new)
