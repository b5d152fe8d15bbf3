"""What an AI agent says by itself when a customer stays silent, and the pictures of its answers."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.database import Database
from db.ids import ReplyFileId, new_id
from db.tables import AiSession, ReplyFile
from desk.ai.turns.thinking import answer_from_articles
from desk.ai.turns.thought import Cost, Material, Thought
from desk.channel_traits import DEFAULT_TRAITS
from desk.knowledge.ports import SearchResult
from tests.desk.ai.turns.turn_scene import HOURS, TurnScene, open_scene

MINUTE = 60
PRICE = {"keyword": "price", "text": "Still thinking, {{first_name}}?", "delay_minutes": 30}
WRITTEN = {"keyword": "hours", "text": "", "delay_minutes": 10}
ASKED = "Do you need anything else?"


@dataclass
class Writer:
    """A model that answers from articles and writes what a test says."""

    text: str = ASKED
    reads_pictures: bool = False

    async def answer(self, material: Material, found: SearchResult | None) -> Thought:
        return answer_from_articles(material, found, 0.5)

    async def summarize(self, material: Material) -> tuple[str, Cost]:
        return "", Cost()

    async def follow_up(self, material: Material) -> str:
        assert material.history[-1].text == HOURS.text
        return self.text


async def open_with(database: Database, *follow_ups: dict[str, Any], **config: Any) -> TurnScene:
    return await open_scene(database, follow_ups=list(follow_ups), **config)


async def test_a_silent_customer_is_asked_once(database: Database) -> None:
    scene = await open_with(database, PRICE)
    await scene.says("what is the PRICE?")
    await scene.passes(29 * MINUTE)
    assert await scene.sent() == [HOURS.text]
    await scene.passes(2 * MINUTE)
    assert await scene.sent() == [HOURS.text, "Still thinking, Ana?"]
    await scene.passes(24 * 60 * MINUTE)
    assert len(await scene.sent()) == 2  # it does not follow itself


@pytest.mark.parametrize("who", ["customer", "human"])
async def test_whoever_writes_ends_the_wait(database: Database, who: str) -> None:
    scene = await open_with(database, PRICE)
    await scene.says("the price please")
    await scene.passes(5 * MINUTE)
    if who == "customer":
        await scene.says("never mind")
    else:
        await scene.answers("I take this")
    await scene.passes(60 * MINUTE)
    assert not [each for each in await scene.sent() if each.startswith("Still")]


async def test_a_customer_is_not_followed_for_ever(database: Database) -> None:
    scene = await open_with(database, PRICE)
    for _ in range(5):
        await scene.says("price?")
        await scene.passes(40 * MINUTE)
    assert (await scene.sent()).count("Still thinking, Ana?") == 3


@pytest.mark.parametrize("why", ["limit", "off", "closed", "window"])
async def test_what_may_not_be_sent_is_dropped(database: Database, why: str) -> None:
    window = timedelta(minutes=20) if why == "window" else None
    traits = replace(DEFAULT_TRAITS, reply_window=window)
    scene = await open_with(
        database, PRICE, reply_limit=1 if why == "limit" else None, traits=traits
    )
    await scene.says("price?")
    await scene.passes(5 * MINUTE)
    if why == "off":
        await scene.set_config(mode="off")
    if why == "closed":
        await scene.set_config(working_hours={"time_zone": "UTC", "week": {}})
    await scene.passes(40 * MINUTE)
    assert await scene.sent() == [HOURS.text]
    async with database.transaction() as tx:
        assert (await tx.scalar(select(AiSession.follow_up))) is None


async def test_a_model_writes_the_follow_up(database: Database) -> None:
    scene = await open_with(database, WRITTEN)
    scene.model = Writer()
    await scene.says("your hours?")
    await scene.passes(11 * MINUTE)
    assert await scene.sent() == [HOURS.text, ASKED]
    scene.model = Writer("")  # the model failed, or the guardrails refused its words
    await scene.says("your hours?")
    await scene.passes(11 * MINUTE)
    assert (await scene.sent())[2:] == [HOURS.text]


async def test_a_written_follow_up_is_sent_once_after_a_crash(database: Database) -> None:
    scene = await open_with(database, WRITTEN)
    scene.model = Writer()
    await scene.says("your hours?")
    await scene.passes(MINUTE)
    await scene.passes(10 * MINUTE, thinks=False)
    [job] = await scene.claim_jobs()
    await scene.run_job(job)
    await scene.run_job(job)
    assert await scene.sent() == [HOURS.text, ASKED]


async def test_a_picture_follows_the_answer(database: Database) -> None:
    scene = await open_scene(database)
    file = ReplyFile(
        id=ReplyFileId(new_id()), message_type="IMAGE", mime="image/png", size=3, sha256="0" * 64
    )
    kept = str(file.id)
    async with database.transaction() as tx:
        tx.add(file)
    picture = {"keyword": "hours", "file_id": kept, "caption": "Our door"}
    gone = {"keyword": "price", "file_id": new_id(), "caption": "gone"}
    await scene.set_config(pictures=[picture, gone])
    await scene.says("price?")
    await scene.passes(5)
    await scene.says("your hours?")
    await scene.passes(5)
    assert await scene.sent() == [HOURS.text, HOURS.text, "Our door"]
    contents = [each.payload.get("content", {}) for each in await scene.stage.outbox()]
    shown = [each for each in contents if each.get("file")]
    assert [(each["type"], each["file"]["upload"]) for each in shown] == [("IMAGE", kept)] * 2
