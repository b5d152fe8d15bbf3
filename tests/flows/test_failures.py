"""Deliveries that fail: nothing lost, nothing doubled, nothing out of order, agents told."""

import itertools
from typing import Any

import pytest

from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.heard import Heard
from tests.flows.staff import Person, Topic
from tests.flows.stage import BOT_ID, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def talking(stage: Stage) -> tuple[Person, Customer, Topic]:
    """Bring an agent and a customer who have a topic with its card."""
    mia, ann = await stage.agent("Mia", online=False), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.shows("hello")
    await topic.card(ann.name)
    return mia, ann, topic


async def told(ann: Customer, text: str) -> list[Heard]:
    return [each for each in await ann.heard() if text in each.text]


async def test_429_on_an_answer_pauses_this_chat_alone(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    _, bob, other = await talking(stage)
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), code=429, retry_after=2)
    await mia.writes(topic, "part 1")
    await mia.writes(topic, "part 2")
    await mia.writes(other, "meanwhile")
    await bob.hears("meanwhile")
    assert not await told(ann, "part")
    await ann.hears("part 2")
    assert [each.text for each in await told(ann, "part")] == ["part 1", "part 2"]
    times = [c["at"] for c in await stage.telegram.calls("sendMessage", int(ann.address))]
    refused = next(
        call["at"]
        for call in await stage.telegram.calls("sendMessage", int(ann.address))
        if call["error_code"] == 429
    )
    assert not [at for at in times if refused < at < refused + 2]


async def test_429_on_a_copy_pauses_the_group_and_keeps_the_order(stage: Stage) -> None:
    _, ann, topic = await talking(stage)
    group = stage.group["id"]
    await stage.telegram.fail("sendMessage", chat_id=group, code=429, retry_after=1)
    for number in range(3):
        await ann.says(f"copy {number}")
    await topic.shows("copy 2")
    assert [one for one in await topic.texts() if "copy" in one] == ["copy 0", "copy 1", "copy 2"]
    calls = await stage.telegram.calls(chat_id=group)
    refused = next(call["at"] for call in calls if call["error_code"] == 429)
    assert not [call for call in calls if refused < call["at"] < refused + 1]


BLOCKED, DEACTIVATED, NEVER = "blocked", "deactivated", "never started"
GONE = {
    BLOCKED: "the customer has blocked the bot (Forbidden: bot was blocked by the user)",
    DEACTIVATED: "the customer's account is deleted (Forbidden: user is deactivated)",
    NEVER: "the customer has never written to the bot"
    " (Forbidden: bot can't initiate conversation with a user)",
    "unknown": "the customer's chat does not exist (Bad Request: chat not found)",
}


@pytest.mark.parametrize("case", GONE)
async def test_a_customer_who_is_gone_is_told_to_the_agent(stage: Stage, case: str) -> None:
    mia, ann, topic = await talking(stage)
    chat = int(ann.address)
    if case == BLOCKED:
        await stage.telegram.block(chat)
        await topic.shows("The customer has blocked the bot")
    elif case == DEACTIVATED:
        await stage.telegram.deactivate(chat)
    else:
        code, words = (403, "bot can't initiate conversation with a user")
        if case != NEVER:
            code, words = 400, "chat not found"
        await stage.telegram.fail("sendMessage", chat_id=chat, code=code, description=words)
    answer = await mia.writes(topic, "can you hear me?")
    notice = await topic.shows(f"Not delivered: {GONE[case]}")
    assert notice.reply_to == answer.id
    kept = await stage.kept_as(ann, "can you hear me?", "failed")
    assert kept["delivery_error"] == GONE[case]
    if case == BLOCKED:
        await topic.card("⚠: the customer has blocked the bot")
        await stage.telegram.block(chat, blocked=False)
        await topic.shows("The customer has unblocked the bot")
        await mia.writes(topic, "now?")
        await ann.hears("now?")


async def test_one_notice_for_a_long_answer_that_is_refused(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.deactivate(int(ann.address))
    await mia.writes_at_length(topic, ("word " * 2_500).strip())
    await topic.shows("Not delivered")
    await mia.writes(topic, "/help")
    await topic.shows("// in front makes")
    assert len([one for one in await topic.texts() if "Not delivered" in one]) == 1


async def test_500_is_tried_again_in_order(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    group = stage.group["id"]
    await stage.telegram.fail("sendMessage", chat_id=group, code=500, times=2)
    await stage.telegram.fail("copyMessage", chat_id=group, code=502, body="<html>Bad Gateway")
    for number in range(2):
        await ann.says(f"relay {number}")
    await ann.sends("photo", caption="relay 2")
    await stage.in_no_time(topic.shows("relay 2"))
    shown = [one for one in await topic.texts() if "relay" in one]
    assert shown == ["relay 0", "relay 1", "relay 2"]

    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), code=500)
    await mia.writes(topic, "back 0")
    await mia.writes(topic, "back 1")
    await stage.in_no_time(ann.hears("back 1"))
    assert [each.text for each in await told(ann, "back")] == ["back 0", "back 1"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_copy_without_an_answer_is_made_again(stage: Stage, kind: str) -> None:
    _, ann, topic = await talking(stage)
    await stage.telegram.fail("sendMessage", chat_id=stage.group["id"], kind=kind)
    await ann.says("lost?")
    await ann.says("and then")
    await topic.shows("and then")
    shown = [one for one in await topic.texts() if one in {"lost?", "and then"}]
    assert shown == ["lost?"] * (2 if kind == "drop_after" else 1) + ["and then"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
@pytest.mark.parametrize("button", ["Send again", "It arrived"])
async def test_an_answer_without_an_answer_is_asked_about(
    stage: Stage, kind: str, button: str
) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), kind=kind)
    answer = await mia.writes(topic, "did it arrive?")
    await mia.writes(topic, "the next one")
    await ann.hears("the next one")  # nothing waits behind it
    asked = await topic.shows("may or may not have arrived")
    assert (asked.reply_to, asked.buttons) == (answer.id, ("Send again", "It arrived"))
    await stage.kept_as(ann, "did it arrive?", "uncertain")
    arrived = 1 if kind == "drop_after" else 0
    assert len(await told(ann, "did it arrive?")) == arrived

    said = {"Send again": "Sent to the customer.", "It arrived": "Noted: it arrived."}
    assert await mia.presses(asked, button) == said[button]
    await stage.kept_as(ann, "did it arrive?", "sent")
    for late in ("Send again", "It arrived"):
        assert await mia.presses(asked, late) == "This was settled already."
    await mia.writes(topic, "the last one")
    await ann.hears("the last one")
    expected = arrived + (1 if button == "Send again" else 0)
    assert len(await told(ann, "did it arrive?")) == expected


async def test_a_deleted_topic_is_opened_again_with_its_card(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.delete_topic(stage.group, topic.thread)
    await ann.says("are you there?")
    await ann.sends("photo", caption="look")
    anew = await stage.topic(ann)
    assert anew.thread != topic.thread
    await anew.shows("look")
    assert await anew.texts() == ["are you there?", "look"]
    await anew.card(ann.name, "Session: #1")
    await mia.writes(anew, "here I am")
    await ann.hears("here I am")


async def test_a_topic_deleted_before_the_end_of_its_session(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    card = await topic.card(ann.name)
    await stage.telegram.delete_topic(stage.group, topic.thread)
    await mia.writes(stage.general, "where did it go?")
    await ann.says("hello?")
    anew = await stage.topic(ann)
    card = await anew.card(ann.name)
    assert await mia.presses(card, "End") == "The session is ended."
    await anew.card("no open session")


async def test_a_deleted_card_is_posted_anew(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    old = await topic.card(ann.name)
    await stage.telegram.delete(stage.group, int(old.id))
    await mia.writes(topic, "/end")
    anew = await topic.card("no open session")
    assert anew.id != old.id


async def test_a_closed_topic(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.close_topic(stage.group, topic.thread)
    await ann.says("closed, but the bot may write")
    await topic.shows("closed, but the bot may write")
    rights = {"can_manage_topics": False}
    await stage.telegram.member(stage.group, BOT_ID, "administrator", rights)
    await ann.says("held for now")

    async def refused() -> bool:
        calls = await stage.calls("sendMessage", ok=False)
        return any("TOPIC_CLOSED" in call["description"] for call in calls)

    await eventually(refused, "Telegram refuses to write into the closed topic")
    await stage.telegram.close_topic(stage.group, topic.thread, closed=False)
    await stage.telegram.member(stage.group, BOT_ID, "administrator")
    await stage.in_no_time(topic.shows("held for now"))
    await mia.writes(topic, "thanks")
    await ann.hears("thanks")


async def test_topics_switched_off_hold_what_comes(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    bob = await stage.customer("Bob")
    await stage.telegram.set_forum(stage.group, is_forum=False)
    await ann.says("into which topic?")
    await bob.says("and me?")

    async def noticed() -> bool:
        calls = await stage.calls("createForumTopic", ok=False)
        return any("not a forum" in call["description"] for call in calls)

    await eventually(noticed, "Telegram refuses to open a topic")
    await stage.telegram.set_forum(stage.group, is_forum=True)
    await stage.in_no_time(topic.shows("into which topic?"))
    await (await stage.in_no_time(stage.topic(bob))).shows("and me?")
    await mia.writes(topic, "into this one")
    await ann.hears("into this one")
    assert not [one for one in await stage.general.shown() if "which" in one.text]


async def test_a_bot_thrown_out_and_brought_back(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.member(stage.group, BOT_ID, "kicked")
    await ann.says("nobody hears me")

    async def refused() -> bool:
        calls = await stage.calls("sendMessage", ok=False)
        return any("was kicked" in call["description"] for call in calls)

    await eventually(refused, "Telegram refuses a bot that was kicked")
    await stage.telegram.member(stage.group, BOT_ID, "administrator")
    await stage.in_no_time(topic.shows("nobody hears me"))
    await mia.writes(topic, "now I do")
    await ann.hears("now I do")


@pytest.mark.parametrize("kind", ["photo", "poll"])
async def test_what_cannot_be_copied_is_told_with_its_words(stage: Stage, kind: str) -> None:
    _, ann, topic = await talking(stage)
    await ann.sends(kind, caption="secret plans", protect=True)
    notice = await topic.shows("cannot be copied here")
    if kind == "photo":
        assert "IMAGE" in notice.text
        assert notice.text.endswith("secret plans")
    await ann.says("goes on")
    await topic.shows("goes on")


async def test_an_album_that_cannot_be_copied_is_told(stage: Stage) -> None:
    _, ann, topic = await talking(stage)
    album = [{"kind": "photo"}, {"kind": "photo"}]
    await stage.telegram.say(int(ann.address), album=album, caption="both", protect=True)
    await topic.shows("both")
    await ann.says("goes on")
    await topic.shows("goes on")


async def test_a_copy_that_telegram_only_forwards(stage: Stage) -> None:
    _, ann, topic = await talking(stage)
    await stage.telegram.fail(
        "copyMessage", chat_id=stage.group["id"], code=400, description="message can't be copied"
    )
    await ann.sends("poll")

    async def forwarded() -> bool:
        return any(each.kind == "poll" for each in await topic.shown())

    await eventually(forwarded, "the poll, forwarded")


async def test_unanswered_calls_do_not_stop_the_desk(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), kind="late", seconds=1.0)
    await mia.writes(topic, "slow")
    bob = await stage.customer("Bob")
    await bob.says("quick")
    await (await stage.topic(bob)).shows("quick")
    assert not await told(ann, "never")
    await ann.hears("slow")
    await stage.kept_as(ann, "slow", "sent")


async def test_a_reply_to_what_was_deleted_goes_without_it(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    said = await ann.says("never mind this")
    copy = await topic.shows("never mind this")
    await stage.telegram.delete(int(ann.address), int(said))
    await mia.writes(topic, "which?", reply_to=copy)
    heard = await ann.hears("which?")
    assert heard.reply_to is None


async def test_many_faults_at_once_lose_nothing(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    group, chat = stage.group["id"], int(ann.address)
    kinds = itertools.cycle([{"code": 500}, {"code": 429, "retry_after": 1}, {"code": 502}])
    for place in (group, chat, group, chat):
        fault: dict[str, Any] = next(kinds)
        await stage.telegram.fail("sendMessage", chat_id=place, **fault)
    for number in range(6):
        await ann.says(f"up {number}")
        await mia.writes(topic, f"down {number}")
    await topic.shows("up 5")
    await ann.hears("down 5")
    assert [t for t in await topic.texts() if "up" in t] == [f"up {n}" for n in range(6)]
    assert [e.text for e in await told(ann, "down")] == [f"down {n}" for n in range(6)]
