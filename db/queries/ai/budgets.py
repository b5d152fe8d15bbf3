"""Reserve and settle the tokens of AI agents, one counter for each budget."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, insert_or_ignore, upsert
from db.tables import AiTokenBudget, AiTokenReservation

budgets = get_table(AiTokenBudget)
reservations = get_table(AiTokenReservation)

_ADD = (
    update(budgets)
    .where(
        budgets.c.budget == bindparam("of"),
        budgets.c.tokens + bindparam("more") <= bindparam("limit"),
    )
    .values(tokens=budgets.c.tokens + bindparam("more"), changed_at=bindparam("now"))
)
# The limit of a budget that has none.
_NO_LIMIT = 2**62


async def reserve_tokens(
    tx: AsyncSession,
    caller: str,
    limits: Mapping[str, int | None],
    tokens: int,
    now: datetime,
) -> str | None:
    """Reserve tokens in each of these budgets, or in none; return the budget that has too few.

    What the same caller reserved before and never settled stays counted: its call may have been
    made. Of two transactions that want the last tokens, the second waits for the first.
    """
    names = sorted(limits)
    rows = [{"budget": name, "tokens": 0, "changed_at": now} for name in names]
    await tx.execute(insert_or_ignore(tx, budgets, ("budget",)), rows)
    for number, name in enumerate(names):
        limit = limits[name]
        row = {"of": name, "more": tokens, "now": now}
        full = await tx.execute(_ADD, {**row, "limit": _NO_LIMIT if limit is None else limit})
        if not count_changed(full):
            for taken in names[:number]:
                await _add(tx, taken, -tokens, now)
            return name
    held = [
        {"caller": caller, "budget": name, "tokens": tokens, "reserved_at": now} for name in names
    ]
    await tx.execute(upsert(tx, reservations, ("caller", "budget"), _replace), held)
    return None


def _replace(new: Any) -> dict[str, Any]:
    return {"tokens": new.tokens, "reserved_at": new.reserved_at}


async def settle_tokens(tx: AsyncSession, caller: str, used: int, now: datetime) -> bool:
    """Count what a call used instead of what it reserved; return False if nothing is reserved."""
    mine = reservations.c.caller == caller
    order = select(reservations).where(mine).order_by(reservations.c.budget).with_for_update()
    held = (await tx.execute(order)).all()
    for row in held:
        await _add(tx, row.budget, used - row.tokens, now)
    await tx.execute(delete(reservations).where(mine))
    return bool(held)


async def _add(tx: AsyncSession, budget: str, more: int, now: datetime) -> None:
    await tx.execute(_ADD, {"of": budget, "more": more, "limit": _NO_LIMIT, "now": now})


async def read_tokens(tx: AsyncSession, budget: str) -> int:
    """Return the tokens that were used or are reserved in a budget."""
    found = await tx.scalar(select(budgets.c.tokens).where(budgets.c.budget == budget))
    return int(found or 0)
