"""Tests of the token budget on both engines: limits, several processes, crashes."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from db.database import Database
from db.ids import SessionId, new_id
from db.queries.ai.budgets import list_days
from db.queries.cleanup.cleanup import delete_old_budgets
from desk.ai.model import budget as budgets
from desk.ai.model.budget import Budget, BudgetLimits
from desk.ai.model.ports import BudgetExceeded, FailureReason, Usage
from desk.ai.model.prices import ModelPrices, Price
from tests.desk.ai.model.stage import build_request

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def build_budget(
    session: str = "S1", per_session: int | None = 1000, day: int | None = 5000
) -> Budget:
    return Budget(SessionId(session), date(2026, 5, 1), BudgetLimits(per_session, day))


async def test_tokens_are_reserved_and_settled(database: Database) -> None:
    budget, turn = build_budget(), new_id()

    async def reserve(caller: str, tokens: int, of: Budget = budget) -> FailureReason | None:
        async with database.transaction() as tx:
            try:
                await budgets.reserve(tx, caller, of, tokens, NOW)
            except BudgetExceeded as error:
                return error.reason  # the transaction is committed all the same
        return None

    async def settle(caller: str, used: int) -> None:
        async with database.transaction() as tx:
            await budgets.settle(tx, caller, Usage(used, 0), NOW, cost=used / 1000)

    async def count(of: Budget = budget) -> tuple[int, int]:
        async with database.transaction() as tx:
            session = await budgets.read_session_tokens(tx, of)
            return session, await budgets.read_day_tokens(tx, of)

    assert await count() == (0, 0)
    assert await reserve(turn, 800) is None
    assert await count() == (800, 800)
    assert await reserve(new_id(), 300) is FailureReason.SESSION_BUDGET
    # What does not fit into one of the two counts in neither.
    assert await count() == (800, 800)
    await settle(turn, 100)
    await settle(turn, 100)
    await settle(new_id(), 50)
    assert await count() == (100, 100)
    # A call may use more than it reserved.
    assert await reserve(turn, 10) is None
    await settle(turn, 990)
    assert await count() == (1090, 1090)
    # A turn that crashed and is tried again counts twice, because the model was perhaps asked.
    other = build_budget("S2", per_session=None, day=2000)
    assert await reserve(turn, 200, other) is None
    assert await reserve(turn, 200, other) is None
    await settle(turn, 50)
    assert await count(other) == (250, 1340)
    assert await reserve(turn, 700, other) is FailureReason.DAY_BUDGET
    assert await count(other) == (250, 1340)
    assert await reserve(turn, 10**9, build_budget("S3", None, None)) is None
    async with database.transaction() as tx:
        [day] = await list_days(tx, date(2026, 4, 30), date(2026, 5, 1))
        assert await list_days(tx, date(2026, 5, 2), date(2026, 5, 9)) == []
    assert (day.day, round(day.cost, 6)) == (date(2026, 5, 1), 1.14)


def test_a_cost_is_that_of_the_model_or_nothing() -> None:
    prices = ModelPrices({"small": Price(0.4, 1.6), "large": Price(2, 8)})
    usage = Usage(1_000_000, 500_000)
    assert prices.calculate(usage, "small", "small-2026-04-14") == pytest.approx(1.2)
    assert prices.calculate(usage, "unknown", "large") == pytest.approx(6)
    assert prices.calculate(usage, "unknown") == 0
    assert ModelPrices().calculate(usage, "small") == 0


async def test_the_last_tokens_go_to_one_of_many(database: Database) -> None:
    results: list[bool] = []

    async def reserve(number: int) -> None:
        budget = build_budget(f"S{number % 3}", per_session=100_000, day=1000)

        async def work(tx: object) -> bool:
            try:
                await budgets.reserve(tx, new_id(), budget, 300, NOW)  # type: ignore[arg-type]
            except BudgetExceeded:
                return False
            return True

        results.append(await database.run(work))

    await asyncio.gather(*(reserve(number) for number in range(12)))
    assert sorted(results) == [False] * 9 + [True] * 3


async def test_old_counts_are_deleted(database: Database) -> None:
    async with database.transaction() as tx:
        await budgets.reserve(tx, new_id(), build_budget(), 10, NOW)
        assert (await delete_old_budgets(tx, NOW, 100)).removed == 0
        done = await delete_old_budgets(tx, NOW + timedelta(days=1), 100)
        assert (done.removed, done.after) == (2, None)
        assert await budgets.read_session_tokens(tx, build_budget()) == 0


def test_the_need_covers_the_prompt_and_the_longest_answer() -> None:
    short, long = build_request("hi"), build_request("hi" * 1000)
    assert budgets.estimate_need(long) - budgets.estimate_need(short) == pytest.approx(500, abs=2)
    assert budgets.estimate_need(short) > short.max_tokens
    assert budgets.estimate_need(build_request(images=1)) > budgets.estimate_need(short) + 500
