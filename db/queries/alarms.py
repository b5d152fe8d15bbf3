"""Read, raise and clear alarms."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.tables import Alarm

alarms = get_table(Alarm)


async def list_raised(tx: AsyncSession) -> set[str]:
    """Return the names of the alarms that are raised."""
    return set(await tx.scalars(select(alarms.c.name)))


async def raise_alarm(tx: AsyncSession, name: str, now: datetime) -> None:
    """Raise an alarm."""
    await tx.execute(insert_or_ignore(tx, alarms, ("name",)), [{"name": name, "raised_at": now}])


async def clear_alarm(tx: AsyncSession, name: str) -> None:
    """Clear an alarm."""
    await tx.execute(delete(alarms).where(alarms.c.name == name))
