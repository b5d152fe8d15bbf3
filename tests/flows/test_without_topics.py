"""Chats of staff without topics: agents' own chats, and staff groups, answered by replies."""

from collections.abc import AsyncIterator

import pytest

from db.tables import Role
from tests.flows.api_agents import log_in_agent, open_api
from tests.flows.chat_message import ChatMessage
from tests.flows.customers import TelegramCustomer
from tests.flows.desks import STAFF_ID, DeskAgent, DeskStage, prepare_desks
from tests.flows.eventually import eventually
from tests.flows.stage import Stage, prepare_stage


@pytest.fixture
async def desks(migrated_url: str) -> AsyncIterator[DeskStage]:
    """Run a desk whose agents have own chats, with topics switched off for the staff bot."""
    async with prepare_desks(migrated_url) as stage:
        await stage.telegram.set_threaded_mode(STAFF_ID, enabled=False)
        async with stage.desk() as stage.address:
            yield stage


@pytest.fixture
async def stage(migrated_url: str) -> AsyncIterator[Stage]:
    """Run a desk whose staff group has no topics."""
    async with prepare_stage(migrated_url) as made:
        await made.telegram.set_forum(made.group, is_forum=False)
        async with made.desk() as made.address:
            yield made


async def start_two(desks: DeskStage) -> tuple[DeskAgent, TelegramCustomer, TelegramCustomer]:
    mia = await desks.desk_agent("Mia")
    ann, bob = await desks.customer("Ann"), await desks.customer("Bob")
    for each in (ann, bob):
        await each.says(f"I am {each.name}")
        await mia.chat.wait_for(f"I am {each.name}")
    return mia, ann, bob


async def choose(mia: DeskAgent, customer: TelegramCustomer) -> str:
    """Choose a customer on the agent's board; return what the press is answered with."""

    async def found() -> tuple[ChatMessage, str] | None:
        board = await mia.board()
        named = (each for each in board.buttons if customer.name in each)
        return next(((board, each) for each in named), None)

    board, button = await eventually(found, f"the board has {customer.name}")
    answer = await mia.presses(board, button)
    await mia.board(f"You write to: {customer.name}")
    return str(answer["text"])


async def test_a_reply_finds_its_customer_and_other_words_the_chosen_one(
    desks: DeskStage,
) -> None:
    mia, ann, bob = await start_two(desks)
    hint = await mia.hears("Threaded Mode")
    assert "Nothing" not in hint.text
    of_ann = await mia.chat.wait_for(f"I am {ann.name}")
    assert of_ann.text == f"{ann.name}\nI am {ann.name}"
    # Nothing is chosen yet: what is written is sent to nobody.
    said = await mia.says("to whom?")
    asked = await mia.hears("Which session", after=said["message_id"])
    await mia.writes(mia.chat, "hello Ann", reply_to=of_ann)
    assert (await ann.wait_for("hello Ann")).reply_to is not None
    # The choice stands on the pinned board.
    await mia.board("nobody yet")
    assert await choose(mia, bob) == f"What you write now goes to {bob.name}."
    await mia.says("hello Bob")
    await bob.wait_for("hello Bob")
    # A reply goes to its customer all the same, and changes nothing about the choice.
    await mia.writes(mia.chat, "one moment, Ann", reply_to=of_ann)
    await ann.wait_for("one moment, Ann")
    await mia.says("still Bob")
    await bob.wait_for("still Bob")
    # The words from before go where the button says, which chooses that session.
    await mia.presses(asked, ann.name)
    await ann.wait_for("to whom?")
    await mia.board(f"You write to: {ann.name}")
    await mia.says("Ann again")
    await ann.wait_for("Ann again")
    await mia.says("// she is in a hurry")
    await desks.wait_for_state(ann, "// she is in a hurry", "received")
    heard = [each.text for each in await ann.chat() if each.by_desk]
    assert not any("Bob" in text or "hurry" in text for text in heard)


async def test_commands_edits_and_buttons_find_their_session(desks: DeskStage) -> None:
    mia, ann, bob = await start_two(desks)
    of_ann = await mia.chat.wait_for(f"I am {ann.name}")
    said = await mia.writes(mia.chat, "first words", reply_to=of_ann)
    await ann.wait_for("first words")
    await desks.telegram.edit(mia.user, mia.user, said["message_id"], "better words", bot=STAFF_ID)
    await ann.wait_for("better words")
    # A command as a reply; its notice has buttons that mean the same session.
    await mia.writes(mia.chat, "/priority", reply_to=of_ann)
    notice = await mia.chat.wait_for(f"{ann.name}\n")
    notice = await find_buttons(mia, "high")
    await mia.presses(notice, next(each for each in notice.buttons if "igh" in each))
    await mia.chat.card(ann.name, "high")
    # The card's buttons, and a reply to the card.
    card = await mia.chat.card(bob.name)
    await mia.writes(mia.chat, "by your card", reply_to=card)
    await bob.wait_for("by your card")
    await mia.presses(card, "End")
    await bob.wait_for("closed")
    inbox = await mia.says("/inbox")
    listed = await mia.hears("Your sessions: 1", after=inbox["message_id"])
    await mia.presses(listed, ann.name)
    await mia.board(f"You write to: {ann.name}")
    await mia.says("/end")
    await ann.wait_for("closed")
    await mia.board("nobody yet", "Your sessions: 0")
    # A customer who comes back gets a new card; a reply to old words reaches them.
    await bob.says("me again")
    await mia.chat.wait_for("me again")
    await mia.writes(mia.chat, "welcome back", reply_to=await mia.chat.wait_for(f"I am {bob.name}"))
    await bob.wait_for("welcome back")


async def find_buttons(mia: DeskAgent, word: str) -> ChatMessage:
    async def found() -> ChatMessage | None:
        shown = await mia.chat.shown()
        return next((each for each in shown if any(word in one for one in each.buttons)), None)

    return await eventually(found, f"a notice with a button {word!r}")


async def test_every_kind_says_whose_it_is(desks: DeskStage) -> None:
    mia, ann, _ = await start_two(desks)
    card = await mia.chat.card(ann.name)
    await ann.sends("photo", caption="look")
    assert (await mia.chat.wait_for("look")).text == f"{ann.name}\nlook"
    await ann.sends("sticker")
    await ann.sends("location")
    for kind in ("sticker", "location"):
        shown = await wait_for_kind(mia, kind)
        assert shown.reply_to == card.id, kind
        await mia.writes(mia.chat, f"thanks for the {kind}", reply_to=shown)
        await ann.wait_for(f"thanks for the {kind}")
    edited = await ann.says("wrogn")
    await mia.chat.wait_for("wrogn")
    await ann.edits(edited, "right")
    assert (await mia.chat.wait_for("right", edited=True)).text == f"{ann.name}\nright"


async def wait_for_kind(mia: DeskAgent, kind: str) -> ChatMessage:
    async def found() -> ChatMessage | None:
        return next((each for each in await mia.chat.shown() if each.kind == kind), None)

    return await eventually(found, f"a {kind}")


async def test_a_transferred_session_is_refused_in_the_former_chat(desks: DeskStage) -> None:
    mia, ann, _ = await start_two(desks)
    tom = await desks.desk_agent("Tom", online=False)
    of_ann = await mia.chat.wait_for(f"I am {ann.name}")
    await choose(mia, ann)
    await mia.says(f"/transfer {tom.name} knows refunds")
    await tom.chat.card(ann.name, f"I am {ann.name}")
    await mia.board("nobody yet")
    said = await mia.says("is anybody there?")
    await mia.hears("Which session", after=said["message_id"])
    said = await mia.writes(mia.chat, "too late", reply_to=of_ann)
    await mia.hears(f"goes on with {tom.name}", after=said["message_id"])
    await tom.writes(tom.chat, "here I am", reply_to=await tom.chat.card(ann.name))
    await ann.wait_for("here I am")
    assert not any("too late" in each.text for each in await ann.chat())


async def test_topics_switched_on_are_used_from_the_next_session_on(desks: DeskStage) -> None:
    mia, ann, bob = await start_two(desks)
    welcome = await mia.hears("this is your desk")
    assert "Threaded Mode" in welcome.text
    await desks.telegram.set_threaded_mode(STAFF_ID)
    card = await mia.chat.card(bob.name)
    await mia.presses(card, "End")
    await bob.wait_for("closed")
    await bob.says("me again")
    await (await mia.topic(bob.name)).wait_for("me again")
    # The other one goes on where it is.
    await mia.writes(mia.chat, "hello", reply_to=await mia.chat.wait_for(f"I am {ann.name}"))
    await ann.wait_for("hello")


async def test_words_from_before_a_choice_are_asked_about(desks: DeskStage) -> None:
    mia, ann, bob = await start_two(desks)
    await choose(mia, bob)
    # A message that overtook nothing, but is late: it was written before the press.
    number = 8_000_000
    late = {
        "message_id": number,
        "from": mia.user,
        "chat": {"id": mia.user["id"], "type": "private", "first_name": mia.name},
        "date": 1_000_000_000,
        "text": "meant for Ann",
    }
    await desks.telegram.inject({"message": late}, bot=STAFF_ID)
    await mia.hears("Which session")
    # The second part of a long text that was a reply to somebody else is not sent by guess.
    of_ann = await mia.chat.wait_for(f"I am {ann.name}")
    await mia.writes(mia.chat, "long " * 810, reply_to=of_ann)
    said = await mia.says("the end of it")
    await mia.hears("Which session", after=said["message_id"])
    await mia.says("for Bob")
    await bob.wait_for("for Bob")
    heard = [each.text for each in await bob.chat() if each.by_desk]
    assert not any("meant for Ann" in text or "the end of it" in text for text in heard)


async def test_erasing_a_customer_deletes_what_stands_of_them(desks: DeskStage) -> None:
    mia = await desks.desk_agent("Mia", role=Role.ADMIN)
    ann, bob = await desks.customer("Ann"), await desks.customer("Bob")
    for each in (ann, bob):
        await each.says(f"I am {each.name}")
        await mia.chat.wait_for(f"I am {each.name}")
    clients = "SELECT client_id FROM contacts WHERE external_id = :address"
    [client] = await desks.rows(clients, address=ann.address)
    async with open_api(desks) as api:
        caller = await log_in_agent(api, mia.person)
        answer = await caller.delete(f"/clients/{client['client_id']}")
        assert answer.status in {202, 204}, answer.body

    async def is_gone() -> bool:
        return not any(ann.name in each.text for each in await mia.list_heard())

    await eventually(is_gone, "nothing of the customer stands in the chat")
    assert (await mia.chat.wait_for(f"I am {bob.name}")).text


async def test_a_group_without_topics_is_answered_with_replies(stage: Stage) -> None:
    mia = await stage.agent("Mia")
    ann, bob = await stage.customer("Ann"), await stage.customer("Bob")
    await ann.says("hello")
    await bob.says("good day")
    everything = stage.everything
    shown = await everything.wait_for("hello")
    assert shown.text == f"{ann.name}\nhello"
    await mia.writes(everything, "among ourselves")
    await mia.writes(everything, "hello Ann", reply_to=shown)
    await ann.wait_for("hello Ann")
    await mia.writes(everything, "// a note", reply_to=shown)
    said = await mia.writes(everything, "hello Bbo", reply_to=await everything.card(bob.name))
    await bob.wait_for("hello Bbo")
    await mia.edits(said, "hello Bob")
    await bob.wait_for("hello Bob")
    await mia.reacts(shown, "👍")

    async def is_shown() -> bool:
        return any("👍" in each.reactions for each in await ann.chat())

    await eventually(is_shown, "the agent's reaction is shown")
    await ann.sends_album("photo", "photo")

    async def has_album() -> bool:
        return sum(1 for each in await everything.list_messages() if each.album) == 2

    await eventually(has_album, "the album is shown as one")
    card = await everything.card(ann.name)
    assert await mia.presses(card, "End") == "The session is ended."
    await ann.wait_for("closed")
    said = await mia.writes(
        everything, "/priority urgent", reply_to=await everything.card(bob.name)
    )
    await everything.card(bob.name, "urgent")
    told = [each.text for each in [*await ann.chat(), *await bob.chat()] if each.by_desk]
    assert not any("among ourselves" in text or "a note" in text for text in told)


async def test_a_reply_to_somebody_elses_words_is_talk_of_staff(stage: Stage) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer("Ann")
    tom = await stage.agent("Tom", online=False)
    await ann.says("hello")
    await stage.everything.wait_for("hello")
    talk = await tom.writes(stage.everything, "lunch?")
    await mia.writes(stage.everything, "yes", reply_to=talk)
    await mia.writes(
        stage.everything, "hello Ann", reply_to=await stage.everything.wait_for("hello")
    )
    await ann.wait_for("hello Ann")
    assert not any(each.text == "yes" for each in await ann.chat())
