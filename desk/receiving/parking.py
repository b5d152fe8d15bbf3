"""Updates that cannot be handled are set aside where an admin sees them; nobody waits for them."""

from datetime import datetime

from db.queues.inbox import InboxRow
from desk.unit_of_work import Desk

MOST_TRIES = 5
# Admins are told once in so many seconds: a flood of bad updates must not eat the group's budget.
_TELL_EVERY = 300
_ERROR_SHOWN = 300


def tell_admins(desk: Desk, row: InboxRow, error: str) -> None:
    """Say in the staff group's General topic that an update was parked, and why."""
    if row.channel_id not in desk.channels:
        return
    channel = desk.channels[row.channel_id]
    text = desk.for_staff(
        "general.parked", tries=MOST_TRIES, row=row.id, error=error[:_ERROR_SHOWN]
    )
    for group in channel.staff_groups[:1]:
        desk.tell_chat(
            channel.staff_channel_id,
            group,
            text,
            group=True,
            once=f"parked:{channel.id}:{_period(desk.now)}",
        )


def _period(now: datetime) -> int:
    return int(now.timestamp()) // _TELL_EVERY
