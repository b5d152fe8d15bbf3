"""Rights in the staff group are those of the API: who may change whose session."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from db.tables import Role
from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer
from tests.flows.sessions import holder
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage, run_stage


@dataclass
class Scene:
    """A customer whose session Mia holds, and Tom, who is an agent like her."""

    stage: Stage
    mia: Person
    tom: Person
    ann: Customer
    topic: Topic
    card: ChatMessage

    async def audit(self, action: str) -> list[dict[str, Any]]:
        return await self.stage.rows(
            "SELECT user_id, actor, details FROM audit_log WHERE action = :action", action=action
        )


@pytest.fixture
async def scene(migrated_url: str) -> AsyncIterator[Scene]:
    async with run_stage(migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer("Ann")
        await ann.says("hello")
        topic = await stage.topic(ann)
        card = await topic.card(f"Assigned to: {mia.name}")
        yield Scene(stage, mia, await stage.agent("Tom"), ann, topic, card)


async def test_an_agent_does_not_end_the_session_of_another(scene: Scene) -> None:
    why = (
        f"{scene.mia.name} has this session. Only {scene.mia.name} or an administrator can end it."
    )
    assert await scene.tom.presses(scene.card, "End") == why
    written = await scene.tom.writes(scene.topic, "/end")
    assert (await scene.topic.wait_for(why)).reply_to == written.id
    assert await holder(scene.stage, scene.ann) == scene.mia.name
    assert await scene.audit("session.end") == []
    # A colleague may still help out.
    await scene.tom.writes(scene.topic, "Mia is looking it up")
    await scene.ann.wait_for("Mia is looking it up")
    told = await scene.topic.wait_for(f"{scene.mia.name} has this session and is answering.")
    await scene.tom.writes(scene.topic, "one moment")
    await scene.ann.wait_for("one moment")
    again = [each for each in await scene.topic.texts() if each == told.text]
    assert len(again) == 1
    assert await holder(scene.stage, scene.ann) == scene.mia.name
    assert await scene.mia.presses(scene.card, "End") == "The session is ended."
    [entry] = await scene.audit("session.end")
    assert entry["actor"] == scene.mia.name


@pytest.mark.parametrize("by", ["button", "command"])
async def test_an_administrator_ends_every_session(scene: Scene, by: str) -> None:
    zoe = await scene.stage.agent("Zoe", role=Role.ADMIN)
    if by == "button":
        assert await zoe.presses(scene.card, "End") == "The session is ended."
    else:
        await zoe.writes(scene.topic, "/end")
    await scene.topic.wait_for(f"Session 1 was ended by {zoe.name}.")
    assert await holder(scene.stage, scene.ann) is None


@pytest.mark.parametrize("by", ["button", "command"])
async def test_an_anonymous_administrator_does_so_as_the_group(scene: Scene, by: str) -> None:
    boss = await scene.stage.member("Boss", admin=True)
    if by == "button":
        pressed = await boss.presses(scene.card, "End", anonymous=True)
        assert pressed == "The session is ended."
    else:
        await boss.writes(scene.topic, "/end", anonymous=True)
    await scene.topic.wait_for("Session 1 was ended by Staff.")
    [entry] = await scene.audit("session.end")
    assert (entry["user_id"], entry["actor"]) == (None, "anonymous admin")
    assert json.loads(entry["details"]) == {"group": str(scene.stage.group["id"])}


async def test_a_waiting_session_may_be_ended_by_every_agent(scene: Scene) -> None:
    for agent in (scene.mia, scene.tom):
        await agent.tells_bot("/offline", "You are offline")
    bob = await scene.stage.customer("Bob")
    await bob.says("anybody?")
    topic = await scene.stage.topic(bob)
    card = await topic.card("nobody (waiting)")
    assert await scene.tom.presses(card, "End") == "The session is ended."
