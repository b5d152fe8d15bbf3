"""Targets for answers, on every kind of channel: set by command, warned, breached, answered."""

import asyncio

import pytest

from db.tables import Role
from tests.api.event_stream import open_event_stream
from tests.api.stage import ApiStage
from tests.flows.conversation import start_conversation
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Fewer than a customer may write in a minute; changed channels are read every two seconds.
_MOST_TURNS, _PAUSE = 25, 1.0
PAST = "2020-01-01 00:00:00.000000"


async def test_an_answer_is_nearly_late_then_late_then_given(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic = await start_conversation(stage)
    ada = await stage.agent("Ada", online=False, role=Role.ADMIN)
    await mia.writes(topic, "/sla")
    await topic.wait_for("Only administrators can use /sla.")
    await ada.writes(topic, "/sla")
    assert "First answer: no target" in (await topic.wait_for("in business hours:")).text
    for wrong, reason in (
        ("soon 5", "soon is not first, next or warning"),
        ("first", "first needs a number after it, or off"),
        ("first -5", "-5 is not a number of minutes between 0 and 43200"),
        ("next 43201", "43201 is not a number of minutes"),
        ("warning 100%", "100% is not a percentage between 0 and 99"),
    ):
        await ada.writes(topic, f"/sla {wrong}")
        await topic.wait_for(f"Nothing was changed: {reason}")
    await ada.writes(topic, "/sla pertama mati next 600 warning 50%")
    shown = (await topic.wait_for("Later answers: within 600 min")).text
    assert "First answer: no target\n" in shown
    assert "Staff is warned at 50 % of the time." in shown

    session = await start_wait(stage, mia, ann, topic)
    boss = await api.person("Boss", role=Role.ADMIN, capacity=0)
    running = (await boss.get(f"/sessions/{session}")).body["sla"]
    assert (running["target"], running["state"]) == ("next", "running")
    async with open_event_stream(api, boss.token) as ears:
        await let_time_come(stage, session, "warning")
        await topic.wait_for("⏰ The customer still waits for an answer.")
        await topic.card("Answer due: ⏰")
        heard = await ears.wait_for_event("session.sla")
        assert heard.data["session"]["sla"]["state"] == "warned"
    await let_time_come(stage, session, "due")
    await topic.wait_for("🔴 An answer was due at")
    await topic.card("Answer due: 🔴", "overdue")
    late = (await boss.get("/sessions?sla_state=breached")).body["items"]
    assert session in [each["id"] for each in late]
    listed = (await boss.get("/conversations?open=true&limit=100")).body["items"]
    states = {each["session"]["id"]: each["session"]["sla"] for each in listed}
    assert states[session]["state"] == "breached"
    await mia.writes(topic, "sorry for the delay")
    await ann.wait_for("sorry for the delay")

    async def is_missed() -> bool:
        found = (await boss.get(f"/sessions/{session}")).body["sla"]
        return bool(found["state"] == "missed")

    await eventually(is_missed, "the answer came too late")
    [figures] = await stage.rows(
        "SELECT is_first_answer_breached AS first, is_next_answer_breached AS next"
        " FROM conversation_metrics WHERE session_id = :session",
        session=session,
    )
    assert (figures["first"], figures["next"]) == (None, True)
    told = [each for each in await topic.list_messages() if each.text.startswith(("⏰", "🔴"))]
    assert len(told) == 2, "once each"
    await ada.writes(topic, "/sla next off")
    await topic.wait_for("Later answers: no target")


async def start_wait(stage: Stage, mia: Person, ann: Customer, topic: Topic) -> str:
    """Answer and ask until the desk has loaded the target; return the session."""
    for number in range(_MOST_TURNS):
        await mia.writes(topic, f"answer {number}")
        await ann.wait_for(f"answer {number}")
        await ann.says(f"and now? {number}")
        await topic.wait_for(f"and now? {number}")
        rows = await stage.rows(
            "SELECT s.id FROM sessions s JOIN conversations v ON v.id = s.conversation_id"
            " JOIN contacts c ON c.id = v.contact_id"
            " WHERE c.external_id = :address AND s.sla_state = 'running'",
            address=ann.address,
        )
        if rows:
            return str(rows[0]["id"])
        await asyncio.sleep(_PAUSE)
    raise AssertionError("the desk never has a target")


async def let_time_come(stage: Stage, session: str, moment: str) -> None:
    """Have a moment of a session's wait be over, and its timer due."""
    for statement in (
        _MOMENTS[moment],
        "UPDATE inbox SET due_at = :past WHERE state = 'pending' AND lane LIKE 'timer:sla:%'",
        "UPDATE lanes SET due_at = :past WHERE due_at IS NOT NULL AND lane LIKE 'timer:sla:%'",
    ):
        about = {"id": session} if ":id" in statement else {}
        await stage.change(statement, past=PAST, **about)


_MOMENTS = {
    "warning": "UPDATE sessions SET sla_warn_at = :past WHERE id = :id",
    "due": "UPDATE sessions SET sla_due_at = :past WHERE id = :id",
}
