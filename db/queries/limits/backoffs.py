"""Gates that a provider closed: they stay closed over a restart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of, upsert
from db.tables import Pause

pauses = table_of(Pause)


async def keep_pause(tx: AsyncSession, gate: str, until: datetime) -> None:
    """Keep a gate closed until then, and count how often it was closed."""
    row = {"gate": gate, "until": until, "strikes": 1}
    await tx.execute(upsert(tx, pauses, ("gate",), _longer), [row])


def _longer(new: Any) -> dict[str, Any]:
    return {"until": new.until, "strikes": pauses.c.strikes + 1}


async def open_pauses(tx: AsyncSession, now: datetime) -> Sequence[tuple[str, datetime]]:
    """List the gates that are still closed, and forget those that are open again."""
    await tx.execute(delete(pauses).where(pauses.c.until <= now))
    return [(row.gate, row.until) for row in await tx.execute(select(pauses))]


async def kept_pauses(tx: AsyncSession, now: datetime) -> Sequence[tuple[str, datetime]]:
    """List the gates that are still closed, whichever process was told so."""
    found = await tx.execute(select(pauses).where(pauses.c.until > now))
    return [(row.gate, row.until) for row in found]
