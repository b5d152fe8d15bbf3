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
class UsedTokens:
    """What a call used, for which its reservation still counts."""

    caller: str
    usage: Usage
    cost: float

    async def settle(self, tx: Transaction) -> None:
        """Count what was used instead of what was reserved; a second time changes nothing."""
        await settle(tx, self.caller, self.usage, now_utc(), cost=self.cost)


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
        given, used = await self.call_unsettled(ask, model=model, need=need, session_id=session_id)
        await self.run(used.settle)
        return given

    async def call_unsettled(
        self,
        ask: Callable[[], Awaitable[R]],
        *,
        model: str,
        need: int,
        session_id: SessionId | None = None,
    ) -> tuple[R, UsedTokens]:
        """Reserve tokens and ask the model; what it used has to be settled by the caller.

        A call that fails is settled at once; raises ModelError.
        """
        caller, budget = new_id(), Budget(session_id, datetime.now(UTC).date(), self.limits)
        await self.run(lambda tx: reserve(tx, caller, budget, need, now_utc()))
        try:
            given = await ask()
        except BaseException as error:
            usage = error.usage if isinstance(error, ModelError) else Usage()
            cost = self.prices.calculate(usage, model)
            await self.run(UsedTokens(caller, usage, cost).settle)
            raise
        cost = self.prices.calculate(given.usage, model, given.model)
        return given, UsedTokens(caller, given.usage, cost)
