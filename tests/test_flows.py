"""The main scenarios on every kind of channel and database; only the fixture knows which.

Further scenarios that run everywhere are in tests/flows/everywhere/.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from db.tables import ChannelKind
from sandbox.telegram.model.sample_files import SAMPLES
from tests.fixtures.database import open_migrated_database
from tests.flows.channel_stages import run_channel_stage
from tests.flows.conversation import find_received, start_conversation
from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


WORLDS = [(kind, engine) for engine in ("sqlite", "mariadb") for kind in ChannelKind]


@pytest.fixture(scope="module", params=WORLDS, ids=[f"{kind}-{engine}" for kind, engine in WORLDS])
def world(request: pytest.FixtureRequest) -> Iterator[tuple[ChannelKind, str]]:
    """Return the kind of channel that the customers use, and the URL of an empty database."""
    kind, engine = request.param
    with open_migrated_database(engine, request) as url:
        yield kind, url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(world: tuple[ChannelKind, str]) -> AsyncIterator[Stage]:
    """Run a stage with a desk that all scenarios share; each adds its own customers."""
    async with run_channel_stage(*world) as made:
        yield made


async def test_a_customers_message_reaches_an_agent_and_the_answer_comes_back(
    stage: Stage,
) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer("Ann")
    await ann.begins()
    question = await ann.says("Where is my order?")
    await ann.sends("photo", caption="this one")
    topic = await stage.topic(ann)
    await topic.card(ann.name, "Session: #1", f"Assigned to: {mia.name}")
    copy = await topic.wait_for("Where is my order?")
    photo = await topic.wait_for("this one")
    assert await topic.download(photo) == SAMPLES["photo"][2]

    await mia.writes(topic, "It arrives tomorrow.", reply_to=copy)
    await mia.writes(topic, media={"kind": "photo"}, caption="in this box")
    await mia.writes(topic, "// a regular")
    assert (await ann.wait_for("It arrives tomorrow.")).reply_to == question
    assert await ann.download(await ann.wait_for("in this box")) == SAMPLES["photo"][2]
    await mia.writes(topic, "/end")
    await ann.wait_for("This conversation is closed.")
    await topic.card("no open session")
    await mia.tells_bot("/offline", "You are offline")

    kept = [
        (row["sender_type"], row["direction"], row["message"])
        for row in await stage.load_messages(ann)
    ]
    assert [row for row in kept if row[2] != "/start"] == [
        ("CLIENT", "inbound", "Where is my order?"),
        ("CLIENT", "inbound", "this one"),
        ("CS", "outbound", "It arrives tomorrow."),
        ("CS", "outbound", "in this box"),
        ("CS", "internal", "// a regular"),
    ]
    assert {row["status"] for row in await stage.load_messages(ann)} == {"ENDED"}

    async def nothing_waits() -> bool:
        waiting = "SELECT o.id FROM outbox o JOIN conversations v ON v.id = o.conversation_id"
        waiting += " JOIN contacts c ON c.id = v.contact_id"
        waiting += " WHERE c.external_id = :address AND o.state <> 'done'"
        return await stage.rows(waiting, address=ann.address) == []

    await eventually(nothing_waits, "everything is delivered, the card's last change too")


async def test_three_messages_at_once_open_one_topic_in_order(stage: Stage) -> None:
    ann = await stage.customer()
    for number in range(3):
        await ann.says(f"at once {number}")
    topic = await stage.topic(ann)
    await topic.wait_for("at once 2")
    assert await topic.texts() == ["at once 0", "at once 1", "at once 2"]
    assert len({row["session_id"] for row in await stage.load_messages(ann)}) == 1


async def test_replies_keep_their_thread_both_ways(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    first = await ann.says("first question")
    await ann.says("second question")
    copy = await topic.wait_for("first question")
    await topic.wait_for("second question")

    answer = await mia.writes(topic, "to the first", reply_to=copy)
    heard = await ann.wait_for("to the first")
    assert heard.reply_to == first
    await stage.wait_for_delivery(ann, "to the first")

    await ann.says("about your answer", reply_to=heard)
    assert (await topic.wait_for("about your answer")).reply_to == answer.id
    kept = {row["message"]: row for row in await stage.load_messages(ann)}
    assert kept["about your answer"]["reply_to_id"] == kept["to the first"]["id"]
    await mia.writes(topic, "no reply")
    assert (await ann.wait_for("no reply")).reply_to is None


async def test_edits_travel_both_ways_and_keep_their_history(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    said = await ann.says("the ordre 5")
    copy = await topic.wait_for("the ordre 5")
    await ann.edits(said, "the order 5")
    assert (await topic.wait_for("the order 5", edited=True)).id == copy.id

    answer = await mia.writes(topic, "It leaves tomorow")
    heard = await ann.wait_for("It leaves tomorow")
    await stage.wait_for_delivery(ann, "It leaves tomorow")
    await mia.edits(answer, "It leaves tomorrow")
    if stage.capabilities.can_edit_answers:
        assert (await ann.wait_for("It leaves tomorrow")).id == heard.id
    else:
        notice = await topic.wait_for("The edit did not reach the customer")
        assert notice.reply_to == answer.id
        assert [each.text for each in await find_received(ann, "It leaves")] == [
            "It leaves tomorow"
        ]
    kept = {row["message"]: row for row in await stage.load_messages(ann)}
    assert list(kept) == ["hello", "the order 5", "It leaves tomorrow"]
    assert "ordre" in kept["the order 5"]["history"]
    assert "tomorow" in kept["It leaves tomorrow"]["history"]


async def test_an_answer_whose_end_nobody_saw_comes_once(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.provider.drop_connection(ann, taken=True)
    answer = await mia.writes(topic, "did it arrive?")
    await mia.writes(topic, "the next one")
    await ann.wait_for("the next one")
    if not stage.capabilities.reports_delivery:  # only the customer can know
        asked = await topic.wait_for("may or may not have arrived")
        assert asked.reply_to == answer.id
        await stage.wait_for_state(ann, "did it arrive?", "uncertain")
        assert await mia.presses(asked, "It arrived") == "Noted: it arrived."
    await stage.wait_for_delivery(ann, "did it arrive?")
    assert len(await find_received(ann, "did it arrive?")) == 1
    notices = [each for each in await topic.texts() if "may or may not have arrived" in each]
    assert len(notices) == (0 if stage.capabilities.reports_delivery else 1)


async def test_what_is_told_twice_is_one_message(stage: Stage) -> None:
    _, ann, topic = await start_conversation(stage)
    await stage.provider.deliver_twice(ann, "once is enough")
    await ann.says("and more")
    await topic.wait_for("and more")
    assert await topic.texts() == ["hello", "once is enough", "and more"]
    kept = [row["message"] for row in await stage.load_messages(ann)]
    assert kept == ["hello", "once is enough", "and more"]
