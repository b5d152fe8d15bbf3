"""Agents answer in their own chats: each session is a topic there, and works as in the group."""

from collections.abc import AsyncIterator

import pytest

from db.tables import Role
from tests.flows.api_agents import log_in_agent, open_api, wait_for_session
from tests.flows.customers import TelegramCustomer
from tests.flows.desks import (
    STAFF_ID,
    DeskAgent,
    DeskStage,
    forge_press,
    prepare_desks,
    run_desks,
)
from tests.flows.eventually import eventually
from tests.flows.staff import Json

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00"
    b"\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
async def desks(migrated_url: str) -> AsyncIterator[DeskStage]:
    """Run a desk whose agents answer in their own chats."""
    async with run_desks(migrated_url) as stage:
        yield stage


async def test_a_session_is_answered_in_its_agents_own_chat(desks: DeskStage) -> None:
    mia = await desks.desk_agent("Mia")
    ann = await desks.customer("Ann")
    first = await ann.says("hello")
    topic = await mia.topic(ann.name)
    copy = await topic.wait_for("hello")
    assert copy.text == "hello"
    # An answer, as a reply to the copy; the customer's edit; reactions both ways; a note.
    await mia.writes(topic, "how can I help?", reply_to=copy)
    heard = await ann.wait_for("how can I help?")
    assert heard.reply_to == first
    await ann.edits(first, "hello there")
    await topic.wait_for("hello there", edited=True)
    await desks.telegram.react(mia.user, mia.user, int(copy.id), "👍", bot=STAFF_ID)

    async def is_shown() -> bool:
        return any("👍" in each.reactions for each in await ann.chat())

    await eventually(is_shown, "the agent's reaction is shown")
    said = await mia.writes(topic, "one moment")
    await ann.wait_for("one moment")
    await desks.telegram.edit(mia.user, mia.user, said["message_id"], "two moments", bot=STAFF_ID)
    await ann.wait_for("two moments")
    await ann.reacts(await ann.wait_for("two moments"), "🔥")
    await mia.writes(topic, "// only for us")
    await mia.writes(topic, "/end")
    await ann.wait_for("closed")
    assert not any("only for us" in each.text for each in await ann.chat())
    await mia.topic(f"✓ {ann.name}")
    # The group carries nothing of it.
    topics = await desks.telegram.topics(desks.group)
    assert [each["name"] for each in topics] == ["General"]


async def test_files_go_between_the_two_bots(desks: DeskStage) -> None:
    mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
    await ann.sends("photo", caption="look", data=PNG)
    topic = await mia.topic(ann.name)
    shown = await topic.wait_for("look")
    assert shown.kind == "photo"
    assert await desks.telegram.file(shown.file or "") == PNG
    await mia.writes(topic, caption="and this", media={"kind": "document"})
    heard = await ann.wait_for("and this")
    assert heard.kind == "document"
    await mia.writes(topic, location={"latitude": 1.5, "longitude": 2.5})

    async def has_place() -> bool:
        return any(each.place == (1.5, 2.5) for each in await ann.chat())

    await eventually(has_place, "the place arrives")


async def test_who_waits_stands_on_the_board_until_somebody_claims(desks: DeskStage) -> None:
    mia = await desks.desk_agent("Mia", online=False, starts=False)
    ann = await desks.customer("Ann")
    for words in ("one", "two"):
        await ann.says(words)
    await ann.sends("photo", caption="three", data=PNG)
    board = await desks.board(ann.name)
    told = await mia.person.presses(board, f"Claim: {ann.name}")
    assert "/start" in told
    await mia.starts()
    assert await mia.list_topics() == []
    assert await mia.person.presses(board, f"Claim: {ann.name}") == "The session is yours."
    topic = await mia.topic(ann.name)
    await topic.wait_for("three")
    # What nobody saw is shown as it came, so that it can be replied to.
    assert [line for text in await topic.texts() for line in text.split("\n")] == [
        "one",
        "two",
        "three",
    ]
    await desks.board("nobody", without=ann.name)


async def test_a_transferred_session_moves_with_its_history(desks: DeskStage) -> None:
    mia, tom = await desks.desk_agent("Mia"), await desks.desk_agent("Tom", online=False)
    ann = await desks.customer("Ann")
    await ann.says("I need a refund")
    topic = await mia.topic(ann.name)
    await topic.wait_for("refund")
    await mia.writes(topic, "which order?")
    await ann.wait_for("which order?")
    await ann.says("number 7")
    await topic.wait_for("number 7")
    await transfer(desks, mia, ann, tom)
    moved = await tom.topic(ann.name)
    await moved.card("I need a refund", "which order?", "number 7")
    await ann.says("still there?")
    await moved.wait_for("still there?")
    former = await mia.topic(f"→ {tom.name} · {ann.name}")
    said = await mia.says("too late", thread=former.thread)
    await mia.hears(f"goes on with {tom.name}", after=said["message_id"])
    await tom.writes(moved, "here I am")
    await ann.wait_for("here I am")
    assert not any("too late" in each.text for each in await ann.chat())
    assert "still there?" not in " ".join(await former.texts())


async def test_nobody_is_given_a_session_that_they_would_not_see(desks: DeskStage) -> None:
    mia = await desks.desk_agent("Mia", capacity=1)
    zed = await desks.desk_agent("Zed", online=False, starts=False)
    ann, bob = await desks.customer("Ann"), await desks.customer("Bob")
    await ann.says("hello")
    topic = await mia.topic(ann.name)
    await mia.writes(topic, f"/transfer {zed.name} knows refunds")
    await topic.wait_for(f"{zed.name} has not started the staff bot")
    async with open_api(desks) as api:
        caller = await log_in_agent(api, mia.person)
        session = await wait_for_session(desks, ann)
        body = {"agent_id": zed.agent_id, "reason": "knows refunds"}
        answer = await caller.post(f"/sessions/{session}/transfer", body)
        assert answer.status == 409
        assert "not started the staff bot" in answer.body["detail"]
    await bob.says("is anybody there?")
    await desks.board(bob.name)
    await zed.person.writes(desks.general, "/next")
    await desks.general.wait_for("First send /start to @staff_bot")
    await desks.board(bob.name)
    await mia.writes(topic, "still me")
    await ann.wait_for("still me")


async def transfer(desks: DeskStage, mia: DeskAgent, ann: TelegramCustomer, tom: DeskAgent) -> None:
    """Let an agent transfer their session with a customer, by the API."""
    async with open_api(desks) as api:
        caller = await log_in_agent(api, mia.person)
        session = await wait_for_session(desks, ann)
        body = {"agent_id": tom.agent_id, "reason": "knows refunds"}
        answer = await caller.post(f"/sessions/{session}/transfer", body)
        assert answer.status == 200, answer.body


async def test_words_outside_a_topic_are_sent_only_where_the_agent_says(
    desks: DeskStage,
) -> None:
    mia = await desks.desk_agent("Mia")
    said = await mia.says("to whom?")
    await mia.hears("you have no open session", after=said["message_id"])
    ann, bob = await desks.customer("Ann"), await desks.customer("Bob")
    for each in (ann, bob):
        await each.says(f"I am {each.name}")
        await mia.topic(each.name)
    said = await mia.says("the parcel is on its way")
    asked = await mia.hears("Which session", after=said["message_id"])
    assert set(asked.buttons) == {ann.name, bob.name}
    assert (await mia.presses(asked, bob.name))["text"] == f"This goes to {bob.name}."
    await bob.wait_for("the parcel is on its way")
    await mia.hears(f"This goes to {bob.name}")
    assert not any("parcel" in each.text for each in await ann.chat())
    # His topic shows it, too.
    await (await mia.topic(bob.name)).wait_for(f"{mia.name}: the parcel is on its way")
    inbox = await mia.says("/inbox")
    await mia.hears("Your sessions: 2", after=inbox["message_id"])


async def test_a_topic_that_the_agents_app_opened_says_where_its_words_went(
    migrated_url: str,
) -> None:
    async with prepare_desks(migrated_url) as desks:
        async with desks.desk() as desks.address:
            mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
            bob = await desks.customer("Bob")
            for each in (ann, bob):
                await each.says(f"I am {each.name}")
                await (await mia.topic(each.name)).wait_for(f"I am {each.name}")
            await mia.says("The parcel is late", new_topic="The parcel is late")
            stray = await mia.topic("❔ not sent yet")
            asked = await stray.wait_for("Nothing was sent. Which session is this for?")
            assert set(asked.buttons) == {ann.name, bob.name}
            assert not any("parcel" in each.text for each in await ann.chat())
        async with desks.desk() as desks.address:
            stranger = DeskAgent(desks.telegram, await desks.agent("Tom", online=False))
            data = f"to:{await find_conversation(desks, ann)}"
            refused = await forge_press(desks, stranger.user, mia, asked, data)
            assert "not known any more" in refused
            assert (await mia.presses(asked, ann.name))["text"] == f"This goes to {ann.name}."
            await ann.wait_for("The parcel is late")
            assert (await mia.topic(f"→ {ann.name}")).thread == stray.thread
            own = await mia.topic(ann.name)
            await own.wait_for(f"{mia.name}: The parcel is late")
            # The second press sends nothing: the question is answered.
            data = f"to:{await find_conversation(desks, bob)}"
            again = await forge_press(desks, mia.user, mia, asked, data)
            assert again == "This was already sent."
            # A picture, and a note, find their way too; what was sent can be taken back.
            photo: Json = {"kind": "photo"}
            await mia.says(media=photo, caption="Here it is", new_topic="Here it is")
            stray = await mia.topic("❔ not sent yet")
            asked = await stray.wait_for("Which session is this for?")
            await mia.presses(asked, ann.name)
            heard = await ann.wait_for("Here it is")
            assert heard.kind == "photo"
            shown = await own.wait_for("Here it is")
            assert shown.kind == "photo"
            await mia.writes(own, "/delete", reply_to=shown)
            await own.wait_for("deleted this answer")
            await mia.says("// call her first", new_topic="// call her first")
            stray = await mia.topic("❔ not sent yet")
            await mia.presses(await stray.wait_for("Which session"), ann.name)
            await own.wait_for("call her first")
            texts = [each.text for each in await ann.list_received()]
            assert texts.count("The parcel is late") == 1
            assert not any("call her" in each or "Here it is" in each for each in texts)
            await check_that_nothing_stays_of(desks, mia, ann)


async def check_that_nothing_stays_of(
    desks: DeskStage, mia: DeskAgent, ann: TelegramCustomer
) -> None:
    """Erase the customer, and look for what was written about them outside of their topic."""
    zoe = await desks.agent("Zoe", role=Role.ADMIN, online=False)
    async with open_api(desks) as api:
        caller = await log_in_agent(api, zoe)
        [found] = (await caller.get(f"/clients?q={ann.name}")).body["items"]
        assert (await caller.delete(f"/clients/{found['id']}")).status in {202, 204}

    async def gone() -> bool:
        said = await desks.telegram.messages(mia.user, bot=STAFF_ID)
        texts = {each.get("text") or each.get("caption") for each in said}
        return not texts & {"The parcel is late", "Here it is", "// call her first"}

    await eventually(gone, "nothing that was said to the erased customer is left")


async def find_conversation(desks: DeskStage, customer: TelegramCustomer) -> str:
    [row] = await desks.rows(
        "SELECT v.id FROM conversations v JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address",
        address=customer.address,
    )
    return str(row["id"])
