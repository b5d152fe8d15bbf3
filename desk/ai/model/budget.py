"""The budget of tokens: reserved before a call of the model, settled after it.

Both are done in a transaction of the caller. The counters stand in the database, so that all
processes share them; a process that dies between the two leaves its reservation counted.
"""

from dataclasses import dataclass
from datetime import date, datetime

from db.database import Transaction
from db.ids import SessionId
from db.queries.ai import budgets
from desk.ai.model.completions import estimate_tokens
from desk.ai.model.ports import BudgetExceeded, FailureReason, ModelRequest, Usage

_SESSION = "session"


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """The most tokens; None: no limit."""

    per_session: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Where a call counts: in its day, in UTC, and in its session if it has one."""

    session_id: SessionId | None
    day: date
    limits: BudgetLimits

    @property
    def session_name(self) -> str:
        return f"{_SESSION}:{self.session_id}"

    @property
    def day_name(self) -> str:
        return budgets.name_day(self.day)

    @property
    def by_name(self) -> dict[str, int | None]:
        """Return the limits by the names of the budgets."""
        of_day = {self.day_name: self.limits.per_day}
        if self.session_id is None:
            return of_day
        return {self.session_name: self.limits.per_session, **of_day}


def estimate_need(request: ModelRequest) -> int:
    """Return the tokens to reserve: the prompt and the longest answer."""
    return estimate_tokens(request) + request.max_tokens


async def reserve(tx: Transaction, caller: str, budget: Budget, tokens: int, now: datetime) -> None:
    """Reserve tokens for a call; raise BudgetExceeded if the session or the day has too few.

    `caller` is the id of this call: one that is made again after a crash reserves again. The
    transaction can go on after the error.
    """
    limits = budget.by_name
    full = await budgets.reserve_tokens(tx, caller, limits, tokens, now)
    if full is None:
        return
    is_day = full == budget.day_name
    reason = FailureReason.DAY_BUDGET if is_day else FailureReason.SESSION_BUDGET
    raise BudgetExceeded(reason, f"{tokens} tokens do not fit into {full} of {limits[full]}")


async def settle(
    tx: Transaction, caller: str, usage: Usage, now: datetime, *, cost: float = 0.0
) -> None:
    """Count what a call used instead of what it reserved; a second time changes nothing."""
    await budgets.settle_tokens(tx, caller, usage.total, now, cost=cost)


async def read_session_tokens(tx: Transaction, budget: Budget) -> int:
    """Return the tokens that the session has used or reserved."""
    return await budgets.read_tokens(tx, budget.session_name)


async def read_day_tokens(tx: Transaction, budget: Budget) -> int:
    """Return the tokens that the day has used or reserved, in all sessions."""
    return await budgets.read_tokens(tx, budget.day_name)
