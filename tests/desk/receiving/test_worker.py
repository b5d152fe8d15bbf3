"""The worker handles each row once and in order, and reschedules only the failing row."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest
from pydantic import TypeAdapter
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from db.database import Database
from db.dialect import get_table
from db.queues import inbox
from db.queues.inbox import InboundEvent, InboxRow
from db.tables import ChannelKind, Inbox, Lane, OutboxKind, User
from desk.actors import SYSTEM
from desk.cluster.wake import Signal
from desk.conversations import sessions
from desk.lanes import telegram_lane, timer_lane, topic_location, whatsapp_lane
from desk.receiving.ports import RowHandler
from desk.receiving.worker import Worker
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import GROUP, Stage, open_stage, thread_of
from tests.patience import PATIENCE


@dataclass
class FakeReceiver:
    """Writes to a chat what it handled; `faults` maps a payload to the errors that it raises."""

    faults: dict[str, Callable[[UnitOfWork], object]] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        return [partial(self._handle, uow, row) for row in rows]

    async def _handle(self, uow: UnitOfWork, row: InboxRow) -> None:
        self.tries[row.payload] += 1
        uow.enqueue_for_chat(row.channel_id, row.lane, row.payload)
        fault = self.faults.get(row.payload)
        if fault is not None:
            await uow.tx.execute(select(1))
            result = fault(uow)
            if asyncio.iscoroutine(result):
                await result


def worker_of(stage: Stage, receiver: FakeReceiver, **more: float) -> Worker:
    receivers = {ChannelKind.TELEGRAM: receiver}
    return Worker(stage.database, stage.uow_factory, receivers, outbox_notifier=Signal(), **more)


@asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        for each in workers:
            group.create_task(each.run())
        try:
            yield
        finally:
            for each in workers:
                each.stop()


async def take_in(stage: Stage, *rows: tuple[str, str]) -> None:
    """Put rows (lane, payload) into the inbox."""
    arrivals = [
        InboundEvent(stage.channel_id, f"{lane}/{payload}", lane, payload) for lane, payload in rows
    ]
    await stage.database.run(lambda tx: inbox.put(tx, arrivals))


async def rows(stage: Stage) -> list[Inbox]:
    async with stage.database.transaction() as tx:
        return list((await tx.scalars(select(Inbox).order_by(Inbox.id))).all())


async def all_settled(stage: Stage, *workers: Worker) -> None:
    while any(row.settled_at is None for row in await rows(stage)):
        for each in workers:
            each.signal.notify()
        await asyncio.sleep(0.01)


async def said(stage: Stage, lane: str) -> list[str]:
    """List what the handlers of a lane's rows said, as committed."""
    found = await stage.outbox()
    return [r.payload["content"]["text"] for r in found if r.payload.get("chat") == lane]


async def play(stage: Stage, receiver: FakeReceiver, **more: float) -> None:
    worker = worker_of(stage, receiver, **more)
    async with running(worker):
        await all_settled(stage, worker)


async def test_rows_are_handled_once_and_in_order(stage: Stage) -> None:
    receiver = FakeReceiver()
    await take_in(stage, *((lane, str(n)) for n in range(50) for lane in "ab"))
    await play(stage, receiver)
    for lane in "ab":
        assert await said(stage, lane) == [str(n) for n in range(50)]
    assert {row.state.value for row in await rows(stage)} == {"done"}
    async with stage.database.transaction() as tx:
        due = await tx.scalars(select(Lane.due_at).where(Lane.queue == "inbox"))
        assert set(due) == {None}


async def test_a_batch_whose_time_is_over_leaves_its_other_rows_to_the_next(stage: Stage) -> None:
    receiver = FakeReceiver({"bad": raising(ValueError("cannot be read"))})
    names = ["1", "2", "bad", "3", "4"]
    await take_in(stage, *((lane, name) for name in names for lane in "ab"))
    await play(stage, receiver, batch_seconds=0)
    settled = [row for row in await rows(stage) if row.payload != "bad"]
    for lane in "ab":
        assert await said(stage, lane) == ["1", "2", "3", "4"]
    assert {row.state.value for row in settled} == {"done"}
    # Each in a transaction of its own, so that nobody waits for all of them.
    assert len({row.settled_at for row in settled}) == len(settled) == 8
    # No row was handled in vain, except those that a failing row has put back.
    assert all(receiver.tries[name] <= 4 for name in "1234"), receiver.tries


def raising(error: Exception) -> Callable[[UnitOfWork], object]:
    def fault(uow: UnitOfWork) -> None:
        raise error

    return fault


async def test_a_failing_row_is_parked_after_five_tries_and_nobody_waits_for_it(
    stage: Stage,
) -> None:
    receiver = FakeReceiver({"bad": raising(ValueError("cannot be read"))})
    await take_in(stage, ("a", "1"), ("a", "bad"), ("a", "2"), ("b", "1"))
    await play(stage, receiver)
    assert await said(stage, "a") == ["1", "2"]
    assert await said(stage, "b") == ["1"]
    parked = [row for row in await rows(stage) if row.state.value == "parked"]
    assert [(row.payload, row.attempts) for row in parked] == [("bad", 5)]
    assert (parked[0].error or "").startswith("ValueError: in fault, line ")
    # Once with its batch, and five times alone; only the latter count.
    assert receiver.tries["bad"] >= 6
    [notice] = await said(stage, GROUP)
    assert "cannot be read" not in notice
    assert "a fault in this program" in notice


async def test_admins_are_told_once_of_a_flood_of_bad_updates(stage: Stage) -> None:
    receiver = FakeReceiver({str(n): raising(ValueError("bad")) for n in range(4)})
    await take_in(stage, *((str(n), str(n)) for n in range(4)))
    await play(stage, receiver)
    assert {row.state.value for row in await rows(stage)} == {"parked"}
    assert len(await said(stage, GROUP)) == 1


async def test_the_topic_of_whoever_it_is_about_says_that_an_update_was_parked(
    stage: Stage,
) -> None:
    people = [await stage.customer(name, name) for name in ("42", "43", "44@c.us", "45", "46")]
    await stage.set_topic(people[1], topic="7", card="8")
    lanes = [
        telegram_lane(stage.channel_id, "42"),
        telegram_lane(stage.channel_id, topic_location(GROUP, "7")),
        whatsapp_lane(stage.channel_id, "44@c.us"),
        timer_lane("window", people[3]),
    ]
    strange = [telegram_lane(stage.channel_id, place) for place in ("nobody", "other", GROUP)]
    receiver = FakeReceiver({each: raising(ValueError("bad")) for each in ("one", "two")})
    await take_in(stage, *((lane, each) for lane in (*lanes, *strange) for each in ("one", "two")))
    await play(stage, receiver)
    notices = [row for row in await stage.outbox() if row.kind is OutboxKind.STAFF_NOTICE]
    told = Counter(row.conversation_id for row in notices)
    assert set(told) == set(people[:4])
    assert set(told.values()) == {1}
    assert all("could not be handled" in row.payload["content"]["text"] for row in notices)


async def test_nothing_is_said_of_who_is_blocked_or_has_no_topic(stage: Stage) -> None:
    async def end(uow: UnitOfWork) -> None:
        await sessions.end(uow, await thread_of(uow, ended), SYSTEM, is_told=False)
        uow.outbox_items.clear()

    await stage.customer("43", "43")
    await stage.change("clients", is_blocked=True)
    ended = await stage.customer("42", "42")
    await stage.run_in_uow(end)
    bad = FakeReceiver({"bad": raising(ValueError("bad"))})
    await take_in(stage, *((telegram_lane(stage.channel_id, n), "bad") for n in ("42", "43")))
    await play(stage, bad)
    assert {row.kind for row in await stage.outbox()} == {OutboxKind.GENERAL}


async def test_only_the_row_to_blame_is_put_back(stage: Stage) -> None:
    failures = iter([ValueError("once"), ValueError("twice")])

    def fault(uow: UnitOfWork) -> None:
        error = next(failures, None)
        if error is not None:
            raise error

    receiver = FakeReceiver({"bad": fault})
    await take_in(stage, *(("a", each) for each in ("1", "bad", "2")), ("b", "1"))
    await play(stage, receiver)
    assert await said(stage, "a") == ["1", "bad", "2"]
    assert [row.attempts for row in await rows(stage)] == [0, 1, 0, 0]
    assert await said(stage, GROUP) == []


async def test_a_database_that_is_away_counts_as_no_try(stage: Stage) -> None:
    gone = OperationalError("UPDATE", {}, Exception(2013, "Lost connection during query"))
    failures = iter([gone] * 7)

    def fault(uow: UnitOfWork) -> None:
        error = next(failures, None)
        if error is not None:
            raise error

    await take_in(stage, ("a", "1"), ("a", "2"))
    await play(stage, FakeReceiver({"1": fault}))
    assert await said(stage, "a") == ["1", "2"]
    assert [row.attempts for row in await rows(stage)] == [0, 0]


async def test_what_the_database_refuses_is_the_rows_own_fault(stage: Stage) -> None:
    """It must not stop everything as an unavailable database does."""

    async def twice(uow: UnitOfWork) -> None:
        user = {"name": "x", "email": "x@example.org", "password_hash": "x", "role": "ADMIN"}
        for each in "ab":
            values = {**user, "id": each, "created_at": uow.now}
            await uow.tx.execute(insert(get_table(User)).values(values))

    await take_in(stage, ("a", "bad"), ("a", "1"), ("b", "1"))
    await play(stage, FakeReceiver({"bad": twice}))
    assert await said(stage, "a") == await said(stage, "b") == ["1"]
    [parked] = [row for row in await rows(stage) if row.state.value == "parked"]
    assert parked.error is not None
    assert parked.error.startswith("IntegrityError")


async def test_what_mariadb_cannot_keep_is_the_rows_own_fault(mariadb_database: Database) -> None:
    stage = await open_stage(mariadb_database)

    async def too_long(uow: UnitOfWork) -> None:
        uow.enqueue_for_chat(stage.channel_id, "x" * 500, "hello")

    async def not_ascii(uow: UnitOfWork) -> None:
        uow.enqueue_for_chat(stage.channel_id, "é", "hello")

    await take_in(stage, ("a", "bad"), ("a", "odd"), ("a", "1"))
    await play(stage, FakeReceiver({"bad": too_long, "odd": not_ascii}))
    assert await said(stage, "a") == ["1"]
    assert [row.state.value for row in await rows(stage)] == ["parked", "parked", "done"]


class OddError(Exception):
    """An error of ours, whose text is kept."""


async def test_the_values_that_cause_an_error_are_not_kept(stage: Stage) -> None:
    secret = "what a customer wrote"

    def refuse(_uow: UnitOfWork) -> None:
        TypeAdapter(dict[str, int]).validate_python({"text": secret})

    async def twice(uow: UnitOfWork) -> None:
        for number in "12":
            values = {"id": number * 26, "name": secret, "email": secret, "password_hash": "x"}
            await uow.tx.execute(insert(get_table(User)), {**values, "role": "ADMIN"})

    await take_in(stage, ("a", "refused"), ("b", "doubled"), ("c", "plain"))
    faults = {"refused": refuse, "doubled": twice, "plain": raising(ValueError(secret))}
    await play(stage, FakeReceiver(faults))
    parked = [row for row in await rows(stage) if row.state.value == "parked"]
    assert len(parked) == 3
    assert not [row.error for row in parked if secret in (row.error or "")]
    assert parked[0].error == "ValidationError: text: int_parsing"
    assert not [text for text in await said(stage, GROUP) if secret in text]


async def test_an_error_that_quotes_half_a_character_can_be_kept(stage: Stage) -> None:
    await take_in(stage, ("a", "bad"), ("a", "1"))
    await play(stage, FakeReceiver({"bad": raising(OddError("odd: \ud83d"))}))
    assert [row.state.value for row in await rows(stage)] == ["parked", "done"]
    assert (await rows(stage))[0].error == "OddError: odd: ?"


async def test_half_a_character_in_what_is_written_is_the_rows_own_fault(stage: Stage) -> None:
    def odd(uow: UnitOfWork) -> None:
        uow.enqueue_for_chat(stage.channel_id, "x", "plain", dedup_key="\ud83d")

    await take_in(stage, ("a", "bad"), ("a", "1"))
    await play(stage, FakeReceiver({"bad": odd}))
    assert [row.state.value for row in await rows(stage)] == ["parked", "done"]


async def test_a_conflict_with_another_writer_is_over_at_the_second_try(stage: Stage) -> None:
    """Two lanes create the same client at once: one of them finds it created."""
    failures = iter([IntegrityError("INSERT", {}, Exception(1062, "Duplicate entry"))] * 2)

    def fault(uow: UnitOfWork) -> None:
        error = next(failures, None)
        if error is not None:
            raise error

    await take_in(stage, ("a", "1"))
    await play(stage, FakeReceiver({"1": fault}))
    assert await said(stage, "a") == ["1"]


async def test_a_row_that_is_due_later_holds_its_lane_but_no_other(stage: Stage) -> None:
    receiver = FakeReceiver()
    timer = InboundEvent(stage.channel_id, "t", "a", "timer", due_at=stage.now.replace(year=2999))
    await stage.database.run(lambda tx: inbox.put(tx, [timer]))
    await take_in(stage, ("a", "behind"), ("b", "1"))
    worker = worker_of(stage, receiver)
    async with running(worker):
        while not await said(stage, "b"):
            worker.signal.notify()
            await asyncio.sleep(0.01)
    assert await said(stage, "a") == []
    async with stage.database.transaction() as tx:
        due = await tx.scalar(select(Lane.due_at).where(Lane.lane == "a"))
    assert due == timer.due_at


async def test_a_timer_that_is_set_while_its_lane_is_handled_is_not_forgotten(stage: Stage) -> None:
    later = stage.now.replace(year=2999)

    async def set_timers(uow: UnitOfWork) -> None:
        timers = [InboundEvent(stage.channel_id, f"t{n}", n, "t", due_at=later) for n in "ab"]
        await inbox.put(uow.tx, timers)

    receiver = FakeReceiver({"first": set_timers})
    # A timer that came too early sets itself again; a message sets that of its turn.
    await take_in(stage, ("a", "first"), ("b", "second"))
    worker = worker_of(stage, receiver)
    async with running(worker):
        while not await said(stage, "b"):
            worker.signal.notify()
            await asyncio.sleep(0.01)
    async with stage.database.transaction() as tx:
        due = await tx.scalars(select(Lane.due_at).where(Lane.queue == "inbox"))
        assert list(due) == [later, later]


@pytest.mark.parametrize(("batch_seconds", "each"), [(60.0, 40), (0.0, 4)])
async def test_two_workers_share_lanes_and_keep_their_order(
    mariadb_database: Database, batch_seconds: float, each: int
) -> None:
    stage = await open_stage(mariadb_database)
    receivers = [FakeReceiver(), FakeReceiver()]
    workers = [worker_of(stage, receiver, batch_seconds=batch_seconds) for receiver in receivers]
    # More lanes than one batch takes, so that both workers have work from the start.
    await take_in(stage, *((f"wide{lane}", "0") for lane in range(96)))
    async with running(*workers):
        for start in range(0, each, each // 4):
            numbers = range(start, start + each // 4)
            await take_in(stage, *((f"lane{lane}", str(n)) for n in numbers for lane in range(12)))
        await all_settled(stage, *workers)
    for lane in range(12):
        assert await said(stage, f"lane{lane}") == [str(n) for n in range(each)]
    assert all(row.attempts == 0 for row in await rows(stage))
    assert all(receiver.tries for receiver in receivers)


@pytest.mark.parametrize("many", [1, 3])
async def test_stop_ends_after_the_transaction_under_way(stage: Stage, many: int) -> None:
    workers = [worker_of(stage, FakeReceiver()) for _ in range(many)]
    async with running(*workers):
        await asyncio.sleep(0)
    await take_in(stage, ("a", "1"))
    assert [row.settled_at for row in await rows(stage)] == [None]
