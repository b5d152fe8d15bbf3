"""Live events of whole flows: actions of customers and staff, by the bot and by the API."""

import pytest

from tests.api.event_stream import EventListener, open_event_stream
from tests.api.stage import ApiStage
from tests.flows.api_agents import log_in_agent
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def talking(stage: Stage) -> tuple[Person, Customer, Topic]:
    """Add an agent and a customer who waits, with their topic."""
    mia, ann = await stage.agent("Mia", online=False), await stage.customer()
    await stage.change("UPDATE agents SET status = 'offline'")
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    return mia, ann, topic


async def delivered(ears: EventListener, text: str, state: str) -> None:
    await ears.wait_for_event("delivery", text=text)

    async def found() -> bool:
        told = [each for each in ears.of("delivery") if each.text == text]
        return told[-1].data["message"]["delivery_state"] == state

    await eventually(found, f"{text!r} is told to be {state}")


async def test_from_the_first_message_to_the_end(stage: Stage, api: ApiStage) -> None:
    mia = await stage.agent("Mia", online=False)
    await stage.change("UPDATE agents SET status = 'offline'")
    ann = await stage.customer()
    me = await log_in_agent(api, mia)
    async with open_event_stream(api, me.token) as ears:
        first = await ann.says("is anybody there?")
        opened = await ears.wait_for_event("session.opened")
        session = opened.session
        assert opened.data["session"]["waiting"]
        assert opened.data["session"]["client"]["name"] == ann.name
        new = await ears.wait_for_event("message.new", text="is anybody there?")
        assert new.session == session
        assert new.data["session"]["unread_count"] == 1
        assert new.data["message"]["sender_type"] == "CLIENT"
        await ann.edits(first, "is nobody there?")
        edited = await ears.wait_for_event("message.edited", text="is nobody there?")
        assert edited.data["message"]["history"][0]["message"] == "is anybody there?"
        topic = await stage.topic(ann)
        await mia.writes(topic, "I am")
        assigned = await ears.wait_for_event("session.assigned", session=session)
        assert assigned.data["session"]["agent"]["id"] == mia.agent_id
        answer = await ears.wait_for_event("message.new", text="I am")
        assert answer.data["message"]["author_id"] == mia.agent_id
        await ears.wait_for_event("message.read", session=session)
        await delivered(ears, "I am", "sent")
        await mia.writes(topic, "/end")
        ended = await ears.wait_for_event("session.ended", session=session)
        assert ended.data["session"]["status"] == "ENDED"
        kinds = [each.kind for each in ears.heard if each.session == session]
        assert [each for each in kinds if each.startswith("session")] == [
            "session.opened",
            "session.assigned",
            "session.ended",
        ]


async def test_what_comes_of_an_answer_is_told(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic = await talking(stage)
    me = await log_in_agent(api, mia)
    async with open_event_stream(api, me.token) as ears:
        chat = int(ann.address)
        await stage.telegram.fail(
            "sendMessage",
            chat_id=chat,
            code=403,
            description="Forbidden: bot was blocked by the user",
        )
        await mia.writes(topic, "refused")
        await delivered(ears, "refused", "failed")
        told = [each for each in ears.of("delivery") if each.text == "refused"]
        assert "blocked" in told[-1].data["message"]["delivery_error"]
        await stage.telegram.fail("sendMessage", chat_id=chat, code=429, retry_after=5)
        await mia.writes(topic, "held up")
        held = await ears.wait_for_event("delivery", text="held up")
        assert held.data["message"]["delivery_state"] == "pending"
        assert held.data["held_until"] > held.data["at"]


async def test_an_answer_by_the_api_is_told_like_any_other(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic = await talking(stage)
    me = await log_in_agent(api, mia)
    session = (await stage.load_messages(ann))[-1]["session_id"]
    async with open_event_stream(api, me.token, session=session) as ears:
        said = await me.post(f"/sessions/{session}/messages", {"text": "by the API"})
        assert said.status == 201
        await delivered(ears, "by the API", "sent")
        assert ears.heard[-1].data["message"]["id"] == said.body["id"]
        await topic.wait_for("by the API")


async def test_who_comes_and_goes_is_told(stage: Stage, api: ApiStage) -> None:
    mia, ada = await stage.agent("Mia", online=False), await api.admin()
    async with open_event_stream(api, ada.token) as ears:
        await mia.writes(stage.general, "/online")
        came = await ears.wait_for_event("agent.status")
        assert came.data["agent"] == {"id": mia.agent_id, "name": mia.name, "status": "online"}
        me = await log_in_agent(api, mia)
        await me.patch("/auth/me", {"status": "busy"})
        await ears.wait_for_event("agent.status", agent={**came.data["agent"], "status": "busy"})
