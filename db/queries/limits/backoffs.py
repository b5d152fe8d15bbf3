"""Store the backoffs of rate-limit keys, so that they survive a restart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, upsert
from db.tables import RateLimitBackoff

backoffs = get_table(RateLimitBackoff)


async def save_backoff(tx: AsyncSession, rate_limit_key: str, until: datetime) -> None:
    """Save that a rate-limit key is closed until then."""
    row = {"rate_limit_key": rate_limit_key, "until": until}
    await tx.execute(upsert(tx, backoffs, ("rate_limit_key",), _extend), [row])


def _extend(new: Any) -> dict[str, Any]:
    return {"until": new.until}


async def load_backoffs(tx: AsyncSession, now: datetime) -> Sequence[tuple[str, datetime]]:
    """List the backoffs that still apply, and delete the others."""
    await tx.execute(delete(backoffs).where(backoffs.c.until <= now))
    return [(row.rate_limit_key, row.until) for row in await tx.execute(select(backoffs))]


async def list_backoffs(tx: AsyncSession, now: datetime) -> Sequence[tuple[str, datetime]]:
    """List the backoffs that still apply, of every process."""
    found = await tx.execute(select(backoffs).where(backoffs.c.until > now))
    return [(row.rate_limit_key, row.until) for row in found]
