"""Look after sessions that wait for an agent, and warn staff when nobody has been free for a while.

Whoever goes online or ends a session takes the next one at once. This timer is for the rest: an
agent's session that became idle, a capacity that was raised.
"""

from datetime import timedelta

from db.queries.conversations.session_activity import count_waiting_in
from db.queries.conversations.threads import Thread
from desk.business_hours import is_open
from desk.conversations.assignment import assign_waiting
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork

_LOOK_EVERY = timedelta(minutes=5)


async def watch_waiting(uow: UnitOfWork, thread: Thread) -> None:
    """Set the timer of a session that waits from now on."""
    warn_after = uow.session_times.nobody_free
    await set_timer(
        uow, thread, Timer.WAITING, uow.now + min(_LOOK_EVERY, warn_after or _LOOK_EVERY)
    )


async def handle_waiting_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Handle the timer: look for an agent again, and warn staff."""
    if thread.session_id is None or thread.holder_id is not None:
        return
    await assign_waiting(uow)
    if thread.holder_id is not None:
        return
    await _warn(uow, thread)
    await watch_waiting(uow, thread)


async def _warn(uow: UnitOfWork, thread: Thread) -> None:
    """Warn the staff group, once in each period of the longest wait, while the desk is open."""
    period, channel = uow.session_times.nobody_free, uow.channel_of(thread)
    if period is None or thread.session_id is None:
        return
    waiting = await count_waiting_in(uow.tx, channel.id)
    since = waiting.since or uow.now
    is_closed = channel.hours is not None and not is_open(channel.hours, uow.now)
    place = thread.group_place
    group = place.chat if place else next(iter(channel.staff_groups), None)
    if uow.now - since < period or is_closed or group is None:
        return
    text = uow.text_for_staff(
        "general.nobody_free",
        channel=channel.name,
        waiting=waiting.count,
        minutes=int((uow.now - since).total_seconds()) // 60,
    )
    # Counted from the longest wait: periods of the clock could be over a minute after a warning.
    number = (uow.now - since) // period
    dedup_key = f"nobody-free:{channel.id}:{group}:{int(since.timestamp())}:{number}"
    bot = place.channel_id if place else channel.staff_channel_id
    uow.enqueue_for_chat(bot, group, text, group=True, dedup_key=dedup_key)
