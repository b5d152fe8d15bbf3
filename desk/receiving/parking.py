"""Park updates that cannot be handled: an admin sees them, and nothing waits for them."""

from datetime import datetime

from db.queues.inbox import InboxRow
from desk.unit_of_work import UnitOfWork

MAX_ATTEMPTS = 5
# Seconds in which admins are told at most once: many bad updates must not use up the group's limit.
_NOTIFY_INTERVAL = 300
_MAX_ERROR_LENGTH = 300
_OUR_ROOMS = {"bot", "bridge", "desk"}


def notify_admins(uow: UnitOfWork, row: InboxRow, error: str) -> None:
    """Notify the staff group's General topic that an update was parked, and why."""
    if row.channel_id not in uow.channels:
        return
    channel = uow.channels[row.channel_id]
    text = uow.text_for_staff(
        "general.parked", tries=MAX_ATTEMPTS, row=row.id, error=error[:_MAX_ERROR_LENGTH]
    )
    for group in channel.staff_groups[:1]:
        uow.enqueue_for_chat(
            channel.staff_channel_id,
            group,
            text,
            group=True,
            dedup_key=f"parked:{channel.id}:{_period(uow.now)}",
        )


def to_words(uow: UnitOfWork, error: Exception) -> str:
    """Describe an error to people: our receivers' own words, or that it is a fault in this program.

    The name of the exception, and what a library says, stand in the log and in the API.
    """
    if type(error).__module__.partition(".")[0] in _OUR_ROOMS and str(error):
        return str(error)
    return uow.text_for_staff("general.internal_error")


def _period(now: datetime) -> int:
    return int(now.timestamp()) // _NOTIFY_INTERVAL
