"""A message that an agent wrote in a topic is an answer, even if the topic is gone by then."""

import pytest

from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_answer_from_a_topic_that_was_deleted_meanwhile(stage: Stage) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer()
    await ann.says("hello")
    former = await stage.topic(ann)
    await former.wait_for("hello")
    await mia.writes(former, "first")
    await ann.wait_for("first")
    await stage.telegram.delete_topic(stage.group, former.thread)
    await ann.says("still there?")
    await (await stage.topic(ann)).wait_for("still there?")
    await mia.writes_at_length(former, "written before it was deleted")
    await ann.wait_for("written before it was deleted")


async def test_a_topic_of_nobodys_stays_so(stage: Stage) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    made = await stage.telegram.say(mia.user, "among us", chat=stage.group)
    assert made
    await mia.writes(topic, "to you")
    await ann.wait_for("to you")
    assert "among us" not in [each.text for each in await ann.list_received()]
