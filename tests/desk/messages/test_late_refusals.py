"""Answers that the provider accepts and refuses later: drafts where only a template may be sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.database import Database
from db.ids import MessageId
from db.tables import DeliveryState, Queue
from desk.messages import receipts
from desk.messages.receipts import DeliveryReceipt
from desk.unit_of_work import UnitOfWork
from tests.desk.messages.window_scene import WINDOW, Scene, open_scene, state

# Why a reply failed, as Meta says it.
CLOSED, UNREACHABLE = "131047", "131026"


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await open_scene(database)


async def refuse_late(scene: Scene, message_id: MessageId) -> None:
    """Report that a reply which the provider had accepted came too late."""
    [*_, copy] = [each for each in await scene.stage.copies(message_id) if each[0] == "customer"]
    await report_failure(scene, copy[2], CLOSED)


async def report_failure(scene: Scene, provider_id: str, code: str, row: int | None = None) -> None:
    """Report that a reply failed, for the reason with this code at Meta."""
    failed = DeliveryReceipt(
        chat="42",
        provider_id=provider_id,
        state=DeliveryState.FAILED,
        outbox_id=row,
        reason=code,
        needs_template=code == CLOSED,
    )

    async def tell(uow: UnitOfWork) -> None:
        await receipts.receive_receipt(uow, uow.channels[scene.stage.channel_id], failed)

    await scene.stage.run_in_uow(tell)


async def test_a_late_refusal_keeps_the_answer_as_a_draft_once(scene: Scene) -> None:
    message_id = await scene.answers("As it seemed")
    await scene.stage.deliver()
    await refuse_late(scene, message_id)
    await refuse_late(scene, message_id)
    assert await state(scene, message_id) == ("held", True)
    assert await scene.until() == scene.stage.now
    assert len([each for each in await scene.told() if each.startswith("Not sent: ")]) == 1


@pytest.mark.parametrize("codes", [(CLOSED, UNREACHABLE), (UNREACHABLE, CLOSED)])
async def test_of_two_failures_the_closed_window_leaves_a_draft(
    scene: Scene, codes: tuple[str, str]
) -> None:
    traits = replace(WINDOW, receipt_timeout=timedelta(seconds=20))
    scene.stage.channels.replace_all(replace(each, traits=traits) for each in scene.stage.channels)
    for is_early in (False, True):  # before the answer to the send, or after it
        scene.stage.later(60)
        await scene.writes("Are you there?")
        await scene.stage.deliver()
        message_id = await scene.answers("As it seemed")
        [work] = [each for each in await scene.stage.claim() if each.queue is Queue.CUSTOMER]
        sent = await scene.stage.executor.execute(work)
        [(row, result)] = sent.results
        if not is_early:
            await scene.stage.settle(sent)
        for code in codes:
            await report_failure(scene, result.provider_ids[0], code, row.id)
        if is_early:
            await scene.stage.settle(sent)
        assert await state(scene, message_id) == ("held", True)
        about = [each for each in await scene.notices() if each.get("reply_to") == message_id]
        told = [each["content"]["text"].partition(":")[0] for each in about]
        is_told_both = codes[0] is UNREACHABLE and not is_early
        assert told == [*(["Not delivered"] if is_told_both else []), "Not sent"]
        await scene.stage.deliver()


async def test_a_late_refusal_after_the_customer_wrote_can_be_sent_at_once(scene: Scene) -> None:
    message_id = await scene.answers("As it seemed")
    await scene.stage.deliver()
    scene.stage.later(60)
    await scene.writes("Are you there?")
    until = await scene.until()
    await refuse_late(scene, message_id)
    assert await scene.until() == until
    assert await scene.buttons() == [f"draft:{message_id}", f"drop:{message_id}"]
