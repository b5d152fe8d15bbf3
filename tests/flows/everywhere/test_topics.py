"""Faults of the staff group itself, on every kind of channel."""

import pytest

from tests.flows.conversation import start_conversation
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Topic
from tests.flows.stage import BOT_ID, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def send(ann: Customer, what: str, words: str) -> None:
    """Send a text as a customer, or a file with this caption: staff gets it in another way."""
    if what == "text":
        await ann.says(words)
    else:
        await ann.sends(what, caption=words)


async def test_429_on_a_copy_pauses_the_group_and_keeps_the_order(stage: Stage) -> None:
    _, ann, topic = await start_conversation(stage)
    group = stage.group["id"]
    await stage.telegram.fail("*", chat_id=group, code=429, retry_after=1)
    await ann.says("copy 0")
    await ann.sends("photo", caption="copy 1")
    await ann.says("copy 2")
    await topic.wait_for("copy 2")
    assert [one for one in await topic.texts() if "copy" in one] == ["copy 0", "copy 1", "copy 2"]
    calls = await stage.telegram.calls(chat_id=group)
    refused = [call["at"] for call in calls if call["error_code"] == 429][-1]
    assert not [call for call in calls if refused < call["at"] < refused + 1]


async def test_500_on_copies_is_tried_again_in_order(stage: Stage) -> None:
    _, ann, topic = await start_conversation(stage)
    group = stage.group["id"]
    await stage.telegram.fail("*", chat_id=group, code=500, times=2)
    await stage.telegram.fail("*", chat_id=group, code=502, body="<html>Bad Gateway")
    await ann.sends("photo", caption="relay 0")
    await ann.says("relay 1")
    await ann.sends("document", caption="relay 2")
    await stage.fast_forward(topic.wait_for("relay 2"))
    shown = [one for one in await topic.texts() if "relay" in one]
    assert shown == ["relay 0", "relay 1", "relay 2"]


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("text", "drop_after"),
        ("photo", "drop_before"),
        pytest.param("text", "drop_before", marks=pytest.mark.long),
        pytest.param("photo", "drop_after", marks=pytest.mark.long),
    ],
)
async def test_a_copy_without_an_answer_is_made_again(stage: Stage, what: str, fault: str) -> None:
    _, ann, topic = await start_conversation(stage)
    await stage.telegram.fail("*", chat_id=stage.group["id"], kind=fault)
    await send(ann, what, "lost?")
    await ann.says("and then")
    await topic.wait_for("and then")
    shown = [one for one in await topic.texts() if one in {"lost?", "and then"}]
    assert shown == ["lost?"] * (2 if fault == "drop_after" else 1) + ["and then"]


async def test_a_deleted_topic_is_opened_again_with_its_card(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.telegram.delete_topic(stage.group, topic.thread)
    await ann.sends("photo", caption="look")
    await ann.says("are you there?")
    new_topic = await stage.topic(ann)
    assert new_topic.thread != topic.thread
    await new_topic.wait_for("are you there?")
    assert await new_topic.texts() == ["look", "are you there?"]
    await new_topic.card(ann.name, "Session: #1")
    await mia.writes(new_topic, "here I am")
    await ann.wait_for("here I am")

    await stage.telegram.delete_topic(stage.group, new_topic.thread)
    await ann.says("are you still there?")
    await ann.sends("photo", caption="look again")
    third = await stage.topic(ann)
    await third.wait_for("look again")
    assert await third.texts() == ["are you still there?", "look again"]


async def test_a_deleted_card_is_posted_anew(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    old = await topic.card(ann.name)
    await stage.telegram.delete(stage.group, int(old.id))
    await mia.writes(topic, "/end")
    new_card = await topic.card("no open session")
    assert new_card.id != old.id


@pytest.mark.parametrize("what", ["text", "photo"])
async def test_a_closed_topic_holds_what_comes(stage: Stage, what: str) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.telegram.close_topic(stage.group, topic.thread)
    await ann.says("closed, but the bot may write")
    await topic.wait_for("closed, but the bot may write")
    rights = {"can_manage_topics": False}
    await stage.telegram.member(stage.group, BOT_ID, "administrator", rights)
    await send(ann, what, "held for now")

    async def refused() -> bool:
        calls = await stage.telegram.calls(chat_id=stage.group["id"])
        return any("TOPIC_CLOSED" in (call.get("description") or "") for call in calls)

    await eventually(refused, "Telegram refuses to write into the closed topic")
    await stage.telegram.close_topic(stage.group, topic.thread, closed=False)
    await stage.telegram.member(stage.group, BOT_ID, "administrator")
    await stage.fast_forward(topic.wait_for("held for now"))
    await mia.writes(topic, "thanks")
    await ann.wait_for("thanks")


async def test_topics_switched_off_and_on_again(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.telegram.set_forum(stage.group, is_forum=False)
    await ann.says("into which topic?")
    shown = await stage.everything.wait_for(f"{ann.name}\ninto which topic?")
    assert shown.text == f"{ann.name}\ninto which topic?"
    await mia.writes(stage.everything, "into none", reply_to=shown)
    await ann.wait_for("into none")
    await mia.writes(stage.everything, "/end", reply_to=shown)
    await stage.everything.card("no open session")
    await stage.telegram.set_forum(stage.group, is_forum=True)
    await ann.says("and now?")

    async def found() -> Topic | None:
        made = await stage.telegram.topics(stage.group)
        new = [each for each in made if each["name"] == ann.name]
        return Topic(stage.telegram, stage.group, new[-1]["message_thread_id"]) if new[1:] else None

    again = await eventually(found, "a topic of the next session")
    assert again.thread != topic.thread
    await again.wait_for("and now?")
    await mia.writes(topic, "the former topic still leads to the customer")
    await ann.wait_for("the former topic")


@pytest.mark.parametrize("what", ["text", "photo"])
async def test_a_bot_thrown_out_and_brought_back(stage: Stage, what: str) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.telegram.member(stage.group, BOT_ID, "kicked")
    await send(ann, what, "nobody sees me")

    async def refused() -> bool:
        calls = await stage.telegram.calls(chat_id=stage.group["id"])
        return any("was kicked" in (call.get("description") or "") for call in calls)

    await eventually(refused, "Telegram refuses a bot that was kicked")
    await stage.telegram.member(stage.group, BOT_ID, "administrator")
    await stage.fast_forward(topic.wait_for("nobody sees me"))
    await mia.writes(topic, "now I do")
    await ann.wait_for("now I do")
