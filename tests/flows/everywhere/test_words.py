"""Texts on every kind of channel: formatting, length, notes, reactions, what is taken back."""

import pytest

from tests.flows.eventually import eventually
from tests.flows.stage import Stage
from tests.flows.talking import talking, told

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKS = {"bold": "urgent", "italic": "today", "strikethrough": "tomorrow", "code": "A-17"}
WORDS = "It is urgent, I need it today and not tomorrow: A-17."


async def test_a_first_message_opens_everything_that_belongs_to_it(stage: Stage) -> None:
    ann = await stage.customer("Ann")
    await ann.begins()
    await ann.says("My order is late")
    topic = await stage.topic(ann)
    await topic.shows("My order is late")
    card = await topic.card(ann.name, "Session: #1", "Assigned to: nobody: waiting")
    assert "Customer since: " in card.text
    assert card.buttons[:2] == ("Claim", "End")
    first = (await stage.kept(ann))[-1]
    assert first["message"] == "My order is late"
    assert (first["sender_type"], first["direction"]) == ("CLIENT", "inbound")
    assert (first["number"], first["status"]) == (1, "ACTIVE")
    clients = await stage.rows(
        "SELECT cl.name FROM clients cl JOIN contacts c ON c.client_id = cl.id"
        " WHERE c.external_id = :address",
        address=ann.address,
    )
    assert [row["name"] for row in clients] == [ann.name]


async def test_quick_messages_arrive_in_order_both_ways(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    for number in range(6):
        await ann.says(f"quick {number}")
        await mia.writes(topic, f"back {number}")
    await topic.shows("quick 5")
    await ann.hears("back 5")
    assert [t for t in await topic.texts() if "quick" in t] == [f"quick {n}" for n in range(6)]
    assert [each.text for each in await told(ann, "back")] == [f"back {n}" for n in range(6)]


async def test_a_name_with_markup_is_only_a_name(stage: Stage) -> None:
    ann = await stage.customer("<b>*Ann*_{name}</b>")
    await ann.says("hi")
    await (await stage.topic(ann)).card(ann.name)


async def test_formatting_travels_both_ways(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await ann.says(WORDS, marks=MARKS)
    shown = await topic.shows(WORDS)
    assert set(shown.entities) == set(MARKS.items())

    places = {kind: WORDS.index(words) for kind, words in MARKS.items()}
    marked = [
        {"type": kind, "offset": places[kind], "length": len(words)}
        for kind, words in MARKS.items()
    ]
    await mia.writes(topic, WORDS, entities=marked)
    heard = await ann.hears("It is ")
    assert ann.marks_in(heard) == set(MARKS.items())


async def test_a_long_answer_is_split_where_a_reader_would_pause(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    words = "".join(f"Sentence {number} 😀 says so. " for number in range(500)).strip()
    await mia.writes_at_length(topic, words)
    await mia.writes(topic, "that is all")
    await ann.hears("that is all")
    parts = [each.text for each in await told(ann, "Sentence")]
    assert " ".join(parts) == words
    assert len(parts) == len(words.encode("utf-16-le")) // 2 // 4096 + 1
    assert all(part.endswith("so.") for part in parts)
    assert len([row for row in await stage.kept(ann) if row["message"] == words]) == 1


async def test_notes_and_unknown_commands_stay_inside(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    note = await mia.writes(topic, "// she is a VIP")
    await mia.writes(topic, media={"kind": "photo"}, caption="//her contract")
    await mia.edits(note, "// she is a very good customer")
    typo = await mia.writes(topic, "/emd")
    assert (await topic.shows("I do not know /emd")).reply_to == typo.id
    await mia.writes(topic, "hello Ann")
    await ann.hears("hello Ann")
    assert [each.text for each in await ann.heard() if "queue" not in each.text] == ["hello Ann"]
    kept = {row["message"]: row["direction"] for row in await stage.kept(ann)}
    assert kept["// she is a very good customer"] == kept["//her contract"] == "internal"
    assert "/emd" not in kept


async def test_reactions_travel_both_ways_and_are_taken_back(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    copy = await topic.shows("hello")
    await mia.writes(topic, "welcome")
    heard = await ann.hears("welcome")
    await stage.arrived(ann, "welcome")

    async def customer_sees(*emoji: str) -> None:
        async def seen() -> bool:
            return any(e.text == "hello" and e.reactions == emoji for e in await ann.chat())

        await eventually(seen, f"the customer sees the reactions {emoji}")

    async def staff_sees(*emoji: str) -> None:
        async def seen() -> bool:
            return any(e.text == "welcome" and e.reactions == emoji for e in await topic.all())

        await eventually(seen, f"staff sees the reactions {emoji}")

    await mia.reacts(copy, "❤")
    await ann.reacts(heard, "👍")
    await customer_sees("❤")
    await staff_sees("👍")
    await mia.reacts(copy, "")
    await ann.reacts(heard, "🔥")
    await customer_sees()
    await staff_sees("🔥")
    await ann.reacts(heard, "")
    await staff_sees()


async def test_a_reaction_that_staff_has_not_is_told_in_words(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    answer = await mia.writes(topic, "welcome")
    heard = await ann.hears("welcome")
    await stage.arrived(ann, "welcome")

    async def reactions() -> tuple[str, ...]:
        return next(each.reactions for each in await topic.all() if each.id == answer.id)

    await ann.reacts(heard, "👍")
    await eventually(reactions, "the thumb is shown")
    if not stage.can.any_emoji:
        return
    await ann.reacts(heard, "🫎")
    notice = await topic.shows("reacted to this with 🫎")
    assert notice.reply_to == answer.id

    async def over() -> bool:
        return await reactions() == ()

    await eventually(over, "the thumb is gone")


async def test_what_a_customer_takes_back_stays_with_us(stage: Stage) -> None:
    _, ann, topic = await talking(stage)
    said = await ann.says("my secret")
    shown = await topic.shows("my secret")
    await ann.deletes(said)
    await ann.says("never mind")
    await topic.shows("never mind")
    if stage.can.tell_deletes:
        assert (await topic.shows("took this message back")).reply_to == shown.id
    assert "my secret" in await topic.texts()
    assert "my secret" in {row["message"] for row in await stage.kept(ann)}


async def test_a_reply_to_what_was_taken_back_goes_out(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    said = await ann.says("never mind this")
    copy = await topic.shows("never mind this")
    await ann.deletes(said)
    await mia.writes(topic, "which?", reply_to=copy)
    await ann.hears("which?")


async def test_an_edited_caption_is_edited_in_the_topic(stage: Stage) -> None:
    _, ann, topic = await talking(stage)
    said = await ann.sends("photo", caption="the frist")
    copy = await topic.shows("the frist")
    await ann.edits(said, "the first")
    shown = await topic.shows("the first", edited=True)
    assert (shown.id, shown.kind) == (copy.id, "photo")


async def test_what_was_read_is_no_longer_unread(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    said = await ann.says("are you there?")
    await topic.shows("are you there?")
    unread = (
        "SELECT unread_count FROM conversations v JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address"
    )
    [before] = await stage.rows(unread, address=ann.address)
    await mia.writes(topic, "answered")
    await ann.hears("answered")
    [after] = await stage.rows(unread, address=ann.address)
    assert (before["unread_count"], after["unread_count"]) == (2, 0)
    assert all(row["is_read"] for row in await stage.kept(ann) if row["direction"] == "inbound")
    if stage.can.show_read:

        async def seen() -> bool:
            return await stage.provider.shows_read(ann, said)

        await eventually(seen, "the customer is shown that it was read")


async def test_ticks_go_up_only(stage: Stage) -> None:
    mia, ann, topic = await talking(stage)
    await mia.writes(topic, "do you read this?")
    heard = await ann.hears("do you read this?")
    reached = "read" if stage.can.ticks else "sent"
    await stage.kept_as(ann, "do you read this?", "delivered" if stage.can.ticks else "sent")
    await ann.reads()
    await stage.kept_as(ann, "do you read this?", reached)
    await stage.provider.tells_late(ann, heard)
    await ann.says("I do")  # which comes behind them
    await topic.shows("I do")
    await stage.kept_as(ann, "do you read this?", reached)
