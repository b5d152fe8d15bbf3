"""Replies and reactions that arrive before the message they refer to is settled."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.commands import canned, deletion
from bot.commands.call import Call, Command
from db.ids import AgentId, ConversationId, MessageId, UserId
from db.queues import inbox
from db.queues.inbox import InboundEvent, InboxRow
from db.tables import ChannelKind, Inbox, Message, OutboxKind, Role
from db.tables.base import now_utc
from desk.actors import anonymous_admin, human_agent
from desk.causes import Cause
from desk.cluster.wake import Signal
from desk.content import Content, IncomingMessage, Person
from desk.conversations.threads import find_referenced_in_group
from desk.delivery.work import Outcome
from desk.messages import inbound, outbound
from desk.receiving.ports import RowHandler
from desk.receiving.worker import Worker
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import GROUP, Stage, text, thread_of
from tests.flows.eventually import PATIENCE, eventually

ANA = Person("42", "Ana")
Action = Callable[[UnitOfWork], Awaitable[object]]


@dataclass
class FakeReceiver:
    """Runs the action that each row's payload names, and counts the attempts."""

    actions: dict[str, Action]
    tries: dict[str, int] = field(default_factory=dict)

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        return [partial(self._handle, uow, row) for row in rows]

    async def _handle(self, uow: UnitOfWork, row: InboxRow) -> None:
        self.tries[row.payload] = self.tries.get(row.payload, 0) + 1
        await self.actions[row.payload](uow)


@asynccontextmanager
async def working(stage: Stage, receiver: FakeReceiver) -> AsyncIterator[None]:
    worker = Worker(
        stage.database,
        stage.uow_factory,
        {ChannelKind.TELEGRAM: receiver},
        outbox_notifier=Signal(),
    )
    async with asyncio.timeout(3 * PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        try:
            yield
        finally:
            worker.stop()


async def take_in(stage: Stage, lane: str, *payloads: str, ago: float = 0) -> None:
    due_at = now_utc() - timedelta(seconds=ago)
    arrivals = [
        InboundEvent(stage.channel_id, f"{lane}/{each}", lane, each, due_at=due_at)
        for each in payloads
    ]
    await stage.database.run(lambda tx: inbox.put(tx, arrivals))


async def handled(stage: Stage) -> set[str]:
    async with stage.database.transaction() as tx:
        # Not the payload, which is emptied then.
        wanted = select(Inbox.provider_id).where(Inbox.settled_at.is_not(None))  # type: ignore[union-attr]
        return {each.partition("/")[2] for each in await tx.scalars(wanted)}


async def until_handled(stage: Stage, *payloads: str) -> None:
    async def all_are() -> bool:
        return await handled(stage) >= set(payloads)

    await eventually(all_are, f"{payloads} are handled")


async def sending(stage: Stage) -> tuple[list[Outcome], str]:
    """Send what is due without settling it; return the outcomes and the provider's id."""
    outcomes = [await stage.executor.execute(work) for work in await stage.claim()]
    [(_, receipt)] = [each for outcome in outcomes for each in outcome.results]
    return outcomes, receipt.provider_ids[0]


async def kept(stage: Stage, words: str) -> Message:
    async with stage.database.transaction() as tx:
        return (await tx.scalars(select(Message).where(Message.message == words))).one()


async def reactions(stage: Stage) -> list[MessageId]:
    rows = [row for row in await stage.outbox() if row.kind is OutboxKind.REACTION]
    return [MessageId(row.payload["message"]) for row in rows]


async def with_topic(stage: Stage) -> ConversationId:
    ana = await stage.customer()
    await stage.copy(ana, text("hello"))
    await stage.deliver()
    return ana


async def put_off_until_settled(stage: Stage, outcomes: list[Outcome], action: Action) -> None:
    """Receive an update before its message is settled: only its own lane waits."""

    async def nothing(uow: UnitOfWork) -> None:
        """Do nothing, as an update that refers to no message."""

    receiver = FakeReceiver({"early": action, "before": nothing, "other": nothing})
    await take_in(stage, "lane", "before", "early")
    await take_in(stage, "another", "other")

    async def tried() -> bool:
        return receiver.tries.get("early", 0) > 3 or "early" in await handled(stage)

    async with working(stage, receiver):
        await eventually(tried, "it is tried more than once")
        await until_handled(stage, "before", "other")
        assert "early" not in await handled(stage)
        await stage.settle(*outcomes)
        await until_handled(stage, "early")
    async with stage.database.transaction() as tx:
        assert set(await tx.scalars(select(Inbox.attempts))) == {0}


async def test_a_customers_reply_waits_for_the_answer_to_be_settled(stage: Stage) -> None:
    ana = await stage.customer()
    answer = await stage.answer(ana, text("red or blue?"))
    outcomes, there = await sending(stage)

    async def reply(uow: UnitOfWork) -> None:
        said = IncomingMessage(Content(text="blue"), "42", "9001", reply_to=there)
        await inbound.receive_message(
            uow, stage.channels[stage.channel_id], ANA, said, Cause.MESSAGE
        )

    await put_off_until_settled(stage, outcomes, reply)
    assert (await kept(stage, "blue")).reply_to_id == answer


async def test_a_customers_reaction_waits_for_the_answer_to_be_settled(stage: Stage) -> None:
    ana = await with_topic(stage)
    answer = await stage.answer(ana, text("done"))
    outcomes, there = await sending(stage)

    async def react(uow: UnitOfWork) -> None:
        await inbound.receive_reaction(uow, stage.channels[stage.channel_id], "42", there, "👍")

    await put_off_until_settled(stage, outcomes, react)
    assert await reactions(stage) == [answer]


async def test_an_agents_reply_waits_for_the_copy_to_be_settled(stage: Stage) -> None:
    ana = await with_topic(stage)
    question = await stage.copy(ana, text("where is it?"))
    outcomes, there = await sending(stage)

    async def reply(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, ana)
        said = IncomingMessage(Content(text="on its way"), GROUP, "9001", reply_to=there)
        await outbound.hold_anonymous_reply(uow, thread, anonymous_admin("Staff", GROUP), said)

    await put_off_until_settled(stage, outcomes, reply)
    assert (await kept(stage, "on its way")).reply_to_id == question


async def test_an_agents_reaction_waits_for_the_copy_to_be_settled(stage: Stage) -> None:
    ana = await with_topic(stage)
    question = await stage.copy(ana, text("thank you"))
    outcomes, there = await sending(stage)

    async def react(uow: UnitOfWork) -> None:
        # As in the staff group, where a reaction does not say which topic it is in.
        found = await find_referenced_in_group(uow, stage.channel_id, GROUP, there)
        if found is not None:
            thread = await thread_of(uow, found[1])
            await outbound.react_from_topic(
                uow, thread, IncomingMessage(Content(), GROUP, there), "❤"
            )

    await put_off_until_settled(stage, outcomes, react)
    assert await reactions(stage) == [question]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (deletion.delete, "A customer's message cannot be deleted."),
        (canned.add, "Saved. Send it with /r free."),
    ],
)
async def test_an_agents_command_waits_for_the_copy_to_be_settled(
    stage: Stage, command: Command, told: str
) -> None:
    ana = await with_topic(stage)
    await stage.copy(ana, text("free delivery from 50 up?"))
    outcomes, there = await sending(stage)
    mia = human_agent("Mia", AgentId("a"), UserId("u"), Role.ADMIN)
    said: list[str] = []

    async def reply(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, ana)
        said.append((await command(Call(uow, thread, mia, GROUP, "add free", there))).text)

    await put_off_until_settled(stage, outcomes, reply)
    assert said == [told]


@pytest.mark.parametrize("ago", [0, 60])
async def test_nothing_waits_for_what_is_not_to_come(stage: Stage, ago: float) -> None:
    """Nothing is being sent; or it is, for longer than any settlement takes."""
    ana = await stage.customer()
    if ago:
        await stage.answer(ana, text("red or blue?"))
        await sending(stage)

    async def reply(uow: UnitOfWork) -> None:
        said = IncomingMessage(Content(text="blue"), "42", "9001", reply_to="from before the desk")
        await inbound.receive_message(
            uow, stage.channels[stage.channel_id], ANA, said, Cause.MESSAGE
        )

    receiver = FakeReceiver({"reply": reply})
    await take_in(stage, "lane", "reply", ago=ago)
    async with working(stage, receiver):
        await until_handled(stage, "reply")
    assert receiver.tries == {"reply": 1}
    assert (await kept(stage, "blue")).reply_to_id is None


async def test_what_was_put_later_is_not_waited_for(stage: Stage) -> None:
    ana = await stage.customer()
    stage.later(5)
    await stage.answer(ana, text("red or blue?"))
    await sending(stage)

    async def reply(uow: UnitOfWork) -> None:
        said = IncomingMessage(Content(text="blue"), "42", "9001", reply_to="from before the desk")
        await inbound.receive_message(
            uow, stage.channels[stage.channel_id], ANA, said, Cause.MESSAGE
        )

    receiver = FakeReceiver({"reply": reply})
    await take_in(stage, "lane", "reply", ago=0)
    async with working(stage, receiver):
        await until_handled(stage, "reply")
    assert receiver.tries == {"reply": 1}
