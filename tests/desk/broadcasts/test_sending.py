"""A broadcast from start to end: nobody gets it twice, and the end of each recipient is known."""

import asyncio

from sqlalchemy import text as sql

from db.database import Database
from db.ids import MessageId
from db.queries.channels.channels import find_channel
from db.queries.clients.clients import set_blocked
from db.queries.clients.contacts import set_unreachable
from db.tables import BroadcastState, DeliveryState, RecipientState, Side
from desk.actors import CONSOLE
from desk.broadcasts.sending import Progress, send_some
from desk.clients.erasure import ErasureStep
from desk.errors import Rejected, Unavailable, Uncertain, WindowClosed
from desk.messages.marketing import choose
from desk.messages.receipts import DeliveryReceipt, receive_receipt
from desk.setup.channel_deletion import delete_channel
from desk.unit_of_work import UnitOfWork
from tests.desk.broadcasts.broadcast_stage import BroadcastStage, open_broadcast_stage
from tests.desk.clients.test_erasure import client_of, erase
from tests.desk.stage import thread_of


async def test_everybody_gets_it_once_with_their_own_name(database: Database) -> None:
    news = await open_broadcast_stage(database, 45)
    await news.start()
    await news.finish()
    assert sorted(news.sent(), key=int) == [str(n) for n in range(1, 46)]
    assert "Hi Ann7!" in news.stage.sender.did("deliver")
    broadcast = await news.load()
    assert broadcast.state is BroadcastState.DONE
    assert broadcast.ended_at is not None
    message = await news.stage.message((await news.recipients())[0].message_id or MessageId(""))
    assert (message.session_id, message.author_name) == (None, "News")
    assert message.delivery_state is DeliveryState.SENT
    # It is no message of the conversation that somebody waits for, and opens no topic.
    assert {method for method, *_ in news.stage.sender.calls} == {"deliver"}


async def test_one_to_nobody_is_done_at_once(database: Database) -> None:
    news = await open_broadcast_stage(database, 0)
    await news.start()
    assert await news.step() is Progress.STOPPED
    assert ((await news.load()).state, await news.counts()) == (BroadcastState.DONE, {})
    assert news.stage.sender.calls == []


async def test_who_stopped_or_cannot_be_reached_gets_nothing(database: Database) -> None:
    news = await open_broadcast_stage(database, 5)
    stage = news.stage

    async def change(number: int, what: str) -> None:
        async def work(uow: UnitOfWork) -> None:
            thread = await thread_of(uow, news.people[number])
            match what:
                case "blocked":
                    await set_blocked(uow.tx, thread.client_id, True)
                case "unreachable":
                    await set_unreachable(uow.tx, thread.contact_id, "blocked the bot")
                case "stopped":
                    await choose(uow, thread, is_wanted=False)

        await stage.run_in_uow(work)

    await change(0, "blocked")
    await change(1, "unreachable")
    await news.start()
    await news.step()
    # These two change their minds while their messages wait in the outbox.
    await change(2, "stopped")
    await change(3, "blocked")
    await news.finish()
    assert news.sent() == ["5"]
    assert await news.reasons(RecipientState.SKIPPED) == [
        "blocked",
        "unreachable",
        "stopped",
        "blocked",
    ]


async def test_who_is_erased_while_it_is_under_way_gets_nothing_and_it_goes_on(
    database: Database,
) -> None:
    news = await open_broadcast_stage(database, 45)
    stage = news.stage
    clients = [await client_of(stage, each) for each in news.people]
    await news.start()
    await news.step()
    queued = {each.client_id for each in await news.recipients() if each.message_id}
    being_sent, in_queue = [each for each in clients if each in queued][:2]
    waiting = next(each for each in clients if each not in queued)
    works = await stage.claim(1)
    assert await erase(stage, being_sent) is ErasureStep.BUSY
    assert await erase(stage, in_queue) is await erase(stage, waiting) is ErasureStep.DONE
    await stage.settle(*[await stage.executor.execute(work) for work in works])
    assert await erase(stage, being_sent) is ErasureStep.DONE
    await news.finish()
    assert (await news.load()).state is BroadcastState.DONE
    erased = {str(clients.index(each) + 1) for each in (in_queue, waiting)}
    assert sorted(news.sent(), key=int) == [str(n) for n in range(1, 46) if str(n) not in erased]
    assert await news.counts() == {"sent": 42}, "nothing is left of who was erased"


async def test_a_crash_while_sending_repeats_nothing(database: Database) -> None:
    news = await open_broadcast_stage(database, 30)
    await news.start()
    await news.step()
    claimed = await news.stage.claim(10)
    assert len(claimed) == 10  # marked as being sent; then the process dies
    await news.crash()
    await news.finish()
    assert await news.counts() == {"sent": 20, "uncertain": 10}
    assert len(set(news.sent())) == len(news.sent()) == 20
    assert (await news.load()).state is BroadcastState.DONE
    # Nobody is asked about ten messages of a broadcast.
    assert {method for method, *_ in news.stage.sender.calls} == {"deliver"}


async def test_two_workers_queue_nobody_twice(database: Database) -> None:
    news = await open_broadcast_stage(database, 60)
    await news.start()
    run = (await news.load()).run

    async def work() -> None:
        while (
            await news.stage.run_in_uow(lambda uow: send_some(uow, news.id, run))
        ) is not Progress.STOPPED:
            await news.stage.deliver()
            # What another worker holds at this moment is looked at again a little later.
            news.stage.later(0.2)

    await asyncio.gather(work(), work(), work())
    assert sorted(news.sent(), key=int) == [str(n) for n in range(1, 61)]
    assert await news.counts() == {"sent": 60}


async def test_paused_resumed_and_canceled(database: Database) -> None:
    news = await open_broadcast_stage(database, 60)
    await news.start()
    await news.step()
    [first, *_] = await news.stage.claim(1)
    await news.call("pause")
    await news.stage.settle(await news.stage.executor.execute(first))
    await news.stage.deliver()
    assert await news.step() is Progress.STOPPED
    assert len(news.sent()) == 1
    await news.call("resume")
    await news.stage.deliver()
    assert len(news.sent()) == 20
    await news.step()
    [second, *_] = await news.stage.claim(1)
    await news.call("cancel")
    await news.stage.settle(await news.stage.executor.execute(second))
    await news.stage.deliver()
    assert await news.step() is Progress.STOPPED
    assert len(news.sent()) == 21
    assert await news.counts() == {"sent": 21, "skipped": 19, "waiting": 20}
    assert set(await news.reasons(RecipientState.SKIPPED)) == {"canceled"}


async def test_a_job_of_an_earlier_start_does_nothing(database: Database) -> None:
    news = await open_broadcast_stage(database, 3)
    await news.start()
    await news.stage.run_in_uow(lambda uow: send_some(uow, news.id, 0))
    assert await news.recipients() == []


async def test_each_failure_is_kept_and_staff_is_not_told(database: Database) -> None:
    news = await open_broadcast_stage(database, 5)
    news.stage.sender.faults = [
        Rejected("the customer blocked the bot"),
        WindowClosed("only templates"),
        Uncertain("no answer came"),
        Unavailable("the provider is away"),
    ]
    await news.start()
    await news.step()
    await news.stage.turn()
    assert await news.counts() == {"failed": 2, "uncertain": 1, "queued": 1, "sent": 1}
    assert await news.reasons(RecipientState.FAILED) == [
        "the customer blocked the bot",
        "only templates",
    ]
    news.stage.later(60)
    await news.finish()
    assert await news.counts() == {"failed": 2, "uncertain": 1, "sent": 2}
    assert {method for method, *_ in news.stage.sender.calls} == {"deliver"}
    states = [row.state.value for row in await news.stage.outbox()]
    assert sorted(states) == ["done", "done", "failed", "failed", "failed"]


async def test_a_failure_that_is_reported_later_counts(database: Database) -> None:
    news = await open_broadcast_stage(database, 2)
    await news.start()
    await news.finish()
    recipient = (await news.recipients())[0]
    assert recipient.message_id is not None
    copies = await news.stage.copies(recipient.message_id)
    [(side, chat, provider_id)] = copies
    assert side == Side.CUSTOMER

    async def receive(uow: UnitOfWork) -> None:
        channel = news.stage.channels[news.stage.channel_id]
        reason = "the customer does not take marketing messages"
        receipt = DeliveryReceipt(chat, provider_id, DeliveryState.FAILED, reason=reason)
        await receive_receipt(uow, channel, receipt)

    await news.stage.run_in_uow(receive)
    assert await news.counts() == {"failed": 1, "sent": 1}
    assert await news.reasons(RecipientState.FAILED) == [
        "the customer does not take marketing messages"
    ]
    await news.stage.deliver()
    assert {method for method, *_ in news.stage.sender.calls} == {"deliver"}


async def test_a_channel_that_is_deleted_in_the_middle_ends_it(database: Database) -> None:
    news = await open_broadcast_stage(database, 50)
    await news.start()
    await news.step()
    await news.stage.deliver()
    await news.step()

    async def remove(uow: UnitOfWork) -> None:
        found = await find_channel(uow.tx, news.stage.channel_id, lock=True)
        assert found is not None
        found.is_active = False
        await delete_channel(uow, found, by=CONSOLE)

    await news.stage.run_in_uow(remove)
    for _ in range(3):
        await news.step()
    assert (await news.load()).state is BroadcastState.DONE
    assert await news.counts() == {"sent": 20, "skipped": 30}
    assert set(await news.reasons(RecipientState.SKIPPED)) == {"channel_off"}


async def test_a_merged_person_gets_it_once(database: Database) -> None:
    news = await open_broadcast_stage(database, 3)
    await news.start()
    run = (await news.load()).run
    await news.stage.run_in_uow(lambda uow: send_some(uow, news.id, run))  # all are listed
    first, second = [each.client_id for each in await news.recipients()][:2]
    async with news.stage.database.transaction() as tx:
        moved = sql("UPDATE contacts SET client_id = :kept WHERE client_id = :merged")
        await tx.execute(moved, {"kept": first, "merged": second})
    await news.finish()
    assert sorted(news.sent()) == ["1", "3"]
    assert await news.reasons(RecipientState.SKIPPED) == ["merged"]
    # A person with two addresses is asked for once.
    again = BroadcastStage(news.stage, news.people)
    await again.start()
    await again.finish()
    assert await again.counts() == {"sent": 2}
