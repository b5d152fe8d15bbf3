"""The courier while it runs: lost leases, a database that is away, many conversations at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import new_id
from db.tables import DeliveryState, Lane, RateLimitBackoff
from desk.delivery.courier import Courier, CourierSettings
from desk.delivery.ports import Delivery, SendResult
from desk.errors import RateLimited
from desk.lanes import NO_LIMIT, customer_lane, person_limit_key
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import FakeSender, Stage, T, open_stage, text
from tests.patience import PATIENCE


class FlakyDatabase(Database):
    """A database whose next transactions fail at the commit, after all their work."""

    failures = 0

    async def run(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async def lost(tx: AsyncSession) -> T:
            result = await work(tx)
            if self.failures > 0:
                self.failures -= 1
                raise OperationalError("COMMIT", {}, Exception(2013, "Lost connection"))
            return result

        return await super().run(lost)


@dataclass
class BlockedSender(FakeSender):
    """Holds every delivery back until the test lets it go on."""

    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, delivery: Delivery) -> SendResult:
        await self.go.wait()
        return await super().deliver(delivery)


def courier_of(stage: Stage, database: Database | None = None) -> Courier:
    return Courier(
        database or stage.database,
        stage.uow_factory,
        stage.executor,
        stage.rate_limiter,
        CourierSettings(lanes_at_once=8),
    )


@asynccontextmanager
async def running(*couriers: Courier) -> AsyncIterator[None]:
    """Run couriers; on exit they settle what is in progress."""
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        senders = [group.create_task(each.send()) for each in couriers for _ in range(each.senders)]
        runs = [group.create_task(each.run()) for each in couriers]
        try:
            yield
        finally:
            for each in couriers:
                each.stop()
            await asyncio.wait(runs)
            for sender in senders:
                sender.cancel()


async def until(what: Callable[[], Awaitable[bool]], *couriers: Courier) -> None:
    while not await what():
        for each in couriers:
            each.signal.notify()
        await asyncio.sleep(0.01)


async def states(stage: Stage) -> set[str]:
    return {row.state.value for row in await stage.outbox()}


async def test_many_conversations_are_delivered_in_order(stage: Stage) -> None:
    people = [await stage.customer(f"C{n}", str(n)) for n in range(15)]
    for number in range(6):
        for each in people:
            await stage.answer(each, text(str(number)))
    courier = courier_of(stage)
    async with running(courier):
        await until(lambda: is_quiet(stage), courier)
    for n in range(15):
        sent = [about for _, chat, _, about in stage.sender.calls if chat == str(n)]
        assert sent == [str(number) for number in range(6)]


async def is_quiet(stage: Stage) -> bool:
    return await states(stage) <= {"done", "failed", "uncertain"}


async def test_stop_settles_what_is_under_way_and_claims_nothing_more(stage: Stage) -> None:
    sender = BlockedSender()
    stage.executor._senders = {stage.channel_id: sender}
    ana = await stage.customer()
    for number in range(3):
        await stage.answer(ana, text(str(number)))
    courier = courier_of(stage)

    async def is_sending() -> bool:
        return "sending" in await states(stage)

    async with running(courier):
        await until(is_sending, courier)
        courier.stop()
        sender.go.set()
    assert await stage.states() == ["answer done", "answer pending", "answer pending"]


async def test_a_lost_lease_drops_its_own_outcome_and_settles_the_others(stage: Stage) -> None:
    sender = BlockedSender()
    stage.executor._senders = {stage.channel_id: sender}
    ana, budi = await stage.customer("Ana", "1"), await stage.customer("Budi", "2")
    lost = await stage.answer(ana, text("Ana's"))
    kept = await stage.answer(budi, text("Budi's"))
    courier = courier_of(stage)

    async def are_sending() -> bool:
        return await states(stage) == {"sending"}

    async with running(courier):
        await until(are_sending, courier)
        async with stage.database.transaction() as tx:
            mine = Lane.lane == customer_lane(ana)  # type: ignore[arg-type]
            await tx.execute(update(Lane).where(mine).values(lease=new_id()))
        sender.go.set()

        async def is_settled() -> bool:
            return (await stage.message(kept)).delivery_state is DeliveryState.SENT

        await until(is_settled, courier)
    assert (await stage.message(lost)).delivery_state is DeliveryState.PENDING
    assert await stage.copies(lost) == []


@pytest.fixture
async def flaky(stage: Stage) -> AsyncIterator[FlakyDatabase]:
    opened = FlakyDatabase(stage.database.address)
    yield opened
    await opened.close()


# A database that refuses to record what was sent to chat 1.
_REFUSAL = {
    True: "CREATE TRIGGER refusal BEFORE INSERT ON message_links WHEN NEW.chat = '1'"
    " BEGIN SELECT RAISE(ABORT, 'refused'); END",
    False: "CREATE TRIGGER refusal BEFORE INSERT ON message_links FOR EACH ROW BEGIN"
    " IF NEW.chat = '1' THEN SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 4025; END IF; END",
}


async def test_what_the_database_refuses_to_record_stops_nobody_else(stage: Stage) -> None:
    ana, budi = await stage.customer("Ana", "1"), await stage.customer("Budi", "2")
    await stage.answer(ana, text("Ana's"))
    for number in range(3):
        await stage.answer(budi, text(str(number)))
    courier = courier_of(stage)
    await execute(stage, _REFUSAL[stage.database.is_sqlite])
    try:
        async with running(courier):
            await until(lambda: is_quiet(stage), courier)
    finally:
        await execute(stage, "DROP TRIGGER refusal")
    # Ana's answer was sent once; the agent is asked whether it arrived, as after a crash.
    assert stage.sender.did("deliver").count("Ana's") == 1
    assert await stage.states() == ["answer uncertain", *["answer done"] * 3, "staff_notice done"]


async def execute(stage: Stage, statement: str) -> None:
    async with stage.database.engine.begin() as connection:
        await connection.exec_driver_sql(statement)


async def test_a_courier_starts_while_the_database_is_away(
    stage: Stage, flaky: FlakyDatabase
) -> None:
    await stage.answer(await stage.customer(), text("hello"))
    courier = courier_of(stage, flaky)
    flaky.failures = 1

    async def was_sent() -> bool:
        return await states(stage) == {"done"}

    async with running(courier):
        await until(was_sent)


async def test_outcomes_survive_a_database_that_is_away_while_settling(
    stage: Stage, flaky: FlakyDatabase
) -> None:
    sender = BlockedSender()
    stage.executor._senders = {stage.channel_id: sender}
    people = [await stage.customer(f"C{n}", str(n)) for n in range(5)]
    ids = [await stage.answer(each, text("hello")) for each in people]
    courier = courier_of(stage, flaky)

    async def are_sending() -> bool:
        return await states(stage) == {"sending"}

    async with running(courier):
        await until(are_sending, courier)
        flaky.failures = 3
        sender.go.set()
        await until(lambda: is_quiet(stage), courier)
    assert sender.did() == ["hello"] * 5
    for each in ids:
        assert (await stage.message(each)).delivery_state is DeliveryState.SENT
        assert len(await stage.copies(each)) == 1


async def test_a_backoff_survives_a_restart_and_other_limits_stay_open(stage: Stage) -> None:
    ana, budi = await stage.customer("Ana", "1"), await stage.customer("Budi", "2")
    stage.sender.faults = [RateLimited("flood", retry_after=600)]
    await stage.answer(ana, text("Ana's"))
    courier = courier_of(stage)

    async def was_called() -> bool:
        async with stage.database.transaction() as tx:
            return (await tx.scalar(select(RateLimitBackoff.rate_limit_key))) is not None

    async with running(courier):
        await until(was_called, courier)
    restarted = await restart_courier(stage)
    await stage.change("lanes", due_at=stage.now)
    await stage.answer(budi, text("Budi's"))

    async def budi_has_it() -> bool:
        return "Budi's" in stage.sender.did("deliver")

    async with running(restarted):
        await until(budi_has_it, restarted)
    assert stage.sender.did("deliver") == ["Ana's", "Budi's"]


async def restart_courier(stage: Stage) -> Courier:
    """Start a courier without any memory of the first one."""
    stage.__post_init__()
    return courier_of(stage)


async def test_floods_of_three_limits_close_the_bot_and_unlimited_calls_do_not_count(
    stage: Stage,
) -> None:
    people = [await stage.customer(f"C{n}", str(n)) for n in range(3)]
    stage.sender.faults = [RateLimited("flood", retry_after=600)] * 4

    async def press(uow: UnitOfWork) -> None:
        uow.answer_button(stage.channel_id, "cb", "Done")

    await stage.run_in_uow(press)
    for each in people:
        await stage.answer(each, text("hello"))
    courier = courier_of(stage)

    async def all_called() -> bool:
        return len(stage.sender.calls) == 4

    async with running(courier):
        await until(all_called, courier)
    assert await states(stage) == {"pending"}
    now = time.monotonic()
    assert stage.rate_limiter.wait(person_limit_key(stage.channel_id, "somebody else"), now) > 500
    assert stage.rate_limiter.wait(NO_LIMIT, now) == 0


async def test_two_couriers_share_the_work_and_send_nothing_twice(
    mariadb_database: Database,
) -> None:
    stage = await open_stage(mariadb_database)
    people = [await stage.customer(f"C{n}", str(n)) for n in range(12)]
    for number in range(5):
        for each in people:
            await stage.answer(each, text(str(number)))
    couriers = [courier_of(stage), courier_of(stage)]
    async with running(*couriers):
        await until(lambda: is_quiet(stage), *couriers)
    assert await states(stage) == {"done"}
    for n in range(12):
        sent = [about for _, chat, _, about in stage.sender.calls if chat == str(n)]
        assert sent == [str(number) for number in range(5)]
