"""A courier hung while others took its lanes: no reply is sent twice, and the agent is told."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from db.ids import MessageId
from db.queues.outbox import OutboxRow
from db.tables import DeliveryState, MessageType
from desk.content import Content
from desk.delivery import lost_leases
from desk.delivery.courier import Courier, CourierSettings
from desk.delivery.executor import StepExecutor
from desk.delivery.file_transfer import FileTransfer
from desk.delivery.ports import Delivery, SendResult
from desk.messages.receipts import DeliveryReceipt, receive_receipt
from desk.unit_of_work import UnitOfWork
from tests.desk.delivery.test_courier import is_quiet, running, states, until
from tests.desk.stage import FakeSender, Stage, open_stage, text

__all__ = ["stage"]


@pytest.fixture
async def stage(database: object) -> Stage:
    return await open_stage(database)  # type: ignore[arg-type]


@dataclass
class Slow(FakeSender):
    """A provider whose responses to one courier take long."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, delivery: Delivery) -> SendResult:
        receipt = await super().deliver(delivery)
        self.asked.set()
        await self.go.wait()
        return receipt


def courier_with(stage: Stage, sender: FakeSender) -> Courier:
    executor = StepExecutor(stage.channels, {stage.channel_id: sender}, stage.draw)
    settings = CourierSettings(lanes_at_once=8)
    return Courier(stage.database, stage.uow_factory, executor, stage.rate_limiter, settings)


async def is_in_state(stage: Stage, answer: MessageId, state: DeliveryState) -> bool:
    return (await stage.message(answer)).delivery_state is state


async def test_the_agent_is_told_of_an_answer_that_arrived_after_all(stage: Stage) -> None:
    slow, others = Slow(), FakeSender()
    ana = await stage.customer()
    answer = await stage.answer(ana, text("once"))
    hung, other = courier_with(stage, slow), courier_with(stage, others)
    async with running(hung):
        await until(lambda: _is_set(slow.asked), hung)
        # A courier that hangs does not renew its lease, so the other finds it expired.
        await stage.change("lanes", lease_until=stage.now - timedelta(seconds=9))
        hung._renewed_at += 100
        async with running(other):
            await until(
                lambda: is_in_state(stage, answer, DeliveryState.UNCERTAIN),
                other,
            )
            await stage.run_in_uow(partial(_report_delivery, stage, str(slow.number)))
            slow.go.set()
            await until(lambda: is_in_state(stage, answer, DeliveryState.DELIVERED), hung)
            await until(lambda: is_quiet(stage), other, hung)
    deliveries = [*slow.did("deliver"), *others.did("deliver")]
    assert deliveries.count("once") == 1
    told = [each for each in deliveries if "arrive" in each]
    assert len(told) == 2, "first that nobody knows, then that it did"
    assert len(await stage.copies(answer)) == 1
    assert (await stage.message(answer)).delivery_error is None


async def _report_delivery(stage: Stage, provider_id: str, uow: UnitOfWork) -> None:
    """Report how far a message got whose id nobody knows yet."""
    receipt = DeliveryReceipt("42", provider_id, DeliveryState.DELIVERED)
    await receive_receipt(uow, uow.channels[stage.channel_id], receipt)


async def _is_set(event: asyncio.Event) -> bool:
    return event.is_set()


async def test_nothing_is_sent_under_a_lease_that_was_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, sender = asyncio.Event(), FakeSender()
    answer = await stage.answer(await stage.customer(), text("not by me"))
    courier = courier_with(stage, sender)
    renew_lease = lost_leases.renew_lease

    async def after_a_while(*arguments: object) -> bool:
        await hangs.wait()
        # as if so much had passed
        monkeypatch.setattr(lost_leases, "_LEASE_MARGIN", timedelta(seconds=60))
        return await renew_lease(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("desk.delivery.courier.renew_lease", after_a_while)
    async with running(courier):
        await until(lambda: _sends(stage), courier)
        await stage.change("lanes", lease="01OTHER")
        hangs.set()
        await until(lambda: _forgot(courier), courier)
    assert sender.did("deliver") == []
    assert await stage.states() == ["answer sending"], "the new holder settles it"
    assert await is_in_state(stage, answer, DeliveryState.PENDING)


@dataclass
class SlowFileTransfer:
    """Fetches a file for so long that another worker may have taken the lane meanwhile."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def is_needed(self, row: OutboxRow, delivery: Delivery) -> bool:
        return delivery.content.file is not None and delivery.file is None

    async def fetch(self, row: OutboxRow, delivery: Delivery) -> Delivery:
        self.begun.set()
        await self.go.wait()
        return replace(delivery, file=Path("/somewhere"))

    def stop(self) -> None:
        """Do nothing: a test that stops has waited for the file."""


async def test_nothing_is_sent_where_the_lane_was_lost_while_a_file_was_fetched(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # as if it had taken so long
    monkeypatch.setattr(lost_leases, "_LEASE_MARGIN", timedelta(seconds=60))
    transfer, sender = SlowFileTransfer(), FakeSender()
    content = Content(MessageType.IMAGE, text="picture", file={"id": "1"})
    await stage.answer(await stage.customer(), content)
    executor = StepExecutor(
        stage.channels, {stage.channel_id: sender}, stage.draw, cast("FileTransfer", transfer)
    )
    settings = CourierSettings(lanes_at_once=8)
    courier = Courier(stage.database, stage.uow_factory, executor, stage.rate_limiter, settings)
    async with running(courier):
        await until(lambda: _is_set(transfer.begun), courier)
        await stage.change("lanes", lease="01OTHER")
        transfer.go.set()
        await until(lambda: _forgot(courier), courier)
    assert sender.did("deliver") == []
    assert await stage.states() == ["answer sending"], "the new holder settles it"


async def test_a_lease_that_nobody_wanted_is_renewed_and_used(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_leases, "_LEASE_MARGIN", timedelta(seconds=60))
    answer = await stage.answer(await stage.customer(), text("by me"))
    sender = FakeSender()
    async with running(courier := courier_with(stage, sender)):
        await until(lambda: is_in_state(stage, answer, DeliveryState.SENT), courier)
    assert sender.did("deliver") == ["by me"]


async def _sends(stage: Stage) -> bool:
    return await states(stage) == {"sending"}


async def _forgot(courier: Courier) -> bool:
    return not courier._under_way
