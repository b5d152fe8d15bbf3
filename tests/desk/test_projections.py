"""Projections follow a transaction's events, inside that transaction."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from db.database import Database
from db.ids import ConversationId
from db.tables import DeliveryState, Direction, Event, EventKind, Inbox, InboxState, SenderType
from desk import events
from desk.actors import SYSTEM, customer, human
from desk.content import Content
from desk.conversations.sessions import end
from desk.events import MessageAdded, SessionEnded
from desk.live.projection import LiveEvents
from desk.projections import ProjectionError
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from tests.desk.delivery.test_courier import courier_of
from tests.desk.delivery.test_courier import running as delivering
from tests.desk.delivery.test_courier import until as waits_until
from tests.desk.receiving.test_worker import FakeReceiver, play, rows, take_in
from tests.desk.stage import Stage, open_stage, thread_of
from tests.desk.stage import text as words

_TABLE = """
CREATE TABLE followed (
    name VARCHAR(40), session_id VARCHAR(40), who VARCHAR(40), direction VARCHAR(40), at VARCHAR(40)
)
"""
_INSERT = text("INSERT INTO followed VALUES (:name, :session, :who, :direction, :at)")


@dataclass
class Follower:
    """Writes a row of its own for each event that it follows."""

    name: str = "follower"
    given: list[events.Event] = field(default_factory=list)
    # Raised once each, in order.
    faults: list[Exception] = field(default_factory=list)
    is_broken: bool = False

    async def project(self, uow: UnitOfWork, happened: Sequence[events.Event]) -> None:
        self.given.extend(happened)
        for event in happened:
            who = direction = None
            if isinstance(event, MessageAdded):
                who, direction = event.author_id or event.sender.value, event.direction.value
            bound = {"name": type(event).__name__, "session": getattr(event, "session_id", None)}
            bound |= {"who": who, "direction": direction, "at": uow.now.isoformat()}
            await uow.tx.execute(_INSERT, bound)
        if self.faults:
            raise self.faults.pop(0)
        if self.is_broken:
            raise KeyError("secret words of a customer")


class Greeter:
    """Answers each message of a customer with another message, and an outbox item."""

    name = "greeter"

    async def project(self, uow: UnitOfWork, happened: Sequence[events.Event]) -> None:
        for event in happened:
            if isinstance(event, MessageAdded) and event.sender is SenderType.CLIENT:
                thread = await thread_of(uow, event.conversation_id)
                say(uow, thread.conversation_id, f"re: {event.content.text}", SenderType.CS)
                uow.enqueue_customer_notice(thread, f"re: {event.content.text}")


class Echo:
    """Adds an event for each event, without end."""

    name = "echo"

    async def project(self, uow: UnitOfWork, happened: Sequence[events.Event]) -> None:
        for event in happened:
            if isinstance(event, MessageAdded):
                await thread_of(uow, event.conversation_id)
                say(uow, event.conversation_id, "again", SenderType.CS)


def say(uow: UnitOfWork, conversation_id: ConversationId, said: str, sender: SenderType) -> None:
    is_inbound = sender is SenderType.CLIENT
    uow.add_message(
        uow.threads["conversation", conversation_id],
        Content(text=said),
        author=customer("Ana") if is_inbound else human("Mia"),
        direction=Direction.INBOUND if is_inbound else Direction.OUTBOUND,
        state=DeliveryState.RECEIVED if is_inbound else DeliveryState.PENDING,
    )


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    stage = await open_stage(database)
    async with database.transaction() as tx:
        await tx.execute(text(_TABLE))
    yield stage
    async with database.transaction() as tx:
        await tx.execute(text("DROP TABLE followed"))


def follow(stage: Stage, *projections: Follower | Greeter | Echo) -> None:
    stage.uow_factory = UnitOfWorkFactory(stage.channels, [LiveEvents(), *projections])


async def followed(stage: Stage) -> list[tuple[str, ...]]:
    async with stage.database.transaction() as tx:
        found = await tx.execute(text("SELECT name, session_id, who, direction FROM followed"))
        return [tuple(row) for row in found]


async def live_events(stage: Stage) -> list[str]:
    async with stage.database.transaction() as tx:
        written = await tx.scalars(select(Event.records).order_by(Event.id))
        return [kind for records in written for kind, *_ in json.loads(records)]


async def messages(stage: Stage) -> list[str]:
    async with stage.database.transaction() as tx:
        return list(await tx.scalars(text("SELECT message FROM messages ORDER BY id")))


async def test_a_projection_learns_who_wrote_where_and_when(stage: Stage) -> None:
    ana = await stage.customer()
    session = (await stage.thread(ana)).session_id
    follow(stage, Follower())

    async def write(uow: UnitOfWork) -> None:
        await thread_of(uow, ana)
        say(uow, ana, "hello", SenderType.CLIENT)
        say(uow, ana, "hi", SenderType.CS)

    await stage.run_in_uow(write)
    assert await followed(stage) == [
        ("MessageAdded", session, "CLIENT", "inbound"),
        ("MessageAdded", session, "CS", "outbound"),
    ]
    async with stage.database.transaction() as tx:
        assert set(await tx.scalars(text("SELECT at FROM followed"))) == {stage.now.isoformat()}


async def test_what_a_projection_writes_is_undone_with_the_transaction(stage: Stage) -> None:
    ana = await stage.customer()
    follow(stage, follower := Follower())
    before = await live_events(stage)

    async def write(uow: UnitOfWork) -> None:
        await thread_of(uow, ana)
        say(uow, ana, "hello", SenderType.CLIENT)
        await uow.flush()
        raise ValueError("undo it")

    with pytest.raises(ValueError, match="undo it"):
        await stage.run_in_uow(write)
    assert len(follower.given) == 1
    assert (await followed(stage), await messages(stage)) == ([], [])
    assert await live_events(stage) == before


async def test_a_second_flush_writes_only_what_is_new(stage: Stage) -> None:
    ana = await stage.customer()
    follow(stage, follower := Follower())
    before = await live_events(stage)

    async def write(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, ana)
        say(uow, ana, "one", SenderType.CLIENT)
        uow.add_unread(thread)
        uow.enqueue_customer_notice(thread, "first")
        await uow.flush()
        assert uow.has_deliveries
        await uow.flush()
        say(uow, ana, "two", SenderType.CLIENT)
        uow.add_unread(thread)
        uow.enqueue_customer_notice(thread, "second")
        await uow.flush()
        assert uow.has_deliveries

    await stage.run_in_uow(write)
    assert await messages(stage) == ["one", "two"]
    assert [row.payload["content"]["text"] for row in await stage.outbox()] == ["first", "second"]
    assert [each.content.text for each in follower.given if isinstance(each, MessageAdded)] == [
        "one",
        "two",
    ]
    assert (await live_events(stage))[len(before) :] == [EventKind.MESSAGE_NEW.value] * 2
    async with stage.database.transaction() as tx:
        assert await tx.scalar(text("SELECT unread_count FROM conversations")) == 2


async def test_what_a_projection_adds_is_written_and_followed_by_all(stage: Stage) -> None:
    ana = await stage.customer()
    follow(stage, first := Follower("first"), Greeter(), last := Follower("last"))
    before = await live_events(stage)

    async def write(uow: UnitOfWork) -> None:
        await thread_of(uow, ana)
        say(uow, ana, "hello", SenderType.CLIENT)

    await stage.run_in_uow(write)
    assert await messages(stage) == ["hello", "re: hello"]
    assert [row.payload["content"]["text"] for row in await stage.outbox()] == ["re: hello"]
    for follower in (first, last):
        said = [each.content.text for each in follower.given if isinstance(each, MessageAdded)]
        assert said == ["hello", "re: hello"]
    assert (await live_events(stage))[len(before) :] == [EventKind.MESSAGE_NEW.value] * 2


async def test_projections_that_go_in_a_circle_are_stopped(stage: Stage) -> None:
    ana = await stage.customer()
    follow(stage, Echo())

    async def write(uow: UnitOfWork) -> None:
        await thread_of(uow, ana)
        say(uow, ana, "hello", SenderType.CLIENT)

    with pytest.raises(RuntimeError, match="without end"):
        await stage.run_in_uow(write)
    assert await messages(stage) == []


async def test_a_projection_that_fails_parks_the_update_and_loses_nothing(stage: Stage) -> None:
    ana = await stage.customer()
    follow(stage, follower := Follower(is_broken=True))

    async def write(uow: UnitOfWork) -> None:
        await thread_of(uow, ana)
        say(uow, ana, "hello", SenderType.CLIENT)

    receiver = FakeReceiver({"bad": write})
    await take_in(stage, ("a", "1"), ("a", "bad"), ("a", "2"))
    await play(stage, receiver)
    assert [row.state.value for row in await rows(stage)] == ["done", "parked", "done"]
    parked = (await rows(stage))[1]
    assert parked.payload == "bad"
    assert parked.error == "ProjectionError: projection follower: KeyError"
    assert (await messages(stage), await followed(stage)) == ([], [])
    follower.is_broken = False
    async with stage.database.transaction() as tx:
        kept = await tx.get_one(Inbox, parked.id)
        kept.state, kept.settled_at, kept.attempts = InboxState.PENDING, None, 0
    await stage.change("lanes", due_at=stage.now)
    await play(stage, receiver)
    assert await messages(stage) == ["hello"]
    assert [name for name, *_ in await followed(stage)] == ["MessageAdded"]


async def test_a_transient_error_of_a_projection_repeats_the_transaction(stage: Stage) -> None:
    ana = await stage.customer()
    lost = OperationalError("", {}, Exception("gone"), connection_invalidated=True)
    follow(stage, Follower(faults=[lost]))

    async def write(uow: UnitOfWork) -> None:
        await thread_of(uow, ana)
        say(uow, ana, "hello", SenderType.CLIENT)

    with pytest.raises(OperationalError):
        await stage.run_in_uow(write)
    await stage.run_in_uow(write)
    assert [name for name, *_ in await followed(stage)] == ["MessageAdded"]


async def test_a_delivery_is_settled_although_a_projection_fails(stage: Stage) -> None:
    ana = await stage.customer()
    answers = [await stage.answer(ana, words(str(number))) for number in range(3)]
    follow(stage, healthy := Follower("healthy"), Follower("broken", is_broken=True))
    courier = courier_of(stage)

    async def all_sent() -> bool:
        states = [(await stage.message(each)).delivery_state for each in answers]
        return set(states) == {DeliveryState.SENT}

    async with delivering(courier):
        await waits_until(all_sent, courier)
    assert stage.sender.did("deliver") == ["0", "1", "2"]
    assert await stage.states() == ["answer done"] * 3
    written = [name for name, *_ in await followed(stage)]
    assert written == ["DeliveryChanged"] * 3, "what the healthy one wrote is kept, once"
    assert healthy.given


async def test_a_projection_knows_the_end_of_a_session(stage: Stage) -> None:
    ana = await stage.customer()
    session = (await stage.thread(ana)).session_id
    follow(stage, follower := Follower())

    async def finish(uow: UnitOfWork) -> None:
        await end(uow, await thread_of(uow, ana), SYSTEM)

    await stage.run_in_uow(finish)
    assert SessionEnded(session, ana, stage.channel_id, None) in follower.given


async def test_the_error_of_a_projection_quotes_no_values(stage: Stage) -> None:
    ana = await stage.customer()
    follow(stage, Follower(is_broken=True))

    async def write(uow: UnitOfWork) -> None:
        await thread_of(uow, ana)
        say(uow, ana, "hello", SenderType.CLIENT)

    with pytest.raises(ProjectionError) as caught:
        await stage.run_in_uow(write)
    assert "secret" not in str(caught.value)


async def test_without_a_projection_nothing_else_is_left_out(stage: Stage) -> None:
    ana = await stage.customer()
    follow(stage, Follower("broken", is_broken=True), Follower("healthy"))

    async def write(uow: UnitOfWork) -> None:
        await thread_of(uow, ana)
        say(uow, ana, "hello", SenderType.CLIENT)
        await uow.flush()

    await stage.uow_factory.record(stage.database, write)
    assert await messages(stage) == ["hello"]
    assert [name for name, *_ in await followed(stage)] == ["MessageAdded"]
