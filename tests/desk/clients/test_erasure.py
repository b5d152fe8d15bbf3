"""Erasing a customer while deliveries are under way."""

import pytest
from sqlalchemy import func, select

from db.dialect import get_table
from db.ids import AgentId, ClientId, ConversationId, UserId, new_id
from db.queues import lanes
from db.queues.lanes import LeaseLostError
from db.tables import Client, Contact, Conversation, MessageLink, Role
from desk.actors import human_agent
from desk.clients.erasure import ErasureStep, erase_step
from tests.desk.stage import Stage, text

ADA = human_agent("Ada", AgentId(new_id()), UserId(new_id()), Role.ADMIN)


async def client_of(stage: Stage, conversation_id: ConversationId) -> ClientId:
    return (await stage.thread(conversation_id)).client_id


async def erase(stage: Stage, client_id: ClientId) -> ErasureStep:
    return await stage.run_in_uow(lambda uow: erase_step(uow, client_id, lambda *_: None, by=ADA))


async def count(stage: Stage, model: type[object]) -> int:
    async with stage.database.transaction() as tx:
        return await tx.scalar(select(func.count()).select_from(get_table(model))) or 0


async def test_it_waits_for_what_is_being_sent(stage: Stage) -> None:
    ana = await stage.customer()
    client = await client_of(stage, ana)
    await stage.answer(ana, text("hello"))
    works = await stage.claim()
    assert await erase(stage, client) is ErasureStep.BUSY
    assert await stage.states() == ["answer sending"]
    await stage.settle(*[await stage.executor.execute(work) for work in works])
    assert await erase(stage, client) is ErasureStep.DONE
    assert [await count(stage, each) for each in (Client, Contact, Conversation)] == [0, 0, 0]
    assert await erase(stage, client) is ErasureStep.UNKNOWN


async def test_what_was_still_to_be_sent_is_not_sent(stage: Stage) -> None:
    ana, bea = await stage.customer(), await stage.customer("Bea", "43")
    for each in (ana, bea):
        await stage.answer(each, text("hello"))
        await stage.copy(each, text("hi"))
    assert await erase(stage, await client_of(stage, ana)) is ErasureStep.DONE
    await stage.deliver()
    assert {chat for method, chat, _, _ in stage.sender.calls if method == "deliver"} == {
        "43",
        "-1001",
    }
    assert stage.sender.did("deliver") == ["hello", "hi"]


async def test_a_worker_that_hung_keeps_nothing_of_somebody_deleted(stage: Stage) -> None:
    """Its lease expired while it sent: the place of a deleted message must not be stored."""
    ana = await stage.customer()
    client = await client_of(stage, ana)
    await stage.answer(ana, text("hello"))
    [work] = await stage.claim()
    outcome = await stage.executor.execute(work)
    stage.later(60)
    await stage.database.run(lambda tx: lanes.reclaim(tx, stage.now))
    assert await erase(stage, client) is ErasureStep.DONE
    with pytest.raises(LeaseLostError):
        await stage.settle(outcome)
    assert await count(stage, MessageLink) == 0
