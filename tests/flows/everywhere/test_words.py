"""Texts on every kind of channel: formatting, length, notes, reactions, deletions."""

import pytest

from tests.flows.conversation import find_received, start_conversation
from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKS = {"bold": "urgent", "italic": "today", "strikethrough": "tomorrow", "code": "A-17"}
WORDS = "It is urgent, I need it today and not tomorrow: A-17."


async def test_a_first_message_opens_everything_that_belongs_to_it(stage: Stage) -> None:
    ann = await stage.customer("Ann", username="ann_of_osmo")
    await ann.begins()
    if stage.capabilities.begin:
        await ann.wait_for(f"Hello {ann.name}!")
    await ann.says("My order is late")
    topic = await stage.topic(ann)
    await topic.wait_for("My order is late")
    card = await topic.card(ann.name, "Session: #1", "Assigned to: nobody (waiting)")
    assert "Customer since: " in card.text
    assert card.buttons[:2] == ("Claim", "End")
    if stage.capabilities.tell_more:
        await topic.card("@ann_of_osmo", "OsmoDesk", "Language: en")
    *begun, first = await stage.load_messages(ann)
    assert [row["message"] for row in begun] == (["/start"] if stage.capabilities.begin else [])
    assert first["message"] == "My order is late"
    assert (first["sender_type"], first["direction"]) == ("CLIENT", "inbound")
    assert (first["number"], first["status"]) == (1, "ACTIVE")
    [client] = await stage.rows(
        "SELECT cl.name, cl.username, cl.language, cl.telegram_id"
        " FROM clients cl JOIN contacts c ON c.client_id = cl.id WHERE c.external_id = :address",
        address=ann.address,
    )
    assert client["name"] == ann.name
    if stage.capabilities.tell_more:
        assert [*client.values()] == [ann.name, "ann_of_osmo", "en", ann.address]


async def test_an_answer_is_kept_with_its_author(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, "on its way")
    await ann.wait_for("on its way")
    kept = await stage.wait_for_delivery(ann, "on its way")
    assert (kept["sender_type"], kept["direction"]) == ("CS", "outbound")
    assert (kept["author_id"], kept["author_name"]) == (mia.agent_id, mia.name)
    # the first agent who answers takes a waiting session
    await topic.card(f"Assigned to: {mia.name}")


async def test_quick_messages_arrive_in_order_both_ways(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    for number in range(6):
        await ann.says(f"quick {number}")
        await mia.writes(topic, f"back {number}")
    await topic.wait_for("quick 5")
    await ann.wait_for("back 5")
    assert [t for t in await topic.texts() if "quick" in t] == [f"quick {n}" for n in range(6)]
    assert [each.text for each in await find_received(ann, "back")] == [
        f"back {n}" for n in range(6)
    ]


async def test_a_name_with_markup_is_only_a_name(stage: Stage) -> None:
    ann = await stage.customer("<b>*Ann*_{name}</b>")
    await ann.begins()
    if stage.capabilities.begin:
        await ann.wait_for(f"Hello {ann.name}!")
    await ann.says("hi")
    await (await stage.topic(ann)).card(ann.name)


async def test_formatting_travels_both_ways(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await ann.says(WORDS, marks=MARKS)
    shown = await topic.wait_for(WORDS)
    assert set(shown.entities) == set(MARKS.items())

    places = {kind: WORDS.index(words) for kind, words in MARKS.items()}
    marked = [
        {"type": kind, "offset": places[kind], "length": len(words)}
        for kind, words in MARKS.items()
    ]
    await mia.writes(topic, WORDS, entities=marked)
    heard = await ann.wait_for("It is ")
    assert ann.find_marks(heard) == set(MARKS.items())


@pytest.mark.parametrize("sentences", [208, 500])
async def test_a_long_answer_is_split_where_a_reader_would_pause(
    stage: Stage, sentences: int
) -> None:
    mia, ann, topic = await start_conversation(stage)
    words = "".join(f"Sentence {number} 😀 says so. " for number in range(sentences)).strip()
    bold = {"type": "bold", "length": len("Sentence 170")}
    bold["offset"] = len(words[: words.index("Sentence 170 ")].encode("utf-16-le")) // 2
    await mia.writes_at_length(topic, words, entities=[bold])
    await mia.writes(topic, "that is all")
    await ann.wait_for("that is all")
    heard = [each for each in await ann.list_received() if "says so" in each.text]
    marked = [ann.find_marks(each) for each in heard]
    assert [each for each in marked if each] == [{("bold", "Sentence 170")}]
    parts = [each.text.replace("*", "") for each in heard]
    assert " ".join(parts) == words
    assert len(parts) == len(words.encode("utf-16-le")) // 2 // 4096 + 1
    assert all(part.endswith("so.") for part in parts)
    assert len([row for row in await stage.load_messages(ann) if row["message"] == words]) == 1


async def test_notes_and_unknown_commands_stay_inside(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    note = await mia.writes(topic, "// she is a VIP")
    await mia.writes(topic, media={"kind": "photo"}, caption="//her contract")
    await mia.edits(note, "// she is a very good customer")
    typo = await mia.writes(topic, "/emd")
    assert (await topic.wait_for("I do not know /emd")).reply_to == typo.id
    await mia.writes(topic, "/help")
    await topic.wait_for("Start with // to write an internal note")
    # What she herself writes within a second after a note would be asked about.
    await (await stage.agent("Max", online=False)).writes(topic, "hello Ann")
    await ann.wait_for("hello Ann")
    assert [each.text for each in await ann.list_received() if "queue" not in each.text] == [
        "hello Ann"
    ]
    kept = {row["message"]: row["direction"] for row in await stage.load_messages(ann)}
    assert kept["// she is a very good customer"] == kept["//her contract"] == "internal"
    assert not kept.keys() & {"/emd", "/help"}


async def test_reactions_travel_both_ways_and_are_taken_back(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    copy = await topic.wait_for("hello")
    await mia.writes(topic, "welcome")
    heard = await ann.wait_for("welcome")
    await stage.wait_for_delivery(ann, "welcome")

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
    mia, ann, topic = await start_conversation(stage)
    answer = await mia.writes(topic, "welcome")
    heard = await ann.wait_for("welcome")
    await stage.wait_for_delivery(ann, "welcome")

    async def reactions() -> tuple[str, ...]:
        return next(each.reactions for each in await topic.all() if each.id == answer.id)

    await ann.reacts(heard, "👍")
    await eventually(reactions, "the thumb is shown")
    if not stage.capabilities.allows_any_emoji:
        return
    await ann.reacts(heard, "🫎")
    notice = await topic.wait_for("reacted to this with 🫎")
    assert notice.reply_to == answer.id

    async def over() -> bool:
        return await reactions() == ()

    await eventually(over, "the thumb is gone")


async def test_what_a_customer_takes_back_stays_with_us(stage: Stage) -> None:
    _, ann, topic = await start_conversation(stage)
    said = await ann.says("my secret")
    shown = await topic.wait_for("my secret")
    await ann.deletes(said)
    await ann.says("never mind")
    await topic.wait_for("never mind")
    if stage.capabilities.reports_deletes:
        assert (await topic.wait_for("deleted this message")).reply_to == shown.id
    assert "my secret" in await topic.texts()
    assert "my secret" in {row["message"] for row in await stage.load_messages(ann)}


async def test_a_reply_to_what_was_taken_back_goes_out(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    said = await ann.says("never mind this")
    copy = await topic.wait_for("never mind this")
    await ann.deletes(said)
    await mia.writes(topic, "which?", reply_to=copy)
    heard = await ann.wait_for("which?")
    if not stage.capabilities.reports_deletes:  # there it stays a reply to the same message
        assert heard.reply_to is None


async def test_an_edited_caption_is_edited_in_the_topic(stage: Stage) -> None:
    _, ann, topic = await start_conversation(stage)
    said = await ann.sends("photo", caption="the frist")
    copy = await topic.wait_for("the frist")
    await ann.edits(said, "the first")
    shown = await topic.wait_for("the first", edited=True)
    assert (shown.id, shown.kind) == (copy.id, "photo")


async def test_what_was_read_is_no_longer_unread(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    said = await ann.says("are you there?")
    await topic.wait_for("are you there?")
    unread = (
        "SELECT unread_count FROM conversations v JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address"
    )
    [before] = await stage.rows(unread, address=ann.address)
    await mia.writes(topic, "answered")
    await ann.wait_for("answered")
    [after] = await stage.rows(unread, address=ann.address)
    assert (before["unread_count"], after["unread_count"]) == (2, 0)
    assert all(
        row["is_read"] for row in await stage.load_messages(ann) if row["direction"] == "inbound"
    )
    if stage.capabilities.shows_read_marks:

        async def seen() -> bool:
            return await stage.provider.is_read_shown(ann, said)

        await eventually(seen, "the customer is shown that it was read")


async def test_ticks_go_up_only(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, "look")
    await mia.writes(topic, "do you read this?")
    heard = await ann.wait_for("do you read this?")
    reached = "read" if stage.capabilities.reports_delivery else "sent"
    await stage.wait_for_state(
        ann, "do you read this?", "delivered" if stage.capabilities.reports_delivery else "sent"
    )
    await ann.reads()
    await stage.wait_for_state(ann, "look", reached)
    await stage.wait_for_state(ann, "do you read this?", reached)
    await stage.provider.send_late_status(ann, heard)
    await ann.says("I do")  # it comes after them
    await topic.wait_for("I do")
    await stage.wait_for_state(ann, "do you read this?", reached)
