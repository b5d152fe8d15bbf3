"""A delayed answer is marked on the agent's own message; other answers cost nothing."""

import pytest

from db.database import Database
from db.tables import MessageLink, Side
from desk.errors import Unavailable
from desk.limits.rate_limiter import Limits
from desk.limits.windows import Limit
from tests.desk.stage import GROUP, Stage, open_stage, text


async def reply_in_topic(stage: Stage, words: str = "Hello") -> None:
    """Let an agent answer from the topic, where their message is number 900."""
    ana = await stage.customer()
    await stage.change("staff_places", topic="7", card="8")
    message_id = await stage.answer(ana, text(words))
    async with stage.database.transaction() as tx:
        tx.add(
            MessageLink(
                message_id=message_id,
                channel_id=stage.channel_id,
                side=Side.STAFF,
                chat=GROUP,
                provider_id="900",
            )
        )


async def test_a_delayed_answer_is_marked_once_and_unmarked_when_sent(stage: Stage) -> None:
    await reply_in_topic(stage)
    stage.sender.faults = [Unavailable("down", retry_after=10)]
    await stage.deliver()
    stage.sender.faults = [Unavailable("down", retry_after=10)]
    stage.later(10)
    await stage.deliver()
    stage.later(10)
    await stage.deliver()
    assert stage.sender.did("react") == ["900=👀", "900="]


@pytest.mark.parametrize("patience", [0, 10])
async def test_an_answer_sent_at_once_costs_no_reaction(stage: Stage, patience: int) -> None:
    await reply_in_topic(stage)
    stage.later(patience)
    await stage.deliver()
    assert stage.sender.methods() == ["deliver"]


async def test_an_answer_from_outside_the_topic_opens_no_topic_for_its_mark(stage: Stage) -> None:
    ana = await stage.customer()
    stage.sender.faults = [Unavailable("down", retry_after=10)]
    await stage.answer(ana, text("Hello"))
    for _ in range(3):
        await stage.deliver()
        stage.later(10)
    assert stage.sender.methods() == ["deliver", "deliver"]


async def test_a_short_delay_by_a_chats_limits_is_not_marked(
    database: Database,
) -> None:
    stage = await open_stage(database, limits=Limits(person=(Limit(1, 2.0),)))
    await reply_in_topic(stage, "x")
    await stage.deliver()
    assert stage.sender.methods() == ["deliver"]
