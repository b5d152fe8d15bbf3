"""Canned replies that do something beside their text: in a topic, and by the API."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from db.tables import Role
from tests.api.stage import Person as Caller
from tests.flows.api_agents import open_api
from tests.flows.stage import Stage
from tests.flows.test_canned import talking

pytestmark = pytest.mark.asyncio(loop_scope="module")
SOLVED = {"tags": ["solved"], "priority": "low", "end": True}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada(stage: Stage) -> AsyncIterator[Caller]:
    async with open_api(stage) as api:
        yield await api.person("Ada", role=Role.ADMIN, capacity=0)


async def write(ada: Caller, shortcut: str, text: str, actions: dict[str, Any]) -> str:
    body = {"shortcut": shortcut, "title": f"A {shortcut}", "text": text, "actions": actions}
    answer = await ada.post("/canned-replies", body)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def find_session(ada: Caller, customer: str) -> dict[str, Any]:
    found = (await ada.get("/sessions?limit=100")).body["items"]
    session: dict[str, Any] = next(each for each in found if each["client"]["name"] == customer)
    return session


async def test_in_a_topic_the_text_goes_out_and_then_all_is_done(stage: Stage, ada: Caller) -> None:
    await write(ada, "solved", "Glad to help, {{first_name}}!", SOLVED)
    mia, ann, topic = await talking(stage)
    await mia.writes(topic, "/r solved")
    await ann.wait_for("Glad to help, Ann!")
    await topic.wait_for("Done, too: /tag solved · /priority low · /end")
    session = await find_session(ada, ann.name)
    assert (session["status"], session["priority"]) == ("ENDED", "low")
    assert [each["name"] for each in session["tags"]] == ["solved"]
    texts = [each.text for each in await ann.list_received()]
    assert "Glad to help, Ann!" in texts


async def test_in_a_topic_what_is_refused_is_told(stage: Stage, ada: Caller) -> None:
    mia, ann, topic = await talking(stage)
    await write(ada, "to-me", "", {"tags": ["mine"], "agent_id": mia.agent_id})
    await mia.writes(topic, "Hello Ann")
    await ann.wait_for("Hello Ann")
    await mia.writes(topic, "/r to-me")
    told = await topic.wait_for("Not done: /tag mine")
    assert f"{mia.name} has this session already" in told.text
    assert (await find_session(ada, ann.name))["tags"] == []


async def test_by_the_api_the_answer_and_the_rest_are_one(stage: Stage, ada: Caller) -> None:
    mia, ann, topic = await talking(stage)
    await mia.writes(topic, "Hello Ann")
    await ann.wait_for("Hello Ann")
    session = await find_session(ada, ann.name)
    refused = await write(ada, "refused", "Bye", {"tags": ["x"], "agent_id": mia.agent_id})
    path = f"/sessions/{session['id']}/messages"
    answer = await ada.post(path, {"text": "Never sent", "canned_reply_id": refused})
    assert (answer.status, answer.problem) == (409, "conflict")
    said = (await ada.get(path)).body["items"]
    assert "Never sent" not in [each["message"] for each in said]
    later = await write(ada, "later", "Tomorrow!", {"tags": ["later"], "snooze_minutes": 60})
    answer = await ada.post(path, {"text": "Tomorrow, Ann", "canned_reply_id": later})
    assert answer.status == 201, answer.body
    await ann.wait_for("Tomorrow, Ann")
    session = await find_session(ada, ann.name)
    assert session["snoozed_until"] is not None
    assert [each["name"] for each in session["tags"]] == ["later"]
