"""Several couriers together stay within the limits, also after a restart."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queries.limits.backoffs import save_backoff
from db.queries.limits.usage import lock_usage
from db.tables import RateLimitUsage
from db.tables.base import now_utc
from desk.lanes import group_limit_key, limit_channel, limit_kind, person_limit_key
from desk.limits.clock import steady_now
from desk.limits.rate_limiter import Limits
from desk.limits.shared_limits import SharedRateLimiter, StoredUsage
from desk.limits.windows import Limit
from tests.cluster.conftest import Opener
from tests.patience import SOON

CHANNEL = "01CHANNEL"
GROUP = group_limit_key(CHANNEL, "-1001")  # type: ignore[arg-type]
PERSON = person_limit_key(CHANNEL, "7")  # type: ignore[arg-type]
LIMITS = Limits(person=(Limit(3, 3.0),), group=(Limit(18, 60.0),), overall=(Limit(25, 1.0),))


@dataclass
class Spender:
    """What a courier does with its rate limiter in each of its transactions."""

    database: Database
    rate_limiter: SharedRateLimiter = field(
        default_factory=lambda: SharedRateLimiter(
            LIMITS, kind_of=limit_kind, owner_of=limit_channel
        )
    )

    def __post_init__(self) -> None:
        self.usage = StoredUsage(self.rate_limiter, [CHANNEL])

    async def spend(
        self, rate_limit_key: str, at: float, *, calls: int = 1, fails: bool = False
    ) -> bool:
        """Use calls if they fit; `fails`: the transaction is rolled back."""

        async def work(tx: AsyncSession) -> bool:
            now = datetime.fromtimestamp(at, UTC)
            while not await self.usage.load_usage(tx, now, at):  # noqa: ASYNC110 a row of a database rings nobody
                await asyncio.sleep(0.001)
            fits = self.rate_limiter.wait(rate_limit_key, at, calls=calls) <= 0
            if fits:
                self.rate_limiter.spend(rate_limit_key, at, calls=calls)
            await self.usage.save_usage(tx, at)
            if fails:
                raise ConnectionError
            return fits

        return await self.database.run(work)


async def test_several_spend_no_more_than_one_may(another: Opener) -> None:
    spenders = [Spender(another()) for _ in range(4)]
    at = steady_now()

    async def spend(spender: Spender) -> int:
        return sum([await spender.spend(GROUP, at + n / 1000) for n in range(8)])

    assert sum(await asyncio.gather(*map(spend, spenders))) == 18
    assert not await spenders[0].spend(GROUP, at + 59)
    assert await spenders[1].spend(GROUP, at + 60.1)


async def test_a_restart_does_not_refill(database: Database) -> None:
    at = steady_now()
    first = Spender(database)
    assert await first.spend(PERSON, at, calls=3)
    assert await first.spend(GROUP, at, calls=18)
    again = Spender(database)
    assert not await again.spend(PERSON, at + 1)
    assert not await again.spend(GROUP, at + 59)
    assert await again.spend(PERSON, at + 3.1)


async def test_what_is_undone_is_not_spent(database: Database) -> None:
    at, spender = steady_now(), Spender(database)
    assert await spender.spend(GROUP, at, calls=17)
    for _ in range(3):
        with pytest.raises(ConnectionError):
            await spender.spend(GROUP, at, fails=True)
    assert await spender.spend(GROUP, at)
    assert not await spender.spend(GROUP, at)


async def test_others_learn_when_a_call_was_really_made(database: Database) -> None:
    at, slow, other = steady_now(), Spender(database), Spender(database)
    assert await slow.spend(GROUP, at, calls=18)
    assert not slow.usage.has_unsaved
    slow.rate_limiter.confirm(GROUP, at, at + 5, calls=18)
    assert slow.usage.has_unsaved
    assert not await slow.spend(GROUP, at + 6)
    assert not slow.usage.has_unsaved
    assert not await other.spend(GROUP, at + 60.1)
    assert await other.spend(GROUP, at + 65.1)


async def test_only_what_a_limit_remembers_is_kept(database: Database) -> None:
    at, spender = steady_now(), Spender(database)
    for number in range(40):
        rate_limit_key = person_limit_key(CHANNEL, str(number))  # type: ignore[arg-type]
        assert await spender.spend(rate_limit_key, at + number)
    async with database.transaction() as tx:
        kept = await tx.scalar(select(RateLimitUsage.calls))
    assert kept is not None
    assert sum(map(len, kept.values())) <= 10


async def test_a_gate_that_another_was_told_to_close_is_closed(database: Database) -> None:
    at, spender = steady_now(), Spender(database)
    async with database.transaction() as tx:
        await save_backoff(tx, GROUP, datetime.fromtimestamp(at + 30, UTC))
    assert not await spender.spend(GROUP, at)
    assert await spender.spend(PERSON, at)
    assert not await spender.spend(GROUP, at + 29)
    assert await spender.spend(GROUP, at + 31)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.limits.shared_limits._MAX_WAIT", 0.05)


@pytest.mark.usefixtures("quick")
async def test_who_hangs_with_the_budgets_stops_nobody(another: Opener) -> None:
    at, hangs, others = steady_now(), another(), [Spender(another()) for _ in range(3)]
    assert await others[0].spend(GROUP, at, calls=1)

    async def spend_alone(spender: Spender) -> int:
        async def work(tx: AsyncSession) -> int:
            moment = steady_now()
            while not await spender.usage.load_usage(tx, now_utc(), moment):
                await asyncio.sleep(0.01)
                moment = steady_now()
            spent = 0
            while spender.rate_limiter.wait(GROUP, moment) <= 0:
                spender.rate_limiter.spend(GROUP, moment)
                spent += 1
            await spender.usage.save_usage(tx, moment)
            return spent

        return await spender.database.run(work)

    async with hangs.transaction() as tx:
        assert await lock_usage(tx, [CHANNEL]) is not None
        spent = [await asyncio.wait_for(spend_alone(each), SOON) for each in others]
        assert spent == [5, 5, 5]  # a third each, less what was known
        assert [await spend_alone(each) for each in others] == [0, 0, 0]
    # Free again: each courier saves what it used meanwhile.
    for each in others:
        await each.spend(PERSON, steady_now())
    fits = [await Spender(others[0].database).spend(GROUP, steady_now()) for _ in range(4)]
    assert fits == [True, True, False, False]
