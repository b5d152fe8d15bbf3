"""An administrator who writes as the group: the answer is kept until an agent is chosen for it."""

import json
from typing import Any

import pytest

from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def written(stage: Stage, boss: Person, **more: Any) -> tuple[Customer, Topic, ChatMessage]:
    """Answer a new customer as the group; return the bot's question."""
    ann = await stage.customer()
    await ann.says("who are you?")
    topic = await stage.topic(ann)
    await topic.wait_for("who are you?")
    text = None if "media" in more else "we are the desk"
    answer = await boss.writes(topic, text, anonymous=True, **more)
    asked = await topic.wait_for("Who should answer the customer?")
    assert asked.reply_to == answer.id
    return ann, topic, asked


async def test_the_answer_is_sent_once_as_the_chosen_agent(stage: Stage) -> None:
    boss, mia = await stage.agent("Boss", admin=True), await stage.agent("Mia", online=False)
    ann, topic, asked = await written(stage, boss)
    await stage.wait_for_state(ann, "we are the desk", "held")
    assert {mia.name, "Send as me"} <= set(asked.buttons)
    assert await boss.presses(asked, mia.name, anonymous=True) == "Sent to the customer."
    await ann.wait_for("we are the desk")
    await topic.wait_for(f"Sent as {mia.name}.", edited=True)
    kept = await stage.wait_for_state(ann, "we are the desk", "sent")
    assert kept["author_id"] == mia.agent_id


async def test_two_presses_send_one_message(stage: Stage) -> None:
    boss, mia = await stage.agent("Boss", admin=True), await stage.agent("Mia", online=False)
    ann, _, asked = await written(stage, boss)
    first = await stage.telegram.press(mia.user, stage.group, int(asked.id), text="Send as me")
    second = await mia.presses(asked, mia.name)
    assert second == "This was already sent."
    assert (await stage.telegram.callback(first))["text"] == "Sent to the customer."
    await mia.writes(await stage.topic(ann), "the next answer")
    await ann.wait_for("the next answer")
    assert len([one for one in await ann.list_received() if one.text == "we are the desk"]) == 1


async def test_send_as_me_needs_somebody_to_be_me(stage: Stage) -> None:
    boss = await stage.agent("Boss", admin=True)
    stranger = await stage.member("Sam")
    ann, _, asked = await written(stage, boss)
    assert "for agents only" in await boss.presses(asked, "Send as me", anonymous=True)
    assert "for agents only" in await stranger.presses(asked, "Send as me")
    await stage.wait_for_state(ann, "we are the desk", "held")
    assert await boss.presses(asked, "Send as me") == "Sent to the customer."
    kept = await stage.wait_for_state(ann, "we are the desk", "sent")
    assert kept["author_id"] == boss.agent_id


async def test_media_and_an_edited_text_are_sent_as_they_are_by_then(stage: Stage) -> None:
    boss = await stage.agent("Boss", admin=True)
    ann, _, asked = await written(stage, boss, media={"kind": "photo"}, caption="a picture")
    await boss.presses(asked, "Send as me")
    assert (await ann.wait_for("a picture")).kind == "photo"

    ann, topic, asked = await written(stage, boss)
    answer = next(one for one in await topic.all() if one.text == "we are the desk")
    await boss.edits(answer, "we are OsmoDesk")
    await stage.wait_for_state(ann, "we are OsmoDesk", "held")
    await boss.presses(asked, "Send as me")
    await ann.wait_for("we are OsmoDesk")


async def test_notes_and_commands_need_no_name(stage: Stage) -> None:
    boss = await stage.agent("Boss", admin=True)
    ann = await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await boss.writes(topic, "// from the boss", anonymous=True)
    await boss.writes(topic, "/end", anonymous=True)
    await ann.wait_for("This conversation is closed.")
    await topic.wait_for("Session 1 was ended by Staff.")
    [entry] = await stage.rows(
        "SELECT a.* FROM audit_log a JOIN sessions s ON s.id = a.subject"
        " JOIN clients c ON c.id = s.client_id WHERE c.name = :name AND a.action = 'session.end'",
        name=ann.name,
    )
    assert (entry["user_id"], entry["actor"]) == (None, "anonymous admin")
    assert json.loads(entry["details"]) == {"group": str(stage.group["id"])}
    assert "Who should answer" not in "".join(await topic.texts())
    assert not [one for one in await ann.list_received() if "boss" in one.text]
