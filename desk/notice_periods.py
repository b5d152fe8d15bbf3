"""Notices that come at most once within a period, wherever the clock stands."""

from datetime import timedelta

from db.queues import outbox
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
