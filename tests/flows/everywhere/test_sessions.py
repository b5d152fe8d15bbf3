"""Sessions on every kind of channel: assigned, queued, claimed, ended, opened again."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from db.tables import ChannelKind
from db.tables.base import now_utc
from desk.housekeeping import ARCHIVED, list_chores, run_chore
from desk.retention import Retention
from tests.flows.channel_stages import run_channel_stage
from tests.flows.eventually import eventually
from tests.flows.sessions import active, holder
from tests.flows.stage import Stage


@pytest.fixture
async def stage(world: tuple[ChannelKind, str], fresh_url: str) -> AsyncIterator[Stage]:
    """Run a stage for each test: who is online matters to all customers of a desk."""
    async with run_channel_stage(world[0], fresh_url) as made:
        yield made


async def test_an_ended_session_begins_anew_in_the_same_topic(stage: Stage) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer("Ann")
    await ann.says("Ann is here")
    topic = await stage.topic(ann)
    card = await topic.card("Session: #1", f"Assigned to: {mia.name}")
    assert await mia.presses(card, "End") == "The session is ended."
    await ann.wait_for("This conversation is closed.")
    await topic.wait_for(f"Session 1 was ended by {mia.name}.")
    ended = await topic.card("Session: no open session")
    assert ended.id == card.id
    assert ended.buttons == ()
    assert await active(stage, mia) == 0

    archive = list_chores(Retention())[ARCHIVED]
    assert await run_chore(stage.database, archive, now_utc() + timedelta(days=89)) == 0
    assert await run_chore(stage.database, archive, now_utc() + timedelta(days=91)) == 1
    await ann.says("one more thing")
    await topic.wait_for("one more thing")
    texts = await topic.texts()
    assert texts.index("— Session 2 —") < texts.index("one more thing")
    assert await stage.rows("SELECT id FROM conversations WHERE NOT is_active") == []
    again = await topic.card("Session: #2", f"Assigned to: {mia.name}")
    assert again.id == card.id
    more = ("✓✓ Delivery",) if stage.capabilities.reports_delivery else ()
    assert again.buttons == ("End", *more, "Snooze", "Transfer", "Tags", "Customer")
    assert len(await stage.telegram.topics(stage.group)) == 2  # General and Ann's topic
    assert [(row["number"], row["status"]) for row in await stage.load_messages(ann)] == [
        (1, "ENDED"),
        (2, "ACTIVE"),
    ]
    await mia.writes(topic, "/end")
    await topic.wait_for(f"Session 2 was ended by {mia.name}.")
    await topic.card("no open session")

    async def told_twice() -> bool:
        return len([one for one in await ann.list_received() if "is closed" in one.text]) == 2

    await eventually(told_twice, "the customer is told of both ends")
    await mia.writes(topic, "/end")
    await topic.wait_for("There is no open session here.")
    await mia.writes(topic, "I forgot to say: thank you")
    await ann.wait_for("I forgot to say")
    await topic.card("Session: #3", f"Assigned to: {mia.name}")


async def test_waiting_customers_are_told_once_and_given_out_in_order(stage: Stage) -> None:
    mia = await stage.agent("Mia", online=False, capacity=2)
    ann, bob, cid = [await stage.customer(name) for name in ("Ann", "Bob", "Cid")]
    for place, customer in enumerate((ann, bob, cid), 1):
        await customer.says(f"{customer.name} is here")
        await customer.wait_for(f"number {place} in the queue")
    await ann.says("still here")
    topic = await stage.topic(ann)
    await topic.wait_for("still here")
    assert len([one for one in await ann.list_received() if "in the queue" in one.text]) == 1

    await mia.tells_bot(
        "/online",
        "Open sessions: 2. Against your capacity count: 2 of 2",
    )
    await ann.wait_for(f"{mia.name} is with you now.")
    await bob.wait_for(f"{mia.name} is with you now.")
    assert await holder(stage, cid) is None
    await topic.card(f"Assigned to: {mia.name}")
    await (await stage.topic(cid)).card("Assigned to: nobody (waiting)")

    await mia.writes(topic, "/end")
    await cid.wait_for(f"{mia.name} is with you now.")
    await (await stage.topic(cid)).card(f"Assigned to: {mia.name}")
    assert await holder(stage, cid) == mia.name
    assert await active(stage, mia) == 2


async def test_the_claim_button_is_for_one_only(stage: Stage) -> None:
    mia, tom = await stage.agent("Mia", online=False), await stage.agent("Tom", online=False)
    stranger, ann = await stage.member("Sam"), await stage.customer("Ann")
    await ann.says("Ann is here")
    topic = await stage.topic(ann)
    card = await topic.card("nobody (waiting)")
    assert card.buttons[:2] == ("Claim", "End")
    assert "for agents only" in await stranger.presses(card, "Claim")
    assert "for agents only" in await stranger.presses(card, "End")
    assert await mia.presses(card, "Claim") == "The session is yours."
    await topic.card(f"Assigned to: {mia.name}")
    assert (await active(stage, mia), await active(stage, tom)) == (1, 0)
    await tom.writes(topic, "/claim")
    await topic.wait_for("already has this session.")
    await tom.writes(topic, "Tom answers all the same")
    await ann.wait_for("Tom answers all the same")
    await topic.card(f"Assigned to: {mia.name}")
    assert await holder(stage, ann) == mia.name
