"""What follows the end of a session, on every kind of channel: a rating, and going on."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from db.tables import ChannelKind, Role
from tests.api.event_stream import open_event_stream
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.channel_stages import run_channel_stage
from tests.flows.chat_message import ChatMessage
from tests.flows.conversation import start_conversation
from tests.flows.customers import Customer, TelegramCustomer
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "How good was our help?"
_MOST_ENDS = 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(world: tuple[ChannelKind, str], own_url: str) -> AsyncIterator[Stage]:
    """Run a stage whose customers may write as much as they like."""
    async with run_channel_stage(world[0], own_url, customer_limit=0) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def asking(stage: Stage, api: ApiStage) -> tuple[Person, Customer, Topic, Caller]:
    """Start a conversation on a channel that asks, whose first answered session has ended."""
    mia, ann, topic = await start_conversation(stage)
    boss = await api.person("Boss", role=Role.ADMIN, capacity=0)
    [found] = await stage.rows(
        "SELECT channel_id FROM contacts WHERE external_id = :address", address=ann.address
    )
    changed = await boss.patch(f"/channels/{found['channel_id']}", {"asks_for_rating": True})
    assert (changed.status, changed.body["asks_for_rating"]) == (200, True)
    for number in range(_MOST_ENDS):  # until the desk has loaded the channel
        await end_answered_session(mia, ann, topic, f"answer {number}")
        if await wait_for_questions(stage, ann):
            return mia, ann, topic, boss
        await ann.says(f"again {number}")
        await topic.card("nobody (waiting)")
    raise AssertionError("the desk never asks")


async def end_answered_session(mia: Person, ann: Customer, topic: Topic, words: str) -> None:
    """Answer and end; everything that the customer gets of it has come."""
    await mia.writes(topic, words)
    await ann.wait_for(words)
    before = len(await ann.list_received())
    await mia.writes(topic, "/end")
    await topic.card("no open session")

    async def told() -> bool:
        texts = [each.text for each in (await ann.list_received())[before:]]
        return any("is closed" in each for each in texts)

    await eventually(told, "the customer is told of the end")


async def find_questions(ann: Customer) -> list[ChatMessage]:
    return [each for each in await ann.list_received() if each.text.startswith(QUESTION)]


async def wait_for_questions(stage: Stage, ann: Customer) -> int:
    """Wait until the customer has all questions that the desk has asked, and return how many."""
    [asked] = await stage.rows(
        "SELECT count(*) AS many FROM rating_requests r"
        " JOIN conversations v ON v.id = r.conversation_id"
        " JOIN contacts c ON c.id = v.contact_id WHERE c.external_id = :address",
        address=ann.address,
    )

    async def has_all() -> bool:
        return len(await find_questions(ann)) == asked["many"]

    await eventually(has_all, f"{ann.name} has {asked['many']} questions")
    return int(asked["many"])


async def rates(ann: Customer, number: int) -> None:
    """Choose a number below the newest question, or write it where there are no buttons."""
    if not isinstance(ann, TelegramCustomer):
        await ann.says(str(number))
        return
    received = await ann.list_received()
    question = [each for each in received if each.buttons == ("1", "2", "3", "4", "5")][-1]
    await ann.telegram.press(ann.user, ann.user, int(question.id), text=str(number))


async def read_rating(stage: Stage, ann: Customer) -> tuple[object, object]:
    [row, *_] = await stage.rows(
        "SELECT m.rating, m.rating_comment FROM conversation_metrics m"
        " JOIN rating_requests r ON r.session_id = m.session_id"
        " JOIN conversations v ON v.id = r.conversation_id"
        " JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address ORDER BY r.asked_at DESC",
        address=ann.address,
    )
    return row["rating"], row["rating_comment"]


async def test_a_session_is_rated_changed_and_commented(
    stage: Stage, api: ApiStage, asking: tuple[Person, Customer, Topic, Caller]
) -> None:
    mia, ann, topic, boss = asking
    sessions = len({each["session_id"] for each in await stage.load_messages(ann)})
    async with open_event_stream(api, boss.token) as ears:
        await rates(ann, 4)
        heard = await ears.wait_for_event("session.rated")
    assert (heard.data["session"]["number"], heard.data["rating"]) == (sessions, 4)
    await topic.wait_for(f"★★★★☆ The customer rated session {sessions} ({mia.name}): 4 of 5.")
    await ann.wait_for("You gave us 4 of 5.")
    assert await read_rating(stage, ann) == (4, None)
    await rates(ann, 2)
    await topic.wait_for("★★☆☆☆ The customer changed the rating")
    thanks = await ann.wait_for("You gave us 2 of 5.")
    await ann.says("It took too long", reply_to=thanks)
    await topic.wait_for(f"about session {sessions} ({mia.name}), rated 2 of 5:\nIt took too long")
    await ann.wait_for("Thank you for your words.")
    assert await read_rating(stage, ann) == (2, "It took too long")
    await topic.card("no open session")
    report = await boss.get("/reports?report=comments")
    assert "It took too long" in json.dumps(report.body)

    await ann.says("one more question")
    await topic.wait_for("one more question")
    await topic.card("nobody (waiting)")
    await ann.says("3")  # no rating while a session is open
    await topic.wait_for("3")
    assert await read_rating(stage, ann) == (2, "It took too long")


async def test_who_got_no_answer_is_not_asked_and_words_open_a_session(
    stage: Stage, asking: tuple[Person, Customer, Topic, Caller]
) -> None:
    mia, ann, topic, _ = asking
    before = await wait_for_questions(stage, ann)
    await ann.says("that was bad", reply_to=(await find_questions(ann))[-1])
    await topic.wait_for("that was bad")
    await topic.card("nobody (waiting)")
    await mia.writes(topic, "/end")
    await topic.card("no open session")
    await ann.says("are you there?")
    await topic.wait_for("are you there?")
    await end_answered_session(mia, ann, topic, "yes, I am")
    assert await wait_for_questions(stage, ann) == before + 1
    await ann.says("5 very quick!", reply_to=(await find_questions(ann))[-1])
    await topic.wait_for("very quick!")

    async def is_kept() -> bool:
        return await read_rating(stage, ann) == (5, "very quick!")

    await eventually(is_kept, "rating and comment are kept")


async def list_sessions(stage: Stage, ann: Customer) -> list[dict[str, Any]]:
    return await stage.rows(
        "SELECT s.number, s.status, s.reopen_count, m.reopen_count AS counted FROM sessions s"
        " JOIN conversation_metrics m ON m.session_id = s.id"
        " JOIN conversations v ON v.id = s.conversation_id"
        " JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address ORDER BY s.number",
        address=ann.address,
    )


async def test_the_same_session_goes_on_with_its_agent(stage: Stage, api: ApiStage) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.card("Session: #1", f"Assigned to: {mia.name}")
    boss = await api.person("Boss", role=Role.ADMIN, capacity=0)
    [found] = await stage.rows(
        "SELECT channel_id FROM contacts WHERE external_id = :address", address=ann.address
    )
    path = f"/channels/{found['channel_id']}"
    changed = await boss.patch(path, {"reopen_minutes": 60})
    assert (changed.status, changed.body["reopen_minutes"]) == (200, 60)
    for number in range(_MOST_ENDS):
        await mia.writes(topic, "/end")
        await topic.card("no open session")
        await ann.says(f"one more thing, {number}")
        await topic.wait_for(f"one more thing, {number}")
        *_, last = await list_sessions(stage, ann)
        if last["reopen_count"]:
            break
    assert (last["status"], last["reopen_count"], last["counted"]) == ("ACTIVE", 1, 1)
    await topic.wait_for(f"Session {last['number']} goes on: the customer wrote again.")
    await topic.card(f"Session: #{last['number']}", f"Assigned to: {mia.name}")
    assert (await boss.patch(path, {"reopen_minutes": -1})).status == 422
    assert (await boss.patch(path, {"reopen_minutes": 0})).status == 200


async def fall_silent(stage: Stage, ann: Customer) -> None:
    """Let nobody have written in the customer's session for years, and its timer be due."""
    [found] = await stage.rows(
        "SELECT v.id FROM conversations v JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address",
        address=ann.address,
    )
    lane = f"timer:idle:{found['id']}"
    for statement, about in (
        ("UPDATE conversations SET last_message_at = :past WHERE id = :about", found["id"]),
        ("UPDATE sessions SET changed_at = :past WHERE conversation_id = :about", found["id"]),
        ("UPDATE inbox SET due_at = :past WHERE lane = :about AND state = 'pending'", lane),
        ("UPDATE lanes SET due_at = :past WHERE lane = :about AND due_at IS NOT NULL", lane),
    ):
        await stage.change(statement, past="2020-01-01 00:00:00.000000", about=about)


async def test_a_silent_customer_is_reminded_once_and_then_it_ends(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, "Is there anything else?")
    await ann.wait_for("Is there anything else?")
    await stage.wait_for_delivery(ann, "Is there anything else?")
    await fall_silent(stage, ann)
    await ann.wait_for("We have not heard from you for a while.")
    await fall_silent(stage, ann)
    await ann.wait_for("This conversation is closed.")
    await topic.wait_for("Session 1 ended by itself")
    await topic.card("no open session")
    texts = [each.text for each in await ann.list_received()]
    assert sum("have not heard" in each for each in texts) == 1
