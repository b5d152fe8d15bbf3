"""Opening hours and presence by command, on every kind of channel."""

import pytest

from db.tables import Role
from tests.flows.conversation import start_conversation
from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEVER_OPEN = "Asia/Jakarta mon-sun closed"


async def test_an_administrator_sets_the_hours_in_a_topic(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    ada = await stage.agent("Ada", online=False, role=Role.ADMIN)
    await mia.writes(topic, "/hours")
    await topic.wait_for("Only administrators can use /hours.")
    await ada.writes(topic, "/hours")
    await topic.wait_for("has no opening hours: it is always open.")
    for wrong, reason in (
        ("mon 9-17", "the time zone must come first"),
        ("Asia/Jakarta mon 17-9", "17-9 is not a time in which a day can be open"),
    ):
        await ada.writes(topic, f"/hours {wrong}")
        await topic.wait_for(reason)
    await ada.writes(topic, f"/hours {NEVER_OPEN}")
    shown = await topic.wait_for("It is closed now and does not open within a year.")
    assert "Sunday: closed" in shown.text
    await ada.writes(topic, "/hours holiday 2999-12-25 9-12 Christmas")
    await topic.wait_for("2999-12-25 (Christmas): 09:00-12:00")
    await ada.writes(topic, "/hours remove")

    async def is_removed() -> bool:
        rows = await stage.rows(
            "SELECT ch.opening_hours FROM channels ch JOIN contacts c ON c.channel_id = ch.id"
            " WHERE c.external_id = :address",
            address=ann.address,
        )
        return rows[0]["opening_hours"] in {None, "null"}

    await eventually(is_removed, "the hours are removed")


async def test_who_is_busy_or_away_keeps_sessions_and_gets_no_new_ones(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, "/claim")
    await topic.card(f"Assigned to: {mia.name}")
    for status in ("busy", "away"):
        await mia.tells_bot("/online", "You are online.")
        await mia.tells_bot(f"/{status}", f"You are {status}. You keep your open sessions (")
        await mia.tells_bot("/status", f"{mia.name}: {status}.")
        late = await stage.customer("Late")
        await late.says(f"nobody is free, {status}")
        await late.wait_for("in the queue")
        await (await stage.topic(late)).card("Assigned to: nobody (waiting)")
    await ann.says("are you still there?")
    await topic.wait_for("are you still there?")
    await topic.card(f"Assigned to: {mia.name}")
    await mia.tells_bot("/online", "You are online.")
    await late.wait_for(f"{mia.name} is with you now.")


async def test_a_status_is_pressed_and_working_hours_are_written(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, "/status")
    shown = await topic.wait_for(f"{mia.name}: offline.")
    assert shown.buttons == ("online", "busy", "away", "offline")
    assert (await mia.presses(shown, "busy")).startswith("You are busy.")
    asked = await mia.tells_bot("/status", f"{mia.name}: busy.")
    pressed = await stage.telegram.press(mia.user, mia.user, int(asked.id), text="online")

    async def is_answered() -> bool:
        return bool((await stage.telegram.callback(pressed))["answered"])

    await eventually(is_answered, "the press in the private chat is answered")
    await mia.tells_bot("/status", f"{mia.name}: online.")
    await mia.tells_bot("/offline", "You are offline.")

    await mia.tells_bot("/schedule", "You have no working hours")
    await mia.tells_bot("/schedule mon 25-26", "25-26 is not a time")
    await mia.tells_bot("/schedule sen-jum 09:00-12:00 13:00-17:00", "You work at these times")
    await mia.tells_bot("/schedule holiday 2999-12-25 Christmas", "2999-12-25 (Christmas): closed")
    shown = await mia.tells_bot("/schedule", "What you choose yourself holds until then.")
    assert "Monday: 09:00-12:00, 13:00-17:00" in shown.text
    assert "Sunday: closed" in shown.text
    await mia.tells_bot("/schedule hapus", "You have no working hours")
    assert not any("/schedule" in each.text for each in await ann.list_received())
