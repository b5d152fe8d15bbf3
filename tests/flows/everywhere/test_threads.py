"""Messages that belong together stay together: long texts, albums, edits before delivery."""

import pytest

from tests.flows.conversation import find_received, start_conversation
from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = ("word " * 1_500).strip()
# How much faster than the provider's answer people are here, in seconds.
_QUICKER = 1.0


async def test_a_customers_reply_to_any_part_of_a_long_answer_finds_it(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes_at_length(topic, LONG)
    short = await mia.writes(topic, "the end")
    await ann.wait_for("the end")
    await stage.wait_for_delivery(ann, "the end")
    *parts, last = [each for each in await ann.list_received() if "queue" not in each.text]
    assert len(parts) == 2
    await ann.says("about the end", reply_to=last)
    assert (await topic.wait_for("about the end")).reply_to == short.id
    for number, part in enumerate(parts):
        await ann.says(f"about part {number}", reply_to=part)
        await topic.wait_for(f"about part {number}")
    kept = {row["message"]: row for row in await stage.load_messages(ann)}
    for number in range(2):
        assert kept[f"about part {number}"]["reply_to_id"] == kept[LONG]["id"]


async def test_a_customers_reply_to_themselves_stands_in_its_thread(stage: Stage) -> None:
    _, ann, topic = await start_conversation(stage)
    await ann.says("my number is 5")
    mine = next(each for each in await ann.chat() if each.text == "my number is 5")
    shown = await topic.wait_for("my number is 5")
    await ann.says("I meant 6", reply_to=mine)
    assert (await topic.wait_for("I meant 6")).reply_to == shown.id


async def test_a_customer_is_quicker_than_the_providers_answer(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.provider.is_slow(ann, _QUICKER)
    answer = await mia.writes(topic, "red or blue?")
    heard = await ann.wait_for("red or blue?")
    await ann.says("blue", reply_to=heard)
    assert (await topic.wait_for("blue")).reply_to == answer.id

    await stage.provider.is_slow(ann, _QUICKER)
    answer = await mia.writes(topic, "it is sent")
    await ann.reacts(await ann.wait_for("it is sent"), "👍")

    async def shown() -> bool:
        return any(each.id == answer.id and each.reactions for each in await topic.all())

    await eventually(shown, "the reaction to the answer")


async def test_an_agent_is_quicker_than_the_providers_answer(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    group = topic.group["id"]

    async def slow() -> None:
        await stage.telegram.fail("sendMessage", chat_id=group, kind="late", seconds=_QUICKER)

    await slow()
    question = await ann.says("where is it?")
    await mia.writes(topic, "on its way", reply_to=await topic.wait_for("where is it?"))
    assert (await ann.wait_for("on its way")).reply_to == question

    await slow()
    thanks = await ann.says("thank you")
    await mia.reacts(await topic.wait_for("thank you"), "❤")

    async def shown() -> bool:
        return any(each.id == thanks and each.reactions for each in await ann.chat())

    await eventually(shown, "the reaction to the customer's message")


async def test_a_reply_to_one_picture_of_several_finds_it(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await ann.sends_album("photo", "photo")
    await ann.says("which one?")
    await topic.wait_for("which one?")
    _, first, second, _ = await topic.list_messages()
    mine = [each for each in await ann.chat() if each.kind == "photo"]
    await mia.writes(topic, "the first", reply_to=first)
    await mia.writes(topic, "the second", reply_to=second)
    assert (await ann.wait_for("the first")).reply_to == mine[0].id
    assert (await ann.wait_for("the second")).reply_to == mine[1].id

    await mia.writes(topic, album=[{"kind": "photo"}, {"kind": "photo"}])
    await mia.writes(topic, "or these?")
    await ann.wait_for("or these?")
    await stage.wait_for_delivery(ann, "or these?")
    theirs = [each for each in await ann.list_received() if each.kind == "photo"]
    await ann.says("that one", reply_to=theirs[1])
    answered = (await topic.wait_for("that one")).reply_to
    written = [each.id for each in await topic.all() if each.kind == "photo" and not each.by_desk]
    assert answered == written[1]


async def test_an_edit_before_delivery_wins(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.provider.rate_limit(ann)
    answer = await mia.writes(topic, "first thought")
    await mia.edits(answer, "second thought")
    await ann.wait_for("second thought")
    assert [each.text for each in await ann.list_received() if "thought" in each.text] == [
        "second thought"
    ]
    await stage.wait_for_delivery(ann, "second thought")
    assert not [each for each in await topic.texts() if "did not reach" in each]


async def test_an_answer_that_grows_and_shrinks_and_grows_stays_whole(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    answer = await mia.writes(topic, "word")
    await ann.wait_for("word")
    await stage.wait_for_delivery(ann, "word")
    await mia.writes_at_length(topic, LONG, edits=answer)
    if not stage.capabilities.can_edit_answers:
        await topic.wait_for("The edit did not reach the customer")
        assert [each.text for each in await find_received(ann, "word")] == ["word"]
        return

    async def words() -> int:
        return sum(each.text.count("word") for each in await ann.list_received())

    async def grown() -> bool:
        return await words() == 1_500

    async def shrunk() -> bool:
        return await words() == 1

    await eventually(grown, "the whole of the longer text")
    await mia.edits(answer, "in a word: no")
    await eventually(shrunk, "no stale part")
    assert (await ann.wait_for("in a word: no")).edited
    await mia.writes_at_length(topic, LONG, edits=answer)
    await eventually(grown, "the whole of the longer text again")
    assert not [each for each in await topic.texts() if "did not reach" in each]


async def test_an_edited_caption_travels_as_far_as_it_can(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    answer = await mia.writes(topic, media={"kind": "photo"}, caption="the frist")
    heard = await ann.wait_for("the frist")
    await stage.wait_for_delivery(ann, "the frist")
    await mia.edits(answer, "the first")
    if stage.capabilities.can_edit_answers:
        changed = await ann.wait_for("the first")
        assert (changed.id, changed.kind) == (heard.id, "photo")
    else:
        assert (await topic.wait_for("The edit did not reach")).reply_to == answer.id


async def test_a_reaction_to_any_part_of_a_long_answer_is_shown(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes_at_length(topic, LONG)
    await mia.writes(topic, "the end")
    await ann.wait_for("the end")
    await stage.wait_for_delivery(ann, "the end")
    answer = await mia.writes(topic, "short")
    heard = await ann.wait_for("short")
    await stage.wait_for_delivery(ann, "short")
    await ann.reacts(
        (await find_received(ann, "word"))[1], "👍"
    )  # the sandbox does not know this message, which does no harm
    await ann.reacts(heard, "👍")

    async def shown() -> bool:
        return any(each.id == answer.id and each.reactions for each in await topic.all())

    await eventually(shown, "the reaction to the short answer")


async def test_formatting_stays_in_captions_edits_and_parts(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    said = await ann.says("it is red", marks={"bold": "red"})
    assert (await topic.wait_for("it is red")).entities == (("bold", "red"),)
    await ann.edits(said, "it is green")
    assert (await topic.wait_for("it is green", edited=True)).entities == ()

    bold = [{"type": "bold", "offset": 4, "length": 4}]
    await mia.writes(topic, media={"kind": "photo"}, caption="so: blue", caption_entities=bold)
    heard = await ann.wait_for("so: ")
    assert (heard.kind, ann.find_marks(heard)) == ("photo", {("bold", "blue")})

    words = f"{LONG} and the last"
    entities = [{"type": "bold", "offset": len(words) - 4, "length": 4}]
    await mia.writes_at_length(topic, words, entities=entities)
    part = await ann.wait_for("and the ")
    assert ann.find_marks(part) == {("bold", "last")}


async def test_a_long_caption_goes_on_as_a_text(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    caption = ("word " * 200).strip()
    await mia.writes(topic, media={"kind": "photo"}, caption=caption)
    await mia.writes(topic, "that is all")
    await ann.wait_for("that is all")
    *parts, _ = [each for each in await ann.list_received() if "queue" not in each.text]
    assert " ".join(each.text for each in parts) == caption
    assert parts[0].kind == "photo"
