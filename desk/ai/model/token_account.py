"""Calls of models whose tokens are counted: reserved before, settled after, with their cost."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from db.database import Transaction
from db.ids import SessionId, new_id
from db.tables.base import now_utc
from desk.ai.model.budget import Budget, BudgetLimits, reserve, settle
from desk.ai.model.ports import ModelError, Usage
from desk.ai.model.prices import ModelPrices


class Counted(Protocol):
    """What a model gave, and what it used for it."""

    @property
    def usage(self) -> Usage: ...
    @property
    def model(self) -> str: ...


R = TypeVar("R", bound=Counted)
RunTransaction = Callable[[Callable[[Transaction], Awaitable[None]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TokenAccount:
    """Counts the tokens of calls in the budget of their day, and of their session if they have one.

    Each step has a transaction of its own, so none is open during the call.
    """

    limits: BudgetLimits
    prices: ModelPrices
    run: RunTransaction

    async def call(
        self,
        ask: Callable[[], Awaitable[R]],
        *,
        model: str,
        need: int,
        session_id: SessionId | None = None,
    ) -> R:
        """Reserve tokens, ask the model, and settle what it used; raise ModelError."""
        caller, budget = new_id(), Budget(session_id, datetime.now(UTC).date(), self.limits)
        await self.run(lambda tx: reserve(tx, caller, budget, need, now_utc()))
        usage, models = Usage(), [model]
        try:
            given = await ask()
            usage, models = given.usage, [model, given.model]
        except ModelError as error:
            usage = error.usage
            raise
        finally:
            cost = self.prices.calculate(usage, *models)
            await self.run(lambda tx: settle(tx, caller, usage, now_utc(), cost=cost))
        return given
