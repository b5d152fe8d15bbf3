"""A customer who writes soon after the end goes on in the same session, on every channel."""

from typing import Any

import pytest

from db.tables import Role
from tests.api.stage import ApiStage
from tests.flows.customers import Customer
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

# The processes load changed channels within seconds: until then, new sessions are opened.
_MOST_ENDS = 25


async def list_sessions(stage: Stage, ann: Customer) -> list[dict[str, Any]]:
    return await stage.rows(
        "SELECT s.number, s.status, s.reopen_count, m.reopen_count AS counted FROM sessions s"
        " JOIN conversation_metrics m ON m.session_id = s.id"
        " JOIN conversations v ON v.id = s.conversation_id"
        " JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address ORDER BY s.number",
        address=ann.address,
    )


async def test_the_same_session_goes_on_with_its_agent(stage: Stage, api: ApiStage) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.card("Session: #1", f"Assigned to: {mia.name}")
    boss = await api.person("Boss", role=Role.ADMIN, capacity=0)
    [found] = await stage.rows(
        "SELECT channel_id FROM contacts WHERE external_id = :address", address=ann.address
    )
    path = f"/channels/{found['channel_id']}"
    changed = await boss.patch(path, {"reopen_minutes": 60})
    assert (changed.status, changed.body["reopen_minutes"]) == (200, 60)
    for number in range(_MOST_ENDS):
        await mia.writes(topic, "/end")
        await topic.card("no open session")
        await ann.says(f"one more thing, {number}")
        await topic.wait_for(f"one more thing, {number}")
        *_, last = await list_sessions(stage, ann)
        if last["reopen_count"]:
            break
    assert (last["status"], last["reopen_count"], last["counted"]) == ("ACTIVE", 1, 1)
    await topic.wait_for(f"Session {last['number']} goes on: the customer wrote again.")
    await topic.card(f"Session: #{last['number']}", f"Assigned to: {mia.name}")
    assert (await boss.patch(path, {"reopen_minutes": -1})).status == 422
    assert (await boss.patch(path, {"reopen_minutes": 0})).status == 200
