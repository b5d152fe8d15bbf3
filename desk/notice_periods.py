"""Notices that come at most once within a period, wherever the clock stands."""

from datetime import timedelta

from db.queues import outbox
from desk.channels import ServedChannel
from desk.unit_of_work import UnitOfWork


async def find_key_within(uow: UnitOfWork, about: str, period: timedelta) -> str | None:
    """Return the dedup key of a notice; None if one `about` the same came within the period.

    The key is one period of the clock, which the outbox takes once, also from two processes that
    write at the same moment. The period before may have ended a moment after its notice.
    """
    number = int(uow.now.timestamp() // period.total_seconds())
    if await outbox.is_key_used(uow.tx, f"{about}:{number - 1}", uow.now - period):
        return None
    return f"{about}:{number}"


async def notify_first_group(
    uow: UnitOfWork, channel: ServedChannel, text: str, *, about: str, period: timedelta
) -> None:
    """Post a notice for admins in the first staff group, at most once within the period."""
    key = await find_key_within(uow, about, period)
    for group in channel.staff_groups[:1] if key else ():
        uow.enqueue_for_chat(channel.staff_channel_id, group, text, group=True, dedup_key=key)
