"""What staff in a new place sees: the history in words, and each message that nobody has seen."""

from db.database import Database
from db.ids import ConversationId
from db.queues.payloads import CopyPayload
from db.tables import DeliveryState, Direction
from desk.actors import customer, human
from desk.messages.customer_limit import mark_over_limit
from desk.messages.openings import HistoryOpenings
from desk.openings import Missed
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, picture, text, thread_of


async def find(stage: Stage, conversation_id: ConversationId) -> Missed:
    async def work(uow: UnitOfWork) -> Missed:
        return await HistoryOpenings().find(uow, await thread_of(uow, conversation_id))

    return await stage.run_in_uow(work)


async def test_what_has_a_copy_is_told_and_what_has_none_is_shown(database: Database) -> None:
    stage = await open_stage(database)
    ana = await stage.customer()
    await stage.copy(ana, text("seen"))
    await stage.deliver()
    await stage.answer(ana, text("an answer"))
    missed = [await stage.copy(ana, text("one")), await stage.copy(ana, picture("two"))]
    found = await find(stage, ana)
    assert found.messages == tuple(missed)
    assert found.history == "Ana: seen\nMia: an answer"


async def test_a_copy_that_was_still_to_be_sent_is_shown_although_an_answer_followed(
    database: Database,
) -> None:
    stage = await open_stage(database)
    ana = await stage.customer()
    waits = await stage.copy(ana, text("waits"))
    await stage.answer(ana, text("an answer to something else"))
    assert (await find(stage, ana)).messages == (waits,)
    await stage.deliver()
    found = await find(stage, ana)
    assert found.messages == ()
    assert found.history == "Ana: waits\nMia: an answer to something else"


async def test_a_message_a_later_answer_and_the_move_may_be_one_transaction(
    database: Database,
) -> None:
    """As when a batch of updates holds all three."""
    stage = await open_stage(database)
    ana = await stage.customer()

    async def work(uow: UnitOfWork) -> None:
        thread, said = await thread_of(uow, ana), text("one")
        waits = uow.add_message(
            thread,
            said,
            author=customer("Ana"),
            direction=Direction.INBOUND,
            state=DeliveryState.RECEIVED,
        )
        uow.enqueue_for_staff(thread, CopyPayload(said), message_id=waits)
        uow.add_message(
            thread,
            text("an answer to something else"),
            author=human("Mia"),
            direction=Direction.OUTBOUND,
            state=DeliveryState.PENDING,
        )
        assert (await HistoryOpenings().find(uow, thread)).messages == (waits,)

    await stage.run_in_uow(work)
    assert await stage.states() == ["copy pending"]


async def test_what_is_over_the_limit_is_counted_and_start_is_no_message(
    database: Database,
) -> None:
    stage = await open_stage(database)
    ana = await stage.customer()
    await stage.copy(ana, text("/start"))
    await stage.copy(ana, mark_over_limit(text("too much")))
    found = await find(stage, ana)
    assert found.messages == ()
    assert found.history is not None
    assert "Further messages: 1." in found.history
    assert "too much" not in found.history


async def test_long_words_are_cut_and_files_have_a_sign(database: Database) -> None:
    stage = await open_stage(database)
    ana = await stage.customer()
    await stage.copy(ana, picture("look"))
    await stage.copy(ana, text("word " * 200))
    await stage.deliver()
    await stage.answer(ana, text("fine"))
    history = (await find(stage, ana)).history or ""
    first, second, last = history.split("\n")
    assert (first, last) == ("Ana: 🖼 look", "Mia: fine")
    assert len(second) < 260
