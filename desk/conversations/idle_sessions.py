"""End sessions that nobody writes in, after a reminder, and give their place to who waits.

A held session has one timer. It fires when the session stops counting against its agent's capacity,
then for the reminder, then for the end; if somebody wrote meanwhile, it waits longer.
"""

from datetime import datetime

from db.queries.conversations.session_activity import SessionActivity, read_activity
from db.queries.conversations.threads import Thread
from desk.actors import SYSTEM
from desk.conversations import sessions
from desk.conversations.assignment import assign_waiting
from desk.conversations.notices import is_already_sent
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork


async def watch_for_idleness(uow: UnitOfWork, thread: Thread) -> None:
    """Set the timer of a session that has a new holder."""
    await set_timer(uow, thread, Timer.IDLE, uow.now + uow.session_times.idle)


async def handle_idle_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Handle the timer; a session that nobody holds waits for an agent, and does not end."""
    if thread.session_id is None or thread.holder_id is None:
        return
    if thread.snoozed_until is not None:
        await set_timer(
            uow, thread, Timer.IDLE, max(uow.now, thread.snoozed_until) + uow.session_times.idle
        )
        return
    activity, times = await read_activity(uow.tx, thread.session_id), uow.session_times
    since = activity.quiet_since
    if uow.now < since + times.idle:
        await set_timer(uow, thread, Timer.IDLE, since + times.idle)
        return
    await assign_waiting(uow)  # its place is free now
    if times.end is None:
        return
    remind_at, end_at = since + max(times.idle, times.end - times.reminder), since + times.end
    if uow.now < remind_at:
        await set_timer(uow, thread, Timer.IDLE, remind_at)
    elif times.reminder and not await is_already_sent(uow, _reminder_key(thread, since)):
        end_at = max(end_at, uow.now + times.reminder)
        _remind(uow, thread, activity, end_at)
        await set_timer(uow, thread, Timer.IDLE, end_at)
    elif uow.now < end_at:
        await set_timer(uow, thread, Timer.IDLE, end_at)
    else:
        await _end(uow, thread)


async def _end(uow: UnitOfWork, thread: Thread) -> None:
    number = thread.session_number
    if await sessions.end(uow, thread, SYSTEM, is_told=False):
        uow.notify_customer(thread, "customer.ended")
        uow.enqueue_staff_notice(thread, uow.text_for_staff("topic.idle_end", number=number))


def _remind(uow: UnitOfWork, thread: Thread, activity: SessionActivity, end_at: datetime) -> None:
    """Remind the agent if a message of the customer is unread, otherwise the customer."""
    dedup_key = _reminder_key(thread, activity.quiet_since)
    if activity.unread_count or thread.is_blocked:
        text = uow.text_for_staff(
            "topic.idle",
            agent=thread.holder_name,
            since=activity.quiet_since,
            end=end_at,
        )
        uow.enqueue_staff_notice(thread, text, dedup_key=dedup_key)
    else:
        uow.notify_customer(thread, "customer.idle", dedup_key=dedup_key)


def _reminder_key(thread: Thread, since: datetime) -> str:
    return f"idle:{thread.session_id}:{since:%Y%m%d%H%M%S}"
