"""Reserve and settle the tokens of AI agents, one counter for each budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
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
    .values(
        tokens=budgets.c.tokens + bindparam("more"),
        cost=budgets.c.cost + bindparam("costs"),
        changed_at=bindparam("now"),
    )
)
_MINE = reservations.c.caller == bindparam("by")
_HELD = select(reservations).where(_MINE).order_by(reservations.c.budget).with_for_update()
_RELEASE = delete(reservations).where(_MINE)
_DAY = "day"
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
    rows = [{"budget": name, "tokens": 0, "cost": 0.0, "changed_at": now} for name in names]
    await tx.execute(insert_or_ignore(tx, budgets, ("budget",)), rows)
    for number, name in enumerate(names):
        limit = limits[name]
        row = {"of": name, "more": tokens, "costs": 0.0, "now": now}
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


async def settle_tokens(
    tx: AsyncSession, caller: str, used: int, now: datetime, *, cost: float = 0.0
) -> bool:
    """Count what a call used instead of what it reserved; return False if nothing is reserved."""
    held = (await tx.execute(_HELD, {"by": caller})).all()
    for row in held:
        await _add(tx, row.budget, used - row.tokens, now, cost)
    await tx.execute(_RELEASE, {"by": caller})
    return bool(held)


async def _add(tx: AsyncSession, budget: str, more: int, now: datetime, cost: float = 0.0) -> None:
    row = {"of": budget, "more": more, "costs": cost, "limit": _NO_LIMIT, "now": now}
    await tx.execute(_ADD, row)


def name_day(day: date) -> str:
    """Return the name of the budget of a day; the names sort as the days do."""
    return f"{_DAY}:{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class DayUsage:
    """The tokens of a day, and what they cost."""

    day: date
    tokens: int
    cost: float


async def list_days(tx: AsyncSession, first: date, last: date) -> list[DayUsage]:
    """Read what was used on these days, the newest first; days without a call are left out."""
    of_days = budgets.c.budget.between(name_day(first), name_day(last))
    wanted = select(budgets.c.budget, budgets.c.tokens, budgets.c.cost).where(of_days)
    rows = await tx.execute(wanted.order_by(budgets.c.budget.desc()))
    return [
        DayUsage(date.fromisoformat(row.budget.partition(":")[2]), row.tokens, row.cost)
        for row in rows
    ]


async def read_tokens(tx: AsyncSession, budget: str) -> int:
    """Return the tokens that were used or are reserved in a budget."""
    found = await tx.scalar(select(budgets.c.tokens).where(budgets.c.budget == budget))
    return int(found or 0)
