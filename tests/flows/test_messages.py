"""What a customer sends reaches the topic, and an answer comes back."""

import pytest

from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_first_message_opens_everything_that_belongs_to_it(stage: Stage) -> None:
    mia = await stage.agent("Mia")
    ann = await stage.customer("Ann", username="ann_of_osmo")
    await ann.says("/start")
    await ann.hears(f"Hello {ann.name}!")
    await ann.says("My order is late")

    topic = await stage.topic(ann)
    await topic.shows("My order is late")
    card = await topic.card(ann.name, "@ann_of_osmo", "OsmoDesk", "Language: en", "Session: #1")
    assert f"Assigned to: {mia.name}" in card.text
    assert "Customer since: " in card.text
    assert card.buttons == ("End",)
    [start, first] = await stage.kept(ann)
    assert (start["message"], first["message"]) == ("/start", "My order is late")
    assert (first["sender_type"], first["direction"], first["status"]) == (
        "CLIENT",
        "inbound",
        "ACTIVE",
    )
    clients = await stage.rows(
        "SELECT name, username, language FROM clients WHERE telegram_id = :id", id=ann.address
    )
    assert [tuple(row.values()) for row in clients] == [(ann.name, "ann_of_osmo", "en")]
    await stage.change("UPDATE agents SET status = 'offline' WHERE id = :id", id=mia.agent_id)


async def test_three_messages_at_once_open_one_topic_in_order(stage: Stage) -> None:
    ann = await stage.customer()
    for number in range(3):
        await ann.says(f"at once {number}")
    topic = await stage.topic(ann)
    await topic.shows("at once 2")
    assert await topic.texts() == ["at once 0", "at once 1", "at once 2"]
    sessions = {row["session_id"] for row in await stage.kept(ann)}
    assert len(sessions) == 1


async def test_quick_messages_arrive_in_order(stage: Stage) -> None:
    ann = await stage.customer()
    for number in range(5):
        await ann.says(f"quick {number}")
    topic = await stage.topic(ann)
    await topic.shows("quick 4")
    assert await topic.texts() == [f"quick {number}" for number in range(5)]


KINDS = {
    "photo": "IMAGE",
    "document": "FILE",
    "video": "VIDEO",
    "audio": "AUDIO",
    "voice": "VOICE",
    "sticker": "STICKER",
    "animation": "ANIMATION",
    "video_note": "VIDEO_NOTE",
    "location": "LOCATION",
    "venue": "LOCATION",
    "contact": "CONTACT",
    "dice": "OTHER",
    "poll": "OTHER",
}


async def test_every_type_is_copied_in_order_and_kept(stage: Stage) -> None:
    ann = await stage.customer()
    await ann.says("plain")
    await ann.says("see https://osmo.example/order")
    for kind in KINDS:
        await ann.sends(kind)
    await ann.says("the last")
    topic = await stage.topic(ann)
    await topic.shows("the last")
    shown = [each.kind for each in await topic.shown()]
    assert shown == ["text", "text", *KINDS, "text"]
    kept = [row["message_type"] for row in await stage.kept(ann)]
    assert kept == ["TEXT", "LINK", *KINDS.values(), "TEXT"]


async def test_a_caption_travels_with_its_file(stage: Stage) -> None:
    ann = await stage.customer()
    await ann.sends("photo", caption="this is broken")
    shown = await (await stage.topic(ann)).shows("this is broken")
    assert shown.kind == "photo"
    [kept] = await stage.kept(ann)
    assert kept["message"] == "this is broken"


async def test_an_album_stays_an_album_both_ways(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("before")
    await ann.sends_album("photo", "video", "photo", caption="all three")
    await ann.says("after")
    topic = await stage.topic(ann)
    await topic.shows("after")
    before, *album, after = await topic.shown()
    assert (before.text, after.text) == ("before", "after")
    assert [each.kind for each in album] == ["photo", "video", "photo"]
    assert len({each.album for each in album}) == 1
    assert album[0].album is not None

    two = [{"kind": "photo"}, {"kind": "photo"}]
    await mia.writes(topic, album=two, caption="look")
    await mia.writes(topic, "that was it")
    await ann.hears("that was it")
    answers = [each for each in await ann.heard() if each.kind == "photo"]
    assert len(answers) == 2
    assert len({each.album for each in answers}) == 1
    assert answers[0].album is not None


async def test_replies_keep_their_thread_both_ways(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    first = await ann.says("first question")
    await ann.says("second question")
    topic = await stage.topic(ann)
    copy = await topic.shows("first question")
    await topic.shows("second question")

    answer = await mia.writes(topic, "to the first", reply_to=copy)
    heard = await ann.hears("to the first")
    assert heard.reply_to == first
    await stage.kept_as(ann, "to the first", "sent")

    await ann.says("about your answer", reply_to=heard)
    shown = await topic.shows("about your answer")
    assert shown.reply_to == answer.id
    await mia.writes(topic, "no reply")
    assert (await ann.hears("no reply")).reply_to is None


async def test_edits_travel_both_ways_and_keep_their_history(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    said = await ann.says("the ordre 5")
    topic = await stage.topic(ann)
    copy = await topic.shows("the ordre 5")
    await ann.edits(said, "the order 5")
    assert (await topic.shows("the order 5", edited=True)).id == copy.id

    answer = await mia.writes(topic, "It leaves tomorow")
    heard = await ann.hears("It leaves tomorow")
    await mia.edits(answer, "It leaves tomorrow")
    assert (await ann.hears("It leaves tomorrow")).id == heard.id
    kept = await stage.kept(ann)
    assert [row["message"] for row in kept] == ["the order 5", "It leaves tomorrow"]
    assert all("ordre" in row["history"] or "tomorow" in row["history"] for row in kept)


async def test_reactions_travel_both_ways_and_are_taken_back(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("thank you")
    topic = await stage.topic(ann)
    copy = await topic.shows("thank you")
    await mia.writes(topic, "welcome")
    heard = await ann.hears("welcome")
    await stage.kept_as(ann, "welcome", "sent")

    async def on_customers_side(text: str) -> tuple[str, ...]:
        return next(each.reactions for each in await ann.chat() if each.text == text)

    async def on_staff_side(text: str) -> tuple[str, ...]:
        return next(each.reactions for each in await topic.all() if each.text == text)

    await mia.reacts(copy, "❤")
    await ann.reacts(heard, "👍")
    await eventually(lambda: on_customers_side("thank you"), "the agent's heart at the customer")
    await eventually(lambda: on_staff_side("welcome"), "the customer's thumb in the topic")
    assert await on_customers_side("thank you") == ("❤",)
    assert await on_staff_side("welcome") == ("👍",)

    await ann.reacts(heard, "")

    async def gone() -> bool:
        return await on_staff_side("welcome") == ()

    await eventually(gone, "the thumb is taken back")


async def test_a_name_with_markup_is_only_a_name(stage: Stage) -> None:
    ann = await stage.customer("<b>*Ann*_{name}</b>")
    await ann.says("/start")
    await ann.hears(f"Hello {ann.name}!")
    await ann.says("hi")
    await (await stage.topic(ann)).card(ann.name)
