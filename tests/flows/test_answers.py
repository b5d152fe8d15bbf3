"""What staff writes in a topic: it reaches the customer, unless it is a note or a command."""

import pytest

from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_answer_reaches_the_customer_and_is_kept_with_its_author(stage: Stage) -> None:
    mia, ann = await stage.agent("Mia", online=False), await stage.customer()
    await ann.says("where is it?")
    topic = await stage.topic(ann)
    await mia.writes(topic, "on its way")
    await ann.hears("on its way")
    kept = await stage.kept_as(ann, "on its way", "sent")
    assert (kept["sender_type"], kept["direction"]) == ("CS", "outbound")
    assert (kept["author_id"], kept["author_name"]) == (mia.agent_id, mia.name)
    await topic.card(f"Assigned to: {mia.name}")  # whoever answers first takes a waiting session


async def test_what_was_read_is_no_longer_unread(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("one")
    await ann.says("two")
    topic = await stage.topic(ann)
    await topic.shows("two")
    unread = (
        "SELECT unread_count FROM conversations v JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address"
    )
    [before] = await stage.rows(unread, address=ann.address)
    await mia.writes(topic, "answered")
    await ann.hears("answered")
    [after] = await stage.rows(unread, address=ann.address)
    assert (before["unread_count"], after["unread_count"]) == (2, 0)
    assert all(row["is_read"] for row in await stage.kept(ann))


@pytest.mark.parametrize("kind", ["photo", "document", "voice", "sticker", "video_note", "video"])
async def test_media_reaches_the_customer(stage: Stage, kind: str) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("show me")
    topic = await stage.topic(ann)
    await mia.writes(topic, media={"kind": kind}, caption="here")
    await mia.writes(topic, "do you see it?")
    await ann.hears("do you see it?")
    assert [each.kind for each in await ann.heard()][-2:] == [kind, "text"]


async def test_notes_stay_inside_and_are_kept(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    note = await mia.writes(topic, "// she is a VIP")
    await mia.writes(topic, media={"kind": "photo"}, caption="//her contract")
    await mia.edits(note, "// she is a very good customer")
    await mia.writes(topic, "hello Ann")
    await ann.hears("hello Ann")
    assert not [each for each in await ann.heard() if "VIP" in each.text or each.kind != "text"]
    kept = {row["message"]: row for row in await stage.kept(ann)}
    assert kept["// she is a very good customer"]["direction"] == "internal"
    assert kept["//her contract"]["direction"] == "internal"


@pytest.mark.parametrize("length", [5_000, 12_000])
async def test_a_long_answer_is_split_where_a_reader_would_pause(stage: Stage, length: int) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("tell me everything")
    topic = await stage.topic(ann)
    words = "".join(f"Sentence {number} 😀 says so. " for number in range(length // 24)).strip()
    bold = words.index("Sentence 170 ")
    units = len(words[:bold].encode("utf-16-le")) // 2
    entities = [{"type": "bold", "offset": units, "length": len("Sentence 170")}]
    await mia.writes_at_length(topic, words, entities=entities)
    await ann.hears("so.")
    await mia.writes(topic, "that is all")
    await ann.hears("that is all")
    parts = [each for each in await ann.heard() if each.text.startswith("Sentence")]
    assert " ".join(part.text for part in parts) == words
    assert len(parts) == len(words.encode("utf-16-le")) // 2 // 4097 + 1
    assert all(part.text.endswith("so.") for part in parts)
    assert [part.entities for part in parts if part.entities] == [(("bold", "Sentence 170"),)]
    assert len([row for row in await stage.kept(ann) if row["message"] == words]) == 1


async def test_unknown_commands_go_nowhere_and_say_so(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    typo = await mia.writes(topic, "/emd")
    shown = await topic.shows("I do not know /emd")
    assert shown.reply_to == typo.id
    await mia.writes(topic, "/help")
    await topic.shows("// in front makes an internal note")
    await mia.writes(topic, "all well")
    await ann.hears("all well")
    assert not [each for each in await ann.heard() if "emd" in each.text]


async def test_topics_of_the_staffs_own_are_left_alone(stage: Stage) -> None:
    mia = await stage.agent(online=False)
    await mia.writes(stage.general, "lunch?")
    ann = await stage.customer()
    await ann.says("hello")
    await (await stage.topic(ann)).shows("hello")
    assert await stage.general.shown() == []


async def test_an_edit_before_delivery_wins(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    answer = await mia.writes(topic, "first thought")
    await mia.edits(answer, "second thought")
    await ann.hears("second thought")
    assert len([each for each in await ann.heard() if "thought" in each.text]) == 1


async def test_an_answer_that_grows_and_shrinks_by_edits_stays_whole(stage: Stage) -> None:
    mia, ann = await stage.agent(online=False), await stage.customer()
    await ann.says("tell me everything")
    topic = await stage.topic(ann)
    answer = await mia.writes(topic, "word")
    await ann.hears("word")
    long = ("word " * 1_500).strip()
    await mia.writes_at_length(topic, long, edits=answer)

    async def words() -> int:
        return sum(each.text.count("word") for each in await ann.heard())

    async def grown() -> bool:
        return await words() == 1_500

    async def shrunk() -> bool:
        return await words() == 1

    await eventually(grown, "the whole of the longer text")
    await mia.edits(answer, "in a word: no")
    await eventually(shrunk, "no stale part")
    assert (await ann.hears("in a word: no")).edited
