"""What happens to sessions in agents' own chats when something is in the way, or changes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from db.tables import Role, StaffMode
from tests.flows.api_agents import log_in_agent, open_api, wait_for_session
from tests.flows.customers import TelegramCustomer
from tests.flows.desks import (
    STAFF_ID,
    DeskAgent,
    DeskStage,
    OwnTopic,
    prepare_desks,
    run_desks,
    wait_for_answer,
)
from tests.flows.eventually import eventually
from tests.flows.staff import Json
from tests.flows.stage import BOT_ID

ALL = [f"word {number}" for number in range(20)]


@pytest.fixture
async def desks(migrated_url: str) -> AsyncIterator[DeskStage]:
    """Run a desk whose agents answer in their own chats."""
    async with run_desks(migrated_url) as stage:
        yield stage


async def has_no_topics(agent: DeskAgent) -> bool:
    return await agent.list_topics() == []


async def call_api(desks: DeskStage, agent: DeskAgent, path: str, body: Json) -> None:
    async with open_api(desks) as api:
        caller = await log_in_agent(api, agent.person)
        answer = await caller.post(path, body)
        assert answer.status == 200, answer.body


async def test_an_agent_who_blocks_the_bot_gives_their_sessions_back(desks: DeskStage) -> None:
    mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
    await ann.says("hello")
    await (await mia.topic(ann.name)).wait_for("hello")
    await desks.telegram.block(mia.user, bot=STAFF_ID)
    await ann.says("anybody?")
    await desks.board(ann.name, f"{mia.name}: has blocked the staff bot")
    tom = await desks.desk_agent("Tom")
    topic = await tom.topic(ann.name)
    await topic.card("hello")
    await topic.wait_for("anybody?")
    assert [text for text in await topic.texts() if "anybody?" in text] == ["anybody?"]
    await tom.writes(topic, "here")
    await ann.wait_for("here")
    await desks.telegram.block(mia.user, blocked=False, bot=STAFF_ID)
    await mia.starts()
    await desks.board("nobody", without=mia.name)


async def test_an_agent_who_never_started_the_bot_gets_no_session(desks: DeskStage) -> None:
    mia = await desks.desk_agent("Mia", starts=False)
    ann = await desks.customer("Ann")
    await ann.says("hello")
    await desks.board(ann.name)
    stranger = DeskAgent(desks.telegram, await desks.member("Stranger"))
    await stranger.says("/start")
    await stranger.hears("This bot is for staff")
    of_stranger = "SELECT id FROM contacts WHERE external_id = :id"
    assert await desks.rows(of_stranger, id=str(stranger.user["id"])) == []
    await mia.starts()
    await (await mia.topic(ann.name)).wait_for("hello")


async def test_a_topic_that_the_agent_deleted_is_opened_again_with_its_history(
    desks: DeskStage,
) -> None:
    mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
    await ann.says("hello")
    topic = await mia.topic(ann.name)
    await topic.wait_for("hello")
    await mia.writes(topic, "good day")
    await ann.wait_for("good day")
    await desks.telegram.delete_topic(mia.user["id"], topic.thread, bot=STAFF_ID)
    await ann.says("are you there?")
    again = await mia.topic(ann.name)
    assert again.thread != topic.thread
    await again.card("hello", "good day")
    await again.wait_for("are you there?")
    # Nothing of it stands in the chat itself.
    everything = await desks.telegram.messages(mia.user, bot=STAFF_ID)
    beside = [each for each in everything if "are you there?" in each.get("text", "")]
    assert [each.get("message_thread_id") for each in beside] == [again.thread]


async def test_a_living_topic_that_telegram_does_not_find_once_is_used_again(
    desks: DeskStage,
) -> None:
    mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
    await ann.says("hello")
    topic = await mia.topic(ann.name)
    await topic.wait_for("hello")
    await desks.telegram.fail(
        "sendMessage", chat_id=mia.user["id"], code=400, description="message thread not found"
    )
    await ann.says("are you there?")
    await topic.wait_for("are you there?")
    assert len(await mia.list_topics()) == 1


async def test_a_transfer_in_the_middle_of_a_burst_loses_and_doubles_nothing(
    desks: DeskStage,
) -> None:
    mia, tom = await desks.desk_agent("Mia"), await desks.desk_agent("Tom", online=False)
    ann = await desks.customer("Ann")
    await ann.says("before")
    await (await mia.topic(ann.name)).wait_for("before")

    async def write() -> None:
        for words in ALL:
            await ann.says(f"{words}.")

    async def hand_over() -> None:
        session = await wait_for_session(desks, ann)
        givers = [mia, tom, mia, tom]
        for giver, taker in zip(givers, [*givers[1:], mia], strict=True):
            body = {"agent_id": taker.agent_id, "reason": "back and forth"}
            await call_api(desks, giver, f"/sessions/{session}/transfer", body)

    await asyncio.gather(write(), hand_over())
    await ann.says("the end")
    # Old topics may still have the customer's name for a moment.
    await mia.hears("the end")
    everything = await desks.telegram.messages(mia.user, bot=STAFF_ID)
    thread = next(each for each in everything if "the end" in each.get("text", ""))
    last = OwnTopic(desks.telegram, mia.user, thread["message_thread_id"], ann.name)
    seen = await list_words(desks, mia, tom)
    assert set(ALL) <= set(seen), set(ALL) - set(seen)
    # In the place where it is answered now, no message stands twice, and all are in order.
    here = [line for text in await last.texts() for line in text.split("\n")]
    numbers = [int(line.split()[1][:-1]) for line in here if line.startswith("word ")]
    assert numbers == sorted(set(numbers))


async def list_words(desks: DeskStage, *agents: DeskAgent) -> list[str]:
    """List the customer's words that stand anywhere in these agents' chats, cards included."""
    found = []
    for agent in agents:
        for each in await desks.telegram.messages(agent.user, bot=STAFF_ID):
            text = each.get("text", "")
            found += [words for words in ALL if f"{words}." in text]
    return found


async def test_unlinking_an_account_deletes_its_topics(desks: DeskStage) -> None:
    mia = await desks.desk_agent("Mia", role=Role.ADMIN)
    ann, bob = await desks.customer("Ann"), await desks.customer("Bob")
    for each in (ann, bob):
        await each.says(f"I am {each.name}")
        await mia.topic(each.name)
    await desks.telegram.member(desks.group, mia.user, "left")
    await eventually(lambda: has_no_topics(mia), "the topics are deleted")
    await desks.board(ann.name, bob.name)
    tom = await desks.desk_agent("Tom")
    await (await tom.topic(ann.name)).card(f"I am {ann.name}")


async def test_erasing_a_customer_deletes_their_topics_of_all_agents(desks: DeskStage) -> None:
    mia = await desks.desk_agent("Mia", role=Role.ADMIN)
    tom = await desks.desk_agent("Tom", online=False)
    ann = await desks.customer("Ann")
    await ann.says("my secret")
    await (await mia.topic(ann.name)).wait_for("my secret")
    session = await wait_for_session(desks, ann)
    body = {"agent_id": tom.agent_id, "reason": "holidays"}
    await call_api(desks, mia, f"/sessions/{session}/transfer", body)
    await (await tom.topic(ann.name)).card("my secret")
    [client] = await desks.rows("SELECT client_id FROM contacts")
    async with open_api(desks) as api:
        caller = await log_in_agent(api, mia.person)
        answer = await caller.delete(f"/clients/{client['client_id']}")
        assert answer.status in {202, 204}, answer.body
    for agent in (mia, tom):
        await eventually(lambda agent=agent: has_no_topics(agent), "the topics are deleted")
    assert await desks.rows("SELECT id FROM staff_places") == []


async def test_topics_of_ended_sessions_are_deleted_in_the_end(desks: DeskStage) -> None:
    mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
    await ann.says("hello")
    topic = await mia.topic(ann.name)
    await mia.writes(topic, "/end")
    ended = await mia.topic(f"✓ {ann.name}")
    assert ended.thread == topic.thread
    # The same agent: the topic goes on, under its name.
    await ann.says("one more thing")
    await (await mia.topic(ann.name)).wait_for("one more thing")
    await mia.writes(topic, "/end")
    await mia.topic(f"✓ {ann.name}")
    await desks.change("UPDATE staff_places SET left_at = :old", old="2000-01-01 00:00:00.000000")
    await desks.change(
        "UPDATE inbox SET due_at = :old WHERE lane LIKE 'timer:places:%' AND state = 'pending'",
        old="2000-01-01 00:00:00.000000",
    )
    await desks.change(
        "UPDATE lanes SET due_at = :old WHERE lane LIKE 'timer:places:%'",
        old="2000-01-01 00:00:00.000000",
    )
    await eventually(lambda: has_no_topics(mia), "the topic is deleted")
    await ann.says("and another")
    fresh = await mia.topic(ann.name)
    assert fresh.thread != topic.thread
    await fresh.wait_for("and another")


async def test_changing_the_mode_moves_open_sessions(migrated_url: str) -> None:
    async with prepare_desks(migrated_url) as desks:
        ann = await desks.customer("Ann")
        async with desks.desk(staff_mode=StaffMode.GROUP) as desks.address:
            mia = await desks.desk_agent("Mia", role=Role.ADMIN)
            await ann.says("hello")
            topic = await desks.topic(ann)
            await topic.wait_for("hello")
        async with desks.desk() as desks.address:
            own = await mia.topic(ann.name)
            await own.card("hello")
            await ann.says("in your chat")
            await own.wait_for("in your chat")
            said = await desks.telegram.say(
                mia.user, "too late", chat=desks.group, thread=topic.thread
            )
            await topic.wait_for(f"goes on with {mia.name}")
            assert said["message_thread_id"] == topic.thread
            of_bot = "SELECT id FROM channels WHERE external_id = :id"
            [channel] = await desks.rows(of_bot, id=str(BOT_ID))
            await change_mode(desks, mia, channel["id"], "group")
            back = await wait_for_new_topic(desks, ann, topic.thread)
            await desks.telegram.say(mia.user, "from the group", chat=desks.group, thread=back)
            await ann.wait_for("from the group")
            assert not any("too late" in each.text for each in await ann.chat())
            await mia.topic(f"→ {mia.name} · {ann.name}")


async def wait_for_new_topic(desks: DeskStage, ann: TelegramCustomer, former: int) -> int:
    async def found() -> int | None:
        topics = await desks.telegram.topics(desks.group)
        named = [each["message_thread_id"] for each in topics if each["name"] == ann.name]
        return next((each for each in named if each != former), None)

    return await eventually(found, "the conversation is in the group again")


async def change_mode(desks: DeskStage, admin: DeskAgent, channel: str, mode: str | None) -> None:
    async with open_api(desks) as api:
        caller = await log_in_agent(api, admin.person)
        answer = await caller.patch(f"/channels/{channel}", {"staff_mode": mode})
        assert (answer.status, answer.body["staff_mode"]) == (200, mode)


async def test_forged_foreign_and_late_presses_do_nothing(desks: DeskStage) -> None:
    mia, tom = await desks.desk_agent("Mia"), await desks.desk_agent("Tom", online=False)
    ann = await desks.customer("Ann")
    await ann.says("hello")
    topic = await mia.topic(ann.name)
    [row] = await desks.rows("SELECT id FROM conversations")
    said = await tom.says("meant for somebody else")
    await tom.hears("no open session", after=said["message_id"])
    # Of a conversation that is another agent's, of one that does not exist, and of nobody's words.
    for data, words in (
        (f"to:{row['id']}", said),
        (f"to:{'0' * 26}", said),
        ("to:", said),
        (f"to:{row['id']}", None),
        (f"take:{row['id']}", said),
        ("take:nonsense", said),
        (f"end:{row['id']}", said),
    ):
        await desks.telegram.inject(press(tom.user, data, words), STAFF_ID)
    await mia.writes(topic, "an answer")
    await ann.wait_for("an answer")
    later = await tom.says("/inbox")
    await tom.hears("Your sessions: 0", after=later["message_id"])
    assert not any("somebody else" in each.text for each in await ann.chat())
    [session] = await desks.rows("SELECT cs_id, status FROM sessions")
    assert (session["cs_id"], session["status"]) == (mia.agent_id, "ACTIVE")
    # A press on a board that was edited meanwhile.
    await mia.writes(topic, "/end")
    bob = await desks.customer("Bob")
    await mia.says("/offline")
    await mia.hears("You are offline")
    await bob.says("hi")
    board = await desks.board(bob.name)
    pressed = await desks.telegram.press(
        mia.user, desks.group, int(board.id), text=f"Claim: {bob.name}"
    )
    again = await desks.telegram.press(
        tom.user, desks.group, int(board.id), text=f"Claim: {bob.name}"
    )
    told = [(await wait_for_answer(desks.telegram, each))["text"] for each in (pressed, again)]
    assert told == ["The session is yours.", f"{mia.name} already has this session."]


def press(user: Json, data: str, words: Json | None) -> dict[str, Any]:
    """Return a press of a button that is not there."""
    message: Json = {
        "message_id": 1,
        "from": {"id": STAFF_ID, "is_bot": True, "first_name": "Staff desk"},
        "chat": {"id": user["id"], "type": "private", "first_name": user["first_name"]},
        "date": 1_800_000_000,
        "text": "Which session?",
    }
    if words is not None:
        message["reply_to_message"] = words
    query = {"id": "1", "from": user, "chat_instance": "1", "data": data, "message": message}
    return {"callback_query": query}
