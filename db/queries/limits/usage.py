"""What was spent of the providers' limits, held by one transaction at a time."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import insert_new, table_of
from db.tables import Budget

budgets = table_of(Budget)

Calls = dict[str, list[float]]

_THESE = budgets.c.owner.in_(bindparam("owners", expanding=True))
_READ = select(budgets.c.owner, budgets.c.calls).where(_THESE)
_HOLD = _READ.order_by(budgets.c.owner).with_for_update(skip_locked=True)
_KEEP = (
    update(budgets)
    .where(budgets.c.owner == bindparam("of"))
    .values(calls=bindparam("spent", type_=budgets.c.calls.type))
)


async def open_budgets(tx: AsyncSession, owners: Iterable[str]) -> bool:
    """Give each bot or number an empty budget if it has none yet; tells whether one had none."""
    wanted = sorted(owners)
    known = set(await tx.scalars(select(budgets.c.owner).where(budgets.c.owner.in_(wanted))))
    new = [{"owner": owner, "calls": {}} for owner in wanted if owner not in known]
    if new:
        await tx.execute(insert_new(tx, budgets, ("owner",)), new)
    return bool(new)


async def hold_budgets(tx: AsyncSession, owners: Sequence[str]) -> dict[str, Calls] | None:
    """Hold budgets until the transaction ends; None while another one holds one of them."""
    held = {row.owner: row.calls for row in await tx.execute(_HOLD, {"owners": owners})}
    return held if len(held) == len(owners) else None


async def read_budgets(tx: AsyncSession, owners: Sequence[str]) -> dict[str, Calls]:
    """Read budgets as they were last kept, whoever holds them."""
    return {row.owner: row.calls for row in await tx.execute(_READ, {"owners": owners})}


async def keep_budgets(tx: AsyncSession, spent: Mapping[str, Calls]) -> None:
    """Write what was spent of budgets that this transaction holds."""
    for owner, calls in sorted(spent.items()):
        await tx.execute(_KEEP, {"of": owner, "spent": calls})
