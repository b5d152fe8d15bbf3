"""A staff group that becomes a supergroup gets a new id; the desk follows it."""

import pytest

from tests.flows.staff import Json, Topic
from tests.flows.stage import Stage, prepare_stage


async def make_basic_group(stage: Stage) -> Json:
    """Make the stage's staff group a basic group, which has no topics."""
    owner = await stage.telegram.add_user("Founder")
    bot = (await stage.telegram.state())["bots"][0]
    return await stage.telegram.add_group(
        "Old staff", admins=[owner], bots=[bot], is_supergroup=False
    )


async def become_forum(stage: Stage, old: Json) -> Json:
    number = await stage.telegram.upgrade(old, is_forum=True)
    groups = (await stage.telegram.state())["groups"]
    return next(group for group in groups if group["id"] == number)


@pytest.mark.parametrize("told", ["by its notice", "by a refusal"])
async def test_an_upgraded_group_is_followed_and_after_a_restart_too(
    migrated_url: str, told: str
) -> None:
    async with prepare_stage(migrated_url) as stage:
        old = await make_basic_group(stage)
        named = {"telegram_staff_group": (str(old["id"]),)}
        async with stage.desk(**named):
            ann = await stage.customer()
            await ann.says("before")
            # A basic group has no topics: what customers write stands in the group itself.
            await Topic(stage.telegram, old, None).wait_for("before")
            if told == "by its notice":
                new = await become_forum(stage, old)
        if told == "by a refusal":
            # The service message is lost: only a rejected call reports the new id.
            new = await become_forum(stage, old)
            bot = f"{stage.url}/bot{stage.settings.telegram_bot_token.get_secret_value()}"  # type: ignore[union-attr]
            await stage.get(f"{bot}/deleteWebhook?drop_pending_updates=true")
        async with stage.desk(**named):
            # Her next session gets a topic.
            await ann.says("after")
            await stage.fast_forward(Topic(stage.telegram, new, None).wait_for("after"))
        async with stage.desk(**named):  # the setting still has the old id
            bob = await stage.customer("Bob")
            await bob.says("me too")
            topic = await stage.fast_forward(stage.topic(bob, new))
            await stage.fast_forward(topic.wait_for("me too"))
            mia = await stage.member("Mia")
            mia.group = new
            await stage.telegram.member(new, mia.user, "member")
            await mia.writes(topic, "who am I?")
            await topic.wait_for("not linked to an agent")


async def test_without_a_staff_group_nothing_is_lost(migrated_url: str) -> None:
    async with prepare_stage(migrated_url) as stage:
        async with stage.desk(telegram_staff_group=()):
            ann = await stage.customer()
            await ann.says("anybody?")
            await ann.wait_for("number 1 in the queue")
        async with stage.desk():
            await ann.says("now?")
            await (await stage.topic(ann)).wait_for("now?")
            assert [row["message"] for row in await stage.load_messages(ann)] == [
                "anybody?",
                "now?",
            ]
