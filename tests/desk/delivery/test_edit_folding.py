"""Edits of unsent answers: the customer gets the final text, once."""

from db.ids import ConversationId, MessageId
from db.queries.messages.revisions import set_deleted
from db.queues import outbox
from db.queues.payloads import DeletePayload, EditPayload
from db.tables import DeliveryState, OutboxKind, OutboxState
from desk.delivery.work import Outcome
from desk.errors import RateLimited
from desk.formatting.splitting import TEXT_LIMIT
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, text, thread_of


async def edit(stage: Stage, ana: ConversationId, message_id: MessageId, *words: str) -> None:
    async def change(uow: UnitOfWork) -> None:
        for each in words:
            thread = await thread_of(uow, ana)
            edit = EditPayload(text(each), message_id)
            uow.enqueue_for_customer(thread, edit, message_id=message_id)

    await stage.run_in_uow(change)


def sent_to_customer(stage: Stage) -> list[tuple[str, str]]:
    return [(call[0], call[3]) for call in stage.sender.calls if call[1] == "42"]


async def test_the_last_edit_replaces_the_answer_and_nothing_waits_behind_it(
    stage: Stage,
) -> None:
    ana = await stage.customer()
    answer = await stage.answer(ana, text("at tne"))
    await edit(stage, ana, answer, "at ten", "at eleven")
    await stage.answer(ana, text("see you"))
    await stage.deliver()
    assert sent_to_customer(stage) == [("deliver", "at eleven"), ("deliver", "see you")]
    rows = await stage.outbox()
    assert {row.state for row in rows} == {OutboxState.DONE}
    assert len(await stage.copies(answer)) == 1


async def test_a_delayed_answer_is_sent_with_its_latest_text(stage: Stage) -> None:
    ana = await stage.customer()
    stage.sender.faults = [RateLimited("slowly", retry_after=1)]
    answer = await stage.answer(ana, text("at tne"))
    await stage.deliver()
    await edit(stage, ana, answer, "at ten")
    stage.later(60)
    await stage.deliver()
    assert ("deliver", "at ten") in sent_to_customer(stage)
    assert "edit" not in {kind for kind, _ in sent_to_customer(stage)}


async def test_a_long_answer_is_edited_once_all_parts_are_sent(stage: Stage) -> None:
    ana = await stage.customer()
    answer = await stage.answer(ana, text("long " * TEXT_LIMIT))
    await edit(stage, ana, answer, "short")
    await stage.deliver()
    kinds = [kind for kind, _ in sent_to_customer(stage)]
    assert kinds[0] == "deliver"
    assert kinds[-1] == "edit"


async def test_an_edit_that_needs_several_messages_is_not_folded(stage: Stage) -> None:
    ana = await stage.customer()
    answer = await stage.answer(ana, text("short"))
    await edit(stage, ana, answer, "long " * TEXT_LIMIT)
    await stage.deliver()
    assert [kind for kind, _ in sent_to_customer(stage)] == ["deliver", "edit"]


async def delete(stage: Stage, ana: ConversationId, message_id: MessageId) -> None:
    """Delete an answer that is being sent at this moment, so that it cannot be cancelled."""

    async def take_back(uow: UnitOfWork) -> None:
        await set_deleted(uow.tx, message_id, uow.now)
        thread = await thread_of(uow, ana)
        uow.enqueue_for_customer(thread, DeletePayload(message_id), message_id=message_id)

    await stage.run_in_uow(take_back)


async def refuse_for_a_while(stage: Stage) -> list[Outcome]:
    """Claim what is due, and have the provider put it off."""
    stage.sender.faults = [RateLimited("slowly", retry_after=1)]
    outcomes = [await stage.executor.execute(work) for work in await stage.claim()]
    stage.later(1)
    return outcomes


async def test_an_answer_deleted_while_it_is_put_off_is_not_sent(stage: Stage) -> None:
    ana = await stage.customer()
    answer = await stage.answer(ana, text("a mistake"))
    await stage.answer(ana, text("see you"))
    outcomes = await refuse_for_a_while(stage)
    stage.sender.calls.clear()
    await edit(stage, ana, answer, "another mistake")
    await delete(stage, ana, answer)
    await stage.settle(*outcomes)
    stage.later(60)
    await stage.deliver()
    assert sent_to_customer(stage) == [("deliver", "see you")]
    message = await stage.message(answer)
    assert (message.delivery_state, message.deleted_at is None) == (DeliveryState.FAILED, False)
    assert await stage.states() == ["answer failed", "answer done", "edit failed", "delete done"]


async def test_the_parts_that_were_sent_of_a_deleted_answer_are_deleted(stage: Stage) -> None:
    ana = await stage.customer()
    answer = await stage.answer(ana, text("long " * TEXT_LIMIT))
    await stage.turn()
    [(_, _, first)] = await stage.copies(answer)
    outcomes = await refuse_for_a_while(stage)
    await delete(stage, ana, answer)
    await stage.settle(*outcomes)
    stage.sender.calls.clear()
    stage.later(60)
    await stage.deliver()
    assert sent_to_customer(stage) == [("delete", first)]
    assert (await stage.message(answer)).delivery_state is not DeliveryState.FAILED


async def test_a_deletion_of_what_was_never_sent_calls_nobody(stage: Stage) -> None:
    ana = await stage.customer()
    answer = await stage.answer(ana, text("a mistake"))
    await stage.run_in_uow(
        lambda uow: outbox.cancel_pending(uow.tx, answer, OutboxKind.ANSWER, uow.now)
    )
    await delete(stage, ana, answer)
    await stage.deliver()
    assert sent_to_customer(stage) == []
    assert await stage.states() == ["answer failed", "delete done"]
