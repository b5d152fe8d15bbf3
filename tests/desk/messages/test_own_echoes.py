"""What a provider reports of our own messages is no message of another program."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.database import Database
from db.tables import DeliveryState, Message
from desk.causes import Cause
from desk.channel_traits import ChannelTraits
from desk.content import IncomingMessage, Person
from desk.delivery.executor import StepExecutor
from desk.delivery.ports import Delivery, SendResult
from desk.errors import NotSettledYetError, Uncertain
from desk.messages.from_phone import add_reply_of_another_program
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, picture

ECHO = "true_3EB0"


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database, ChannelTraits(receipt_timeout=timedelta(seconds=20)))


async def report(stage: Stage, *, came_before: float) -> None:
    """Report a picture that was sent from the number, so many seconds after it came."""

    async def work(uow: UnitOfWork) -> None:
        uow.came_at = uow.now - timedelta(seconds=came_before)
        said = IncomingMessage(picture("the offer"), "42", ECHO)
        channel, person = uow.channels[stage.channel_id], Person("42", "Ana")
        await add_reply_of_another_program(uow, channel, person, said, Cause.ECHO)

    await stage.run_in_uow(work)


@dataclass
class _Hanging:
    """A provider that has sent a message, whose response comes late or never."""

    has_response: bool

    async def deliver(self, delivery: Delivery) -> SendResult:
        if not self.has_response:
            raise Uncertain("no answer came")
        return SendResult((ECHO,))


@pytest.mark.parametrize("has_response", [True, False], ids=["late", "never"])
async def test_a_file_whose_response_hangs_for_long_is_recognized(
    stage: Stage, *, has_response: bool
) -> None:
    message_id = await stage.answer(await stage.customer(), picture("the offer"))
    [work] = [each for each in await stage.claim() if each.queue == "customer"]
    with pytest.raises(NotSettledYetError):
        await report(stage, came_before=1)
    stage.later(10)
    await report(stage, came_before=11)
    senders = {stage.channel_id: _Hanging(has_response)}
    executor = StepExecutor(stage.channels, senders, stage.draw)
    await stage.settle(await executor.execute(work))
    assert (await stage.message(message_id)).delivery_state is DeliveryState.SENT
    assert [each[2] for each in await stage.copies(message_id)] == [ECHO]
    async with stage.database.transaction() as tx:
        assert list(await tx.scalars(select(Message.id))) == [message_id], "no other program's"
