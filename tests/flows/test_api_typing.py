"""The typing indicator: shown to the customer, seldom, and never delaying an answer."""

import asyncio
from typing import Any

import pytest

from db.ids import SessionId
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.api_agents import open_api, wait_for_session
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.stage import Stage, run_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def talking(stage: Stage, api: ApiStage) -> tuple[Caller, Customer, SessionId]:
    mia, ann = await api.person("Mia"), await stage.customer()
    await api.change("UPDATE agents SET status = 'offline'")
    await ann.says("hello")
    await ann.wait_for("we have your message")
    return mia, ann, await wait_for_session(stage, ann)


async def types(mia: Caller, session: SessionId) -> bool:
    answer = await mia.post(f"/sessions/{session}/typing")
    assert answer.status == 200, answer.body
    return bool(answer.body["shown"])


async def seen(stage: Stage, ann: Customer) -> list[dict[str, Any]]:
    return await stage.telegram.calls("sendChatAction", int(ann.address))


async def test_the_customer_sees_it_once_in_a_while(stage: Stage, api: ApiStage) -> None:
    mia, ann, session = await talking(stage, api)
    shown = await asyncio.gather(*(types(mia, session) for _ in range(5)))
    assert sum(shown) == 1
    calls = await seen(stage, ann)
    assert [call["params"]["action"] for call in calls] == ["typing"]
    assert not await stage.rows("SELECT id FROM outbox WHERE kind = 'typing'")
    rows = await api.rows("SELECT cs_id FROM sessions WHERE id = :id", id=session)
    assert rows[0]["cs_id"] is None  # typing does not take the session


async def test_others_sessions_and_ended_ones(stage: Stage, api: ApiStage) -> None:
    mia, ann, session = await talking(stage, api)
    tom = await api.person("Tom")
    assert (await mia.post(f"/sessions/{session}/messages", {"text": "mine"})).status == 201
    answer = await tom.post(f"/sessions/{session}/typing")
    assert (answer.status, answer.problem) == (404, "not-found")
    await api.change("UPDATE sessions SET status = 'ENDED' WHERE id = :id", id=session)
    answer = await mia.post(f"/sessions/{session}/typing")
    assert (answer.status, answer.problem) == (409, "conflict")
    assert await seen(stage, ann) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"code": 500},
        {"code": 403, "description": "bot was blocked by the user"},
        {"kind": "drop_after"},
        {"kind": "hang"},
    ],
)
async def test_what_goes_wrong_with_it_does_not_matter(
    stage: Stage, api: ApiStage, fault: dict[str, Any]
) -> None:
    mia, ann, session = await talking(stage, api)
    await stage.telegram.fail("sendChatAction", chat_id=int(ann.address), **fault)
    assert not await types(mia, session)
    assert (await mia.post(f"/sessions/{session}/messages", {"text": "all the same"})).status == 201
    await ann.wait_for("all the same")


async def test_a_pause_that_it_brings_is_kept(stage: Stage, api: ApiStage) -> None:
    mia, ann, session = await talking(stage, api)
    chat = int(ann.address)
    await stage.telegram.fail("sendChatAction", chat_id=chat, code=429, retry_after=30)
    assert not await types(mia, session)
    paused = await api.rows(
        "SELECT rate_limit_key FROM rate_limit_backoffs WHERE rate_limit_key LIKE :gate",
        gate=f"person:%:{ann.address}",
    )
    assert len(paused) == 1


async def test_it_leaves_the_customers_limit_to_answers(migrated_url: str) -> None:
    async with run_stage(migrated_url, telegram_limits="telegram") as own, open_api(own) as api:
        await own.telegram.limits(on=True)
        mia, ann, session = await talking(own, api)

        async def room() -> bool:
            """Wait until the greeting no longer counts for the customer's rate limit."""
            return await types(mia, session)

        await eventually(room, "there is room for it")
        for number in range(2):
            await mia.post(f"/sessions/{session}/messages", {"text": f"quick {number}"})
        await ann.wait_for("quick 1")
        calls = await own.telegram.calls(chat_id=int(ann.address))
        assert not [call for call in calls if call["error_code"] == 429]
        spent = await own.rows("SELECT calls FROM rate_limit_usage")
        assert any("person:" in str(row["calls"]) for row in spent)
