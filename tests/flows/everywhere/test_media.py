"""Files, albums, locations and contacts in both directions, on every kind of channel."""

import base64

import pytest

from sandbox.telegram.model.sample_files import SAMPLES
from tests.flows.chat_message import parse_digits, parse_location
from tests.flows.conversation import start_conversation
from tests.flows.customers import PHONE, PLACE
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

KINDS = {
    "photo": "IMAGE",
    "document": "FILE",
    "video": "VIDEO",
    "audio": "AUDIO",
    "voice": "VOICE",
    "sticker": "STICKER",
}
# What agents can send in addition.
MORE = ("animation", "video_note")


async def test_every_kind_of_file_comes_into_the_topic_in_order(stage: Stage) -> None:
    _, ann, topic = await start_conversation(stage)
    await ann.says("see https://osmo.example/order")
    kinds = KINDS | stage.capabilities.send_more
    for kind in kinds:
        await ann.sends(kind, data=SAMPLES[kind][2] if kind in SAMPLES else None)
    await ann.says("the last")
    await topic.wait_for("the last")
    _, link, *shown, _ = await topic.list_messages()
    assert link.kind == "text"
    assert [each.kind for each in shown] == list(kinds)
    for each in shown:
        if each.kind in SAMPLES:
            assert await topic.download(each) == SAMPLES[each.kind][2], each.kind
    kept = [row["message_type"] for row in await stage.load_messages(ann)]
    assert kept == ["TEXT", "LINK", *kinds.values(), "TEXT"]


async def test_every_kind_of_file_comes_to_the_customer_in_order(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    kinds = [*KINDS, *MORE]
    for kind in kinds:
        data = base64.b64encode(SAMPLES[kind][2]).decode()
        await mia.writes(topic, media={"kind": kind, "data": data})
    await mia.writes(topic, "do you see it?")
    await ann.wait_for("do you see it?")
    *heard, _ = [each for each in await ann.list_received() if "queue" not in each.text]
    assert [each.kind for each in heard] == [
        stage.capabilities.replacements.get(kind, kind) for kind in kinds
    ]
    for kind, each in zip(kinds, heard, strict=True):
        assert await ann.download(each) == SAMPLES[kind][2], kind


async def test_captions_travel_with_their_files_both_ways(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    for kind in ("photo", "document", "video"):
        await ann.sends(kind, caption=f"this {kind} is broken")
        shown = await topic.wait_for(f"this {kind} is broken")
        assert shown.kind == kind
        await mia.writes(topic, media={"kind": kind}, caption=f"like this {kind}?", reply_to=shown)
        heard = await ann.wait_for(f"like this {kind}?")
        assert heard.kind == kind
        assert heard.reply_to is not None
        kept = {row["message"] for row in await stage.load_messages(ann)}
        assert kept >= {f"this {kind} is broken", f"like this {kind}?"}


async def test_several_at_once_come_whole_both_ways(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await ann.says("before")
    await ann.sends_album("photo", "video", "photo", caption="all three")
    await ann.says("after")
    await topic.wait_for("after")
    _, before, *album, after = await topic.list_messages()
    assert (before.text, after.text) == ("before", "after")
    assert [each.kind for each in album] == ["photo", "video", "photo"]
    assert [each.text for each in album] == ["all three", "", ""]

    await mia.writes(topic, album=[{"kind": "photo"}, {"kind": "photo"}], caption="look")
    await mia.writes(topic, "that was it")
    await ann.wait_for("that was it")
    answers = [each for each in await ann.list_received() if each.kind == "photo"]
    assert [each.text for each in answers] == ["look", ""]
    for each in ([album, answers]) if stage.capabilities.keeps_albums else ():
        assert len({one.album for one in each}) == 1
        assert each[0].album is not None


async def test_a_place_travels_both_ways(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await ann.sends("location")
    await ann.says("here I am")
    await topic.wait_for("here I am")
    shown = (await topic.list_messages())[-2]
    assert (shown.kind, shown.place) == ("location", parse_location(PLACE))
    assert (await stage.load_messages(ann))[-2]["message_type"] == "LOCATION"

    await mia.writes(topic, location={"latitude": 1.5, "longitude": -2.25})
    await mia.writes(topic, "and we are here")
    await ann.wait_for("and we are here")
    heard = (await ann.list_received())[-2]
    assert (heard.kind, heard.place) == ("location", (1.5, -2.25))


async def test_a_contact_travels_both_ways(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await ann.sends("contact")
    await ann.says("call him")
    await topic.wait_for("call him")
    shown = (await topic.list_messages())[-2]
    assert (shown.kind, shown.phone) == ("contact", parse_digits(PHONE))
    assert (await stage.load_messages(ann))[-2]["message_type"] == "CONTACT"

    await mia.writes(topic, contact={"phone_number": "+49170123", "first_name": "Workshop"})
    await mia.writes(topic, "they know more")
    await ann.wait_for("they know more")
    heard = (await ann.list_received())[-2]
    assert (heard.kind, heard.phone) == ("contact", "49170123")
