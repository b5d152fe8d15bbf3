"""Agents' messages are merged with customers' messages, and each line names its author."""

from db.database import Database
from db.ids import AgentId, ConversationId, MessageId, UserId, new_id
from db.queries.messages.message_rows import find_message
from db.queues.payloads import CopyPayload
from db.tables import Agent, AgentKind, Role, User
from desk.actors import AgentActor, human_agent
from desk.content import Content
from desk.limits.rate_limiter import Limits
from desk.limits.windows import Limit
from desk.messages import from_api, revisions
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, text, thread_of


async def agent(stage: Stage) -> AgentActor:
    user = User(id=UserId(new_id()), name="Mia", email="m@x.test", password_hash="!", role=Role.CS)
    made = Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name="Mia", user_id=user.id)
    async with stage.database.transaction() as tx:
        tx.add(user)
        await tx.flush()
        tx.add(made)
    return human_agent("Mia", made.id, user.id, Role.CS)


async def test_a_burst_of_both_sides_is_one_message_that_can_be_edited(database: Database) -> None:
    stage = await open_stage(database, limits=Limits(group=(Limit(3, 60.0),)))
    ana, mia = await stage.customer(), await agent(stage)
    await stage.change("staff_places", topic="5", card="9")
    await stage.copy(ana, text("hello?"))
    said = await answer(stage, ana, mia, "at nine")
    await stage.copy(ana, text("am or pm?"))
    await stage.copy(ana, text("???"))
    await stage.deliver()
    shown = [each.content.text for each in stage.sender.deliveries if each.destination.topic]
    assert shown == ["hello?\nMia: at nine\nam or pm?\n???"]

    async def change(uow: UnitOfWork) -> None:
        row = await find_message(uow.tx, said)
        assert row is not None
        await revisions.change_text(uow, await thread_of(uow, ana), mia, row, "at nine pm")

    await stage.run_in_uow(change)
    stage.later(60)
    await stage.deliver()
    whole = "hello?\nMia: at nine pm\nam or pm?\n???"
    assert any(each.endswith(f"={whole}") for each in stage.sender.did("edit"))


async def test_what_has_buttons_stays_apart_with_its_own(database: Database) -> None:
    stage = await open_stage(database)
    ana, mia = await stage.customer(), await agent(stage)
    await stage.change("staff_places", topic="5", card="9")
    said = await answer(stage, ana, mia, "hello")
    below = [[[{"text": "Wrong", "data": f"ai:wrong:{number}"}]] for number in range(2)]

    async def show(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, ana)
        for number, buttons in enumerate(below):
            copy = CopyPayload(Content(text=f"answer {number}"), None, "Aria", buttons)
            uow.enqueue_for_staff(thread, copy, message_id=said)

    await stage.run_in_uow(show)
    stage.later(30)  # texts that waited so long go as one message
    await stage.deliver()
    shown = [each for each in stage.sender.deliveries if each.destination.topic]
    assert [each.content.text for each in shown][-2:] == ["answer 0", "answer 1"]
    assert [each.buttons for each in shown][-2:] == below


async def answer(
    stage: Stage, conversation_id: ConversationId, mia: AgentActor, words: str
) -> MessageId:
    async def say(uow: UnitOfWork) -> MessageId:
        thread = await thread_of(uow, conversation_id)
        return await from_api.reply_from_api(uow, thread, mia, Content(text=words))

    return await stage.run_in_uow(say)
