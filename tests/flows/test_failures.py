"""Failed deliveries: nothing is lost, doubled or out of order, and agents are notified."""

import itertools
from typing import Any

import pytest

from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def talking(stage: Stage) -> tuple[Person, Customer, Topic]:
    """Add an agent and a customer who have a topic with its card."""
    mia, ann = await stage.agent("Mia", online=False), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    await topic.card(ann.name)
    return mia, ann, topic


async def told(ann: Customer, text: str) -> list[ChatMessage]:
    return [each for each in await ann.list_received() if text in each.text]


async def test_429_on_an_answer_pauses_this_chat_alone(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    _, bob, other = await talking(stage)
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), code=429, retry_after=2)
    await mia.writes(topic, "part 1")
    await mia.writes(topic, "part 2")
    await mia.writes(other, "meanwhile")
    await bob.wait_for("meanwhile")
    assert not await told(ann, "part")
    await ann.wait_for("part 2")
    assert [each.text for each in await told(ann, "part")] == ["part 1", "part 2"]
    times = [c["at"] for c in await stage.telegram.calls("sendMessage", int(ann.address))]
    refused = next(
        call["at"]
        for call in await stage.telegram.calls("sendMessage", int(ann.address))
        if call["error_code"] == 429
    )
    assert not [at for at in times if refused < at < refused + 2]


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
        await topic.wait_for("The customer has blocked the bot")
    elif case == DEACTIVATED:
        await stage.telegram.deactivate(chat)
    else:
        code, words = (403, "bot can't initiate conversation with a user")
        if case != NEVER:
            code, words = 400, "chat not found"
        await stage.telegram.fail("sendMessage", chat_id=chat, code=code, description=words)
    answer = await mia.writes(topic, "can you hear me?")
    notice = await topic.wait_for(f"Not delivered: {GONE[case]}")
    assert notice.reply_to == answer.id
    kept = await stage.wait_for_state(ann, "can you hear me?", "failed")
    assert kept["delivery_error"] == GONE[case]
    if case == BLOCKED:
        await topic.card("⚠: the customer has blocked the bot")
        await stage.telegram.block(chat, blocked=False)
        await topic.wait_for("The customer has unblocked the bot")
        await mia.writes(topic, "now?")
        await ann.wait_for("now?")


async def test_one_notice_for_a_long_answer_that_is_refused(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.deactivate(int(ann.address))
    await mia.writes_at_length(topic, ("word " * 2_500).strip())
    await topic.wait_for("Not delivered")
    await mia.writes(topic, "/help")
    await topic.wait_for("Start with // to write")
    assert len([one for one in await topic.texts() if "Not delivered" in one]) == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
@pytest.mark.parametrize("button", ["Send again", "It arrived"])
async def test_an_answer_without_an_answer_is_asked_about(
    stage: Stage, kind: str, button: str
) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), kind=kind)
    answer = await mia.writes(topic, "did it arrive?")
    await mia.writes(topic, "the next one")
    await ann.wait_for("the next one")  # nothing waits behind it
    asked = await topic.wait_for("may or may not have arrived")
    assert (asked.reply_to, asked.buttons) == (answer.id, ("Send again", "It arrived"))
    await stage.wait_for_state(ann, "did it arrive?", "uncertain")
    arrived = 1 if kind == "drop_after" else 0
    assert len(await told(ann, "did it arrive?")) == arrived

    said = {"Send again": "Sent to the customer.", "It arrived": "Noted: it arrived."}
    assert await mia.presses(asked, button) == said[button]
    await stage.wait_for_state(ann, "did it arrive?", "sent")
    for late in ("Send again", "It arrived"):
        assert await mia.presses(asked, late) == "This was already settled."
    await mia.writes(topic, "the last one")
    await ann.wait_for("the last one")
    expected = arrived + (1 if button == "Send again" else 0)
    assert len(await told(ann, "did it arrive?")) == expected


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


@pytest.mark.parametrize("kind", ["photo", "poll"])
async def test_what_cannot_be_copied_is_told_with_its_words(stage: Stage, kind: str) -> None:
    _, ann, topic = await talking(stage)
    await ann.sends(kind, caption="secret plans", protect=True)
    notice = await topic.wait_for("cannot be shown here")
    if kind == "photo":
        assert "IMAGE" in notice.text
        assert notice.text.endswith("secret plans")
    await ann.says("goes on")
    await topic.wait_for("goes on")


async def test_an_album_that_cannot_be_copied_is_told(stage: Stage) -> None:
    _, ann, topic = await talking(stage)
    album = [{"kind": "photo"}, {"kind": "photo"}]
    await stage.telegram.say(int(ann.address), album=album, caption="both", protect=True)
    await topic.wait_for("both")
    await ann.says("goes on")
    await topic.wait_for("goes on")


async def test_a_copy_that_telegram_only_forwards(stage: Stage) -> None:
    _, ann, topic = await talking(stage)
    await stage.telegram.fail(
        "copyMessage", chat_id=stage.group["id"], code=400, description="message can't be copied"
    )
    await ann.sends("poll")

    async def forwarded() -> bool:
        return any(each.kind == "poll" for each in await topic.list_messages())

    await eventually(forwarded, "the poll, forwarded")


async def test_unanswered_calls_do_not_stop_the_desk(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), kind="late", seconds=1.0)
    await mia.writes(topic, "slow")
    bob = await stage.customer("Bob")
    await bob.says("quick")
    await (await stage.topic(bob)).wait_for("quick")
    assert not await told(ann, "never")
    await ann.wait_for("slow")
    await stage.wait_for_state(ann, "slow", "sent")


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
    await topic.wait_for("up 5")
    await ann.wait_for("down 5")
    assert [t for t in await topic.texts() if "up" in t] == [f"up {n}" for n in range(6)]
    assert [e.text for e in await told(ann, "down")] == [f"down {n}" for n in range(6)]
