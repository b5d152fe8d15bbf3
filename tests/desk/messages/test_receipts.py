"""A delivery status never goes back, in any order of receipts, and settles uncertain sends."""

from datetime import timedelta
from itertools import permutations

import pytest

from db.database import Database
from db.ids import ConversationId, MessageId
from db.tables import DeliveryState, OutboxKind, OutboxState
from desk.channel_traits import ChannelTraits
from desk.delivery.executor import StepExecutor
from desk.delivery.ports import Delivery, SendResult
from desk.errors import Uncertain
from desk.messages.receipts import DeliveryReceipt, receive_receipt
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, text

WITHIN = timedelta(seconds=20)
SENT, DELIVERED, READ, FAILED = (
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.READ,
    DeliveryState.FAILED,
)


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database, ChannelTraits(receipt_timeout=WITHIN))


async def tell(
    stage: Stage, provider_id: str, state: DeliveryState, *, outbox_id: int | None = None
) -> None:
    async def work(uow: UnitOfWork) -> None:
        progress = DeliveryReceipt("42", provider_id, state, outbox_id=outbox_id)
        await receive_receipt(uow, uow.channels[stage.channel_id], progress)

    await stage.run_in_uow(work)


async def state_of(stage: Stage, message_id: MessageId) -> DeliveryState:
    return (await stage.message(message_id)).delivery_state


async def sent(stage: Stage, ann: ConversationId, words: str = "Hi!") -> tuple[MessageId, str]:
    """Send a reply; return its id and the provider's id."""
    message_id = await stage.answer(ann, text(words))
    await stage.deliver()
    [(_, _, provider_id)] = await stage.copies(message_id)
    return message_id, provider_id


@pytest.mark.parametrize("order", list(permutations([SENT, DELIVERED, READ])))
async def test_receipts_lead_up_in_whatever_order(
    stage: Stage, order: tuple[DeliveryState, ...]
) -> None:
    message_id, provider_id = await sent(stage, await stage.customer())
    highest = SENT
    for state in order:
        await tell(stage, provider_id, state)
        await tell(stage, provider_id, state)  # a repetition changes nothing
        highest = max(highest, state, key=[SENT, DELIVERED, READ].index)
        assert await state_of(stage, message_id) is highest


async def test_what_arrived_does_not_fail_and_what_failed_may_have_arrived(stage: Stage) -> None:
    ann = await stage.customer()
    arrived, its_id = await sent(stage, ann)
    await tell(stage, its_id, DELIVERED)
    await tell(stage, its_id, FAILED)
    assert await state_of(stage, arrived) is DELIVERED
    failed, its_id = await sent(stage, ann, "Again")
    await tell(stage, its_id, FAILED)
    assert (await state_of(stage, failed), (await stage.message(failed)).delivery_error) == (
        FAILED,
        "the provider gives no reason",
    )
    await tell(stage, its_id, READ)
    assert (await state_of(stage, failed), (await stage.message(failed)).delivery_error) == (
        READ,
        None,
    )


async def test_a_receipt_before_the_answer_to_its_send_is_heeded_then(stage: Stage) -> None:
    ann = await stage.customer()
    message_id = await stage.answer(ann, text("Quick"))
    works = [work for work in await stage.claim() if work.queue == "customer"]
    [row] = [row for row in await stage.outbox() if row.message_id == message_id]
    outcome = await stage.executor.execute(works[0])
    [(_, receipt)] = outcome.results
    for state in (DELIVERED, SENT):
        await tell(stage, receipt.provider_ids[0], state, outbox_id=row.id)
    assert await state_of(stage, message_id) is DeliveryState.PENDING
    await stage.settle(outcome)
    assert await state_of(stage, message_id) is DELIVERED


class _Lost:
    """A sender whose sends arrive, but whose responses are lost."""

    def __init__(self) -> None:
        self.sends = 0

    async def deliver(self, delivery: Delivery) -> SendResult:
        self.sends += delivery.kind is OutboxKind.ANSWER
        raise Uncertain("no answer came")


async def lost(stage: Stage) -> tuple[MessageId, int, _Lost]:
    """Send a reply whose response is lost; return its outbox row too."""
    ann = await stage.customer()
    carrier = _Lost()
    stage.executor = StepExecutor(stage.channels, {stage.channel_id: carrier}, stage.draw)
    message_id = await stage.answer(ann, text("Did you get it?"))
    await stage.turn()
    [row] = [row for row in await stage.outbox() if row.message_id == message_id]
    assert row.state is OutboxState.SENDING, "nobody is asked yet"
    return message_id, row.id, carrier


async def test_a_doubt_is_settled_by_the_receipt_and_nothing_is_sent_again(stage: Stage) -> None:
    message_id, row, carrier = await lost(stage)
    await tell(stage, "wamid.1", DELIVERED, outbox_id=row)
    await stage.turn()
    assert await state_of(stage, message_id) is DELIVERED
    assert [each[2] for each in await stage.copies(message_id)] == ["wamid.1"]
    stage.later(2 * WITHIN.total_seconds())
    await stage.turn()
    assert carrier.sends == 1


async def test_without_a_receipt_the_agent_is_asked_and_a_late_one_tells(stage: Stage) -> None:
    message_id, row, carrier = await lost(stage)
    stage.later(WITHIN.total_seconds() + 1)
    await stage.turn()
    assert await state_of(stage, message_id) is DeliveryState.UNCERTAIN
    await tell(stage, "wamid.1", READ, outbox_id=row)
    assert await state_of(stage, message_id) is READ
    assert carrier.sends == 1


@pytest.mark.parametrize("is_asked", [False, True], ids=["waiting", "asked"])
async def test_a_report_that_names_our_row_counts_with_all_that_named_only_the_message(
    stage: Stage, *, is_asked: bool
) -> None:
    """A file at WAHA: only the echo leads to our row, and it may come last."""
    message_id, row, carrier = await lost(stage)
    if is_asked:
        stage.later(WITHIN.total_seconds() + 1)
        await stage.turn()
        assert await state_of(stage, message_id) is DeliveryState.UNCERTAIN
    await tell(stage, "true_3EB0", READ)
    await tell(stage, "true_3EB0", DELIVERED)
    await tell(stage, "true_3EB0", SENT, outbox_id=row)
    await stage.turn()
    assert await state_of(stage, message_id) is READ
    assert [each[2] for each in await stage.copies(message_id)] == ["true_3EB0"]
    stage.later(2 * WITHIN.total_seconds())
    await stage.turn()
    assert await state_of(stage, message_id) is READ
    assert carrier.sends == 1
