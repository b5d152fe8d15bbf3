"""Park updates that cannot be handled: an admin sees them, and nothing waits for them."""

from collections.abc import Sequence
from datetime import timedelta

from db.queries.conversations import threads
from db.queries.conversations.threads import Thread
from db.queues.inbox import InboxRow
from desk.lanes import notice_key, parse_timer_lane, parse_update_lane
from desk.notice_periods import find_key_within, notify_first_group
from desk.unit_of_work import UnitOfWork

MAX_ATTEMPTS = 5
# Admins are told once within this time: many bad updates must not use up the group's limit.
_NOTICE_PERIOD = timedelta(minutes=5)
_MAX_ERROR_LENGTH = 300
_OUR_ROOMS = {"bot", "bridge", "desk"}


async def notify_of_parked(uow: UnitOfWork, row: InboxRow, error: str) -> None:
    """Notify General, and the topic of the conversation that the update is about if it is known."""
    if row.channel_id not in uow.channels:
        return
    error = error[:_MAX_ERROR_LENGTH]
    await _notify_admins(uow, row, error)
    thread = await _find_thread(uow, row)
    if thread is not None and not thread.is_blocked:
        about = notice_key(thread.conversation_id, "parked")
        if key := await find_key_within(uow, about, _NOTICE_PERIOD):
            text = uow.text_for_staff("topic.parked", tries=MAX_ATTEMPTS, row=row.id, error=error)
            uow.enqueue_staff_notice(thread, text, dedup_key=key, places=thread.visible_places)


async def _find_thread(uow: UnitOfWork, row: InboxRow) -> Thread | None:
    """Find the conversation of an update by its lane: the update itself cannot be read."""
    timer, place = parse_timer_lane(row.lane), parse_update_lane(row.lane)
    found: Sequence[Thread] = ()
    if timer is not None:
        found = await threads.lock_by_ids(uow.tx, [timer[1]])
    elif place is not None and place[1] is not None:
        chat, topic = place[0], place[1]
        found = [*(await threads.lock_by_topics(uow.tx, row.channel_id, chat, [topic])).values()]
    elif place is not None:
        names = [place[0]]
        found = await threads.lock_by_contacts(uow.tx, row.channel_id, names)
        if not found and uow.channels[row.channel_id].traits.has_aliases:
            found = await threads.lock_by_aliases(uow.tx, row.channel_id, names)
    return uow.add_thread(found[0]) if found else None


async def _notify_admins(uow: UnitOfWork, row: InboxRow, error: str) -> None:
    """Notify the staff group's General topic that an update was parked, and why."""
    channel = uow.channels[row.channel_id]
    text = uow.text_for_staff("general.parked", tries=MAX_ATTEMPTS, row=row.id, error=error)
    about = f"parked:{channel.id}"
    await notify_first_group(uow, channel, text, about=about, period=_NOTICE_PERIOD)


def to_words(uow: UnitOfWork, error: Exception) -> str:
    """Describe an error to people: our receivers' own words, or that it is a fault in this program.

    The name of the exception, and what a library says, stand in the log and in the API.
    """
    if type(error).__module__.partition(".")[0] in _OUR_ROOMS and str(error):
        return uow.reason_for_staff(error)
    return uow.text_for_staff("general.internal_error")
