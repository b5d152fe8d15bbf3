"""Store the usage of the providers' limits; one transaction at a time may change it."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.tables import RateLimitUsage

usage = get_table(RateLimitUsage)

Calls = dict[str, list[float]]

_THESE = usage.c.owner.in_(bindparam("owners", expanding=True))
_READ = select(usage.c.owner, usage.c.calls).where(_THESE)
_LOCK = _READ.order_by(usage.c.owner).with_for_update(skip_locked=True)
_SAVE = (
    update(usage)
    .where(usage.c.owner == bindparam("of"))
    .values(calls=bindparam("spent", type_=usage.c.calls.type))
)


async def ensure_usage(tx: AsyncSession, owners: Iterable[str]) -> bool:
    """Add an empty usage row for each bot or number without one; return whether one was added."""
    wanted = sorted(owners)
    known = set(await tx.scalars(select(usage.c.owner).where(usage.c.owner.in_(wanted))))
    new = [{"owner": owner, "calls": {}} for owner in wanted if owner not in known]
    if new:
        await tx.execute(insert_or_ignore(tx, usage, ("owner",)), new)
    return bool(new)


async def lock_usage(tx: AsyncSession, owners: Sequence[str]) -> dict[str, Calls] | None:
    """Lock usage rows until the transaction ends; None if another transaction holds one of them."""
    held = {row.owner: row.calls for row in await tx.execute(_LOCK, {"owners": owners})}
    return held if len(held) == len(owners) else None


async def read_usage(tx: AsyncSession, owners: Sequence[str]) -> dict[str, Calls]:
    """Read the usage as it was last saved, without a lock."""
    return {row.owner: row.calls for row in await tx.execute(_READ, {"owners": owners})}


async def save_usage(tx: AsyncSession, spent: Mapping[str, Calls]) -> None:
    """Save the usage of rows that this transaction has locked."""
    for owner, calls in sorted(spent.items()):
        await tx.execute(_SAVE, {"of": owner, "spent": calls})
