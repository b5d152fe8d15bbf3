"""What the whole house is for, on every kind of channel: only the fixture knows which."""

from collections.abc import AsyncIterator

import pytest

from db.tables import ChannelKind
from tests.flows.eventually import eventually
from tests.flows.stage import Stage
from tests.flows.worlds import staged_on


@pytest.fixture(params=list(ChannelKind))
async def stage(request: pytest.FixtureRequest, migrated_url: str) -> AsyncIterator[Stage]:
    """A stage with a running desk, whose customers come through one kind of channel."""
    async with staged_on(request.param, migrated_url) as made:
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
    copy = await topic.shows("Where is my order?")
    assert (await topic.shows("this one")).kind == "photo"

    await mia.writes(topic, "// a regular")
    await mia.writes(topic, "It arrives tomorrow.", reply_to=copy)
    assert (await ann.hears("It arrives tomorrow.")).reply_to == question
    await mia.writes(topic, "/end")
    await ann.hears("This conversation is closed.")
    await topic.card("no open session")

    kept = [(row["sender_type"], row["direction"], row["message"]) for row in await stage.kept(ann)]
    assert [row for row in kept if row[2] != "/start"] == [
        ("CLIENT", "inbound", "Where is my order?"),
        ("CLIENT", "inbound", "this one"),
        ("CS", "internal", "// a regular"),
        ("CS", "outbound", "It arrives tomorrow."),
    ]
    assert {row["status"] for row in await stage.kept(ann)} == {"ENDED"}

    async def nothing_waits() -> bool:
        return await stage.rows("SELECT id FROM outbox WHERE state <> 'done'") == []

    await eventually(nothing_waits, "everything is delivered, the card's last change too")
