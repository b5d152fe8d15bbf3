"""Edits of messages that are still being sent."""

from db.ids import ConversationId, MessageId
from db.queues.payloads import EditPayload
from desk.actors import SYSTEM
from desk.errors import Uncertain
from desk.formatting.splitting import TEXT_LIMIT
from desk.messages import uncertain
from desk.messages.edits import apply_edit
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, picture, text, thread_of


async def edit(stage: Stage, ana: ConversationId, message_id: MessageId, words: str) -> None:
    async def change(uow: UnitOfWork) -> None:
        content = text(words)
        await apply_edit(uow, message_id, content)
        thread = await thread_of(uow, ana)
        uow.enqueue_for_customer(thread, EditPayload(content, message_id), message_id=message_id)

    await stage.run_in_uow(change)


async def send_again(stage: Stage, ana: ConversationId, row_id: int) -> None:
    async def press(uow: UnitOfWork) -> None:
        assert await uncertain.resend(uow, await thread_of(uow, ana), SYSTEM, row_id)

    await stage.run_in_uow(press)
    await stage.deliver()


async def test_an_answer_is_sent_again_with_its_edited_text(stage: Stage) -> None:
    ana = await stage.customer()
    stage.sender.faults = [Uncertain("no answer came")]
    message_id = await stage.answer(ana, text("tommorow"))
    await stage.deliver()
    await edit(stage, ana, message_id, "tomorrow")
    await stage.deliver()
    [row, *_] = await stage.outbox()
    assert row.id is not None
    stage.sender.calls.clear()
    await send_again(stage, ana, row.id)
    assert [call for call in stage.sender.calls if call[1] == "42"] == [
        ("deliver", "42", None, "tomorrow")
    ]


async def test_one_part_of_many_is_sent_again_as_it_was(stage: Stage) -> None:
    ana = await stage.customer()
    words = "long " * TEXT_LIMIT
    stage.sender.faults = [Uncertain("no answer came")]
    message_id = await stage.answer(ana, text(words))
    await stage.deliver()
    first = stage.sender.did()[0]
    await edit(stage, ana, message_id, "short")
    [row, *_] = await stage.outbox()
    assert row.id is not None
    stage.sender.calls.clear()
    await send_again(stage, ana, row.id)
    assert first in stage.sender.did("deliver")


async def test_an_edit_of_an_album_item_is_not_part_of_the_album(stage: Stage) -> None:
    ana = await stage.customer()
    await stage.change("staff_places", topic="7", card="8")
    ids = [await stage.copy(ana, picture(str(n), album="a"), hold=True) for n in range(2)]

    async def change(uow: UnitOfWork) -> None:
        edit = EditPayload(picture("two", album="a"), ids[1])
        uow.enqueue_for_staff(await thread_of(uow, ana), edit, message_id=ids[1])

    await stage.run_in_uow(change)
    stage.later(2)
    await stage.deliver()
    assert stage.sender.did("album", "edit") == ["0+1", "101.1=two"]
