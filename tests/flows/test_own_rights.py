"""The bot says what it lacks in a group: when it is added, and when it loses a right."""

from tests.flows.staff import Topic
from tests.flows.stage import BOT_ID, run_stage

RIGHTS = {"can_manage_topics": True, "can_pin_messages": True, "can_delete_messages": True}


async def test_what_is_missing_is_said_where_it_can_be_given(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        telegram, group = stage.telegram, stage.group
        fewer = {**RIGHTS, "can_pin_messages": False, "can_manage_topics": False}
        await telegram.member(group, BOT_ID, "administrator", fewer)
        told = await stage.general.wait_for("something is missing")
        assert "allow Manage topics" in told.text
        assert "allow Pin messages" in told.text
        assert "Delete messages:" not in told.text
        await telegram.member(group, BOT_ID, "member")
        await stage.general.wait_for("make me an administrator")
        await telegram.member(group, BOT_ID, "administrator", RIGHTS)
        await stage.general.wait_for("I have every right that I need here.")
        owner = await telegram.add_user("Stranger")
        other = await telegram.add_group("Book club", admins=[owner], bots=[])
        await telegram.member(other, BOT_ID, "member")
        told = await Topic(telegram, other, 1).wait_for("I do not serve this group yet.")
        assert str(other["id"]) in told.text
