"""Notes and commands of staff: in no form and by no edit do they reach a customer."""

from typing import Any

import pytest

from tests.flows.chat_message import ChatMessage
from tests.flows.conversation import start_conversation
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
FORWARDED = {"type": "hidden_user", "sender_user_name": "Bob", "date": 1_700_000_000}


async def barrier(stage: Stage, ann: Customer, topic: Topic) -> list[ChatMessage]:
    """Wait until everything written before is handled; return what the customer received."""
    other = await stage.agent("Other", online=False)
    await other.writes(topic, "the last answer")
    await ann.wait_for("the last answer")
    return [
        each
        for each in await ann.list_received()
        if each.text != "the last answer" and "queue" not in each.text
    ]


async def find_question(topic: Topic, *buttons: str) -> ChatMessage:
    async def found() -> ChatMessage | None:
        shown = await topic.list_messages()
        return next((each for each in reversed(shown) if each.buttons == buttons), None)

    return await eventually(found, f"a question with {buttons}")


async def edit(mia: Person, message: ChatMessage, text: str) -> None:
    await mia.telegram.edit(mia.user, mia.group, int(message.id), text)


@pytest.mark.parametrize("marked", [0, 1, 2])
async def test_an_album_is_a_note_whichever_item_says_so(stage: Stage, marked: int) -> None:
    mia, ann, topic = await start_conversation(stage)
    album: list[dict[str, Any]] = [{"kind": "photo"} for _ in range(3)]
    album[marked]["caption"] = "// the panel"
    await mia.writes(topic, album=album)
    assert await barrier(stage, ann, topic) == []
    kept = [row["direction"] for row in await stage.load_messages(ann)][1:4]
    assert kept == ["internal"] * 3


@pytest.mark.parametrize("caption", ["/end", "/end@osmo_bot", "/claim now"])
async def test_a_command_below_a_picture_is_neither_done_nor_sent(
    stage: Stage, caption: str
) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, media={"kind": "photo"}, caption=caption)
    await topic.wait_for("Commands work only as a text of their own")
    assert await barrier(stage, ann, topic) == []
    assert (await stage.load_messages(ann))[0]["status"] == "ACTIVE"


async def test_what_is_forwarded_with_a_note_is_asked_about_once(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, "// look at what he wrote elsewhere")
    for number in range(3):
        await mia.writes(topic, f"forwarded {number}", forward_origin=FORWARDED)
    assert await barrier(stage, ann, topic) == []
    asked = [each for each in await topic.list_messages() if "Send it" in each.buttons]
    assert len(asked) == 1
    await mia.presses(asked[0], "Send it")
    for number in range(3):
        await ann.wait_for(f"forwarded {number}")


async def test_a_note_that_the_app_cut_in_two_stays_inside(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, "// " + "secret " * 580)
    await mia.writes(topic, "the rest of it is a secret, too")
    asked = await find_question(topic, "Send it", "Keep it as a note")
    assert "Kept as a note" in await mia.presses(asked, "Keep it as a note")
    assert await barrier(stage, ann, topic) == []
    assert not [row for row in await stage.load_messages(ann) if row["direction"] == "outbound"][1:]


async def test_a_forwarded_command_is_none(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, "/end", forward_origin=FORWARDED)
    await find_question(topic, "Send it", "Keep it as a note")
    assert (await stage.load_messages(ann))[0]["status"] == "ACTIVE"


@pytest.mark.parametrize("text", ["// he is late", "/end", " //he is late"])
async def test_an_edit_never_carries_internal_words(stage: Stage, text: str) -> None:
    mia, ann, topic = await start_conversation(stage)
    answer = await mia.writes(topic, "it comes today")
    await ann.wait_for("it comes today")
    await stage.wait_for_delivery(ann, "it comes today")
    await edit(mia, answer, text)
    asked = await find_question(topic, "Take it back")
    assert [each.text for each in await ann.list_received()][-1] == "it comes today"
    assert (await stage.load_messages(ann))[0]["status"] == "ACTIVE"
    await mia.presses(asked, "Take it back")

    async def is_gone() -> bool:
        return not [each for each in await ann.list_received() if each.text == "it comes today"]

    await eventually(is_gone, "the answer is taken back")


async def test_a_note_that_is_none_any_more_is_asked_about(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    note = await mia.writes(topic, "// we send it tomorrow")
    await edit(mia, note, "we send it tomorrow")
    asked = await find_question(topic, "Send it", "Keep it as a note")
    await edit(mia, note, "// on second thoughts")
    await (await stage.agent("Max", online=False)).writes(topic, "one moment")
    await ann.wait_for("one moment")
    assert "note again" in await mia.presses(asked, "Send it")
    await edit(mia, note, "we send it on Monday")
    asked = await find_question(topic, "Send it", "Keep it as a note")
    await mia.presses(asked, "Send it")
    await ann.wait_for("we send it on Monday")


@pytest.mark.parametrize("how", ["disabled", "unbound", "left"])
async def test_an_edit_of_somebody_who_may_not_answer_goes_nowhere(stage: Stage, how: str) -> None:
    mia, ann, topic = await start_conversation(stage)
    answer = await mia.writes(topic, "it comes today")
    await ann.wait_for("it comes today")
    await stage.wait_for_delivery(ann, "it comes today")
    await leave(stage, mia, how)
    await mia.telegram.edit(mia.user, mia.group, int(answer.id), "it never comes")
    await topic.wait_for("not linked to an agent")
    assert [each.text for each in await barrier(stage, ann, topic)][-1] == "it comes today"
    assert "it never comes" not in [row["message"] for row in await stage.load_messages(ann)]


async def leave(stage: Stage, mia: Person, how: str) -> None:
    """Take away an agent's right to answer."""
    user = "UPDATE users SET {} WHERE telegram_id = :id"
    if how == "disabled":
        await stage.change(user.format("is_active = 0"), id=str(mia.user["id"]))
    elif how == "unbound":
        await stage.change(user.format("telegram_id = NULL"), id=str(mia.user["id"]))
    else:
        # Telegram keeps what somebody wrote, and they may edit it after they left.
        change = {"chat": stage.group, "from": mia.user, "date": 1_800_000_000}
        before = {"user": mia.user, "status": "member"}
        gone = {"user": mia.user, "status": "left"}
        await stage.telegram.inject(
            {"chat_member": {**change, "old_chat_member": before, "new_chat_member": gone}}
        )

        await stage.wait_until_unbound(mia)


async def test_an_anonymous_album_is_sent_as_one(stage: Stage) -> None:
    boss = await stage.agent("Boss", admin=True)
    _, ann, topic = await start_conversation(stage)
    await boss.writes(topic, album=[{"kind": "photo"}] * 3, caption="our shop", anonymous=True)
    asked = await topic.wait_for("Who should answer the customer?")
    await boss.presses(asked, "Send as me")
    await ann.wait_for("our shop")
    albums = {each.album for each in await ann.list_received() if each.kind == "photo"}
    assert len(albums) == 1
    assert None not in albums
