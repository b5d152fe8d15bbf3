"""Smaller behaviours of the desk: the Start command, whose reactions count, unusual albums."""

import pytest

from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_topics_of_the_staffs_own_are_left_alone(stage: Stage) -> None:
    mia = await stage.agent(online=False)
    await mia.writes(stage.general, "lunch?")
    ann = await stage.customer()
    await ann.says("hello")
    await (await stage.topic(ann)).wait_for("hello")
    assert await stage.general.list_messages() == []


async def test_start_opens_the_topic_before_anything_is_said(stage: Stage) -> None:
    ann = await stage.customer("Starting Ann")
    await ann.says("/start")
    topic = await stage.topic(ann)
    await topic.card("Starting Ann")
    assert "/start" not in await topic.texts()
    await ann.says("now I say something")
    await topic.wait_for("now I say something")


async def test_an_album_refused_as_a_whole_goes_one_by_one(stage: Stage) -> None:
    ann = await stage.customer("Album Ann")
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    group = stage.group["id"]
    await stage.telegram.fail("copyMessages", chat_id=group, code=404, description="Not Found")
    await ann.sends_album("photo", "video", caption="both")
    await ann.says("after it")
    await topic.wait_for("after it")
    kinds = [each.kind for each in await topic.list_messages()]
    assert kinds[-3:] == ["photo", "video", "text"]


async def test_a_strangers_reaction_does_not_reach_the_customer(stage: Stage) -> None:
    mia, ann = await stage.agent("Reacting Mia"), await stage.customer("Liked Ann")
    stranger = await stage.member("Stranger")
    await ann.says("like me")
    topic = await stage.topic(ann)
    copy = await topic.wait_for("like me")
    await stage.telegram.react(stranger.user, stage.group, int(copy.id), "👎")
    await mia.reacts(copy, "👍")

    async def liked() -> bool:
        said = next(each for each in await ann.chat() if each.text == "like me")
        return "👍" in said.reactions

    await eventually(liked, "a reaction of the agent")
    calls = await stage.telegram.calls("setMessageReaction", int(ann.address))
    assert [call["params"]["reaction"][0]["emoji"] for call in calls] == ["👍"]
