"""Customers' waits for answers are timed in business hours: warned, breached, met, stopped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.database import Database
from db.ids import ConversationId
from db.queries.messages.delivery_states import set_delivery_state
from db.tables import Channel, ConversationMetrics, DeliveryState, Event, OutboxKind, Session
from desk.actors import SYSTEM, Actor, AgentActor, ai_agent, rule
from desk.business_hours import parse_hours
from desk.causes import Cause
from desk.channels import AnswerTargets
from desk.content import Content
from desk.conversations import sessions, snooze
from desk.conversations.holders import Reopened
from desk.events import DeliveryChanged
from desk.messages.replies import reply
from desk.setup.sla_targets import set_targets
from desk.unit_of_work import UnitOfWork
from scripts.application.projections import list_projections
from tests.desk.day import HOUR, MINUTE, Scene, times, use
from tests.desk.stage import open_stage, thread_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
OFFICE = {day: [{"opens": "09:00", "closes": "17:00"}] for day in WEEKDAYS}
TARGETS = AnswerTargets(first=timedelta(minutes=30), next=timedelta(minutes=60))


@pytest.fixture
async def scene(database: Database) -> Scene:
    made = Scene(await open_stage(database))
    use(made, times(end=None), list_projections())
    set_desk(made, TARGETS)
    at(made, "2026-01-05 09:00")  # a Monday
    return made


def set_desk(scene: Scene, targets: AnswerTargets, **hours: Any) -> None:
    known = {"time_zone": "Asia/Jakarta", "week": OFFICE, **hours}
    scene.stage.channels.replace_all(
        replace(each, targets=targets, hours=parse_hours(known)) for each in scene.stage.channels
    )


def at(scene: Scene, wall: str) -> None:
    """Set the clock to a time in the desk's zone, before anything has happened."""
    zone = next(iter(scene.stage.channels)).hours
    assert zone is not None
    scene.stage.now = datetime.fromisoformat(wall).replace(tzinfo=zone.zone).astimezone(UTC)


async def until(scene: Scene, wall: str) -> None:
    """Let time pass until then; timers run when they are due."""
    now = scene.stage.now
    at(scene, wall)
    seconds, scene.stage.now = (scene.stage.now - now).total_seconds(), now
    assert seconds >= 0
    await scene.later(seconds)


async def row_of(scene: Scene, conversation: ConversationId) -> Session:
    async with scene.stage.database.transaction() as tx:
        wanted = select(Session).where(Session.conversation_id == conversation)
        return (await tx.scalars(wanted.order_by(Session.number.desc()))).first() or Session()


async def state(scene: Scene, conversation: ConversationId) -> tuple[str | None, str | None]:
    row = await row_of(scene, conversation)
    return (row.sla_target, row.sla_state) if row.sla_state else (None, None)


async def due(scene: Scene, conversation: ConversationId) -> str:
    row = await row_of(scene, conversation)
    zone = next(iter(scene.stage.channels)).hours
    assert row.sla_due_at is not None
    assert zone is not None
    return f"{row.sla_due_at.astimezone(zone.zone):%a %Y-%m-%d %H:%M}"


async def flags(scene: Scene, conversation: ConversationId) -> tuple[bool | None, bool | None]:
    async with scene.stage.database.transaction() as tx:
        wanted = select(ConversationMetrics)
        found = await tx.scalars(wanted.where(ConversationMetrics.conversation_id == conversation))
        row = found.one()
    return row.is_first_answer_breached, row.is_next_answer_breached


async def alarms(scene: Scene) -> list[str]:
    """List what staff was told about late answers."""
    told = await scene.told(OutboxKind.STAFF_NOTICE)
    return [each for each in told if each.startswith(("⏰", "🔴"))]


async def says(scene: Scene, conversation: ConversationId, who: Actor, cause: Cause) -> None:
    async def work(uow: UnitOfWork) -> None:
        await reply(uow, await thread_of(uow, conversation), who, Content(text="hm"), cause=cause)

    await scene.stage.run_in_uow(work)


async def test_a_night_does_not_count_and_staff_is_told_once_each(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=5)
    await until(scene, "2026-01-05 16:50")
    ann = await scene.writes("ann")
    assert await due(scene, ann) == "Tue 2026-01-06 09:20"
    await scene.writes("ann")  # another message does not begin it again
    await until(scene, "2026-01-06 09:13")
    assert (await state(scene, ann), await alarms(scene)) == (("first", "running"), [])
    await until(scene, "2026-01-06 09:19")
    assert await state(scene, ann) == ("first", "warned")
    [warned] = await alarms(scene)
    assert warned.startswith(
        "⏰ The customer still waits for the first answer. It is due at 2026-01-06"
    )
    assert warned.endswith("Assigned to: Mia.")
    assert await flags(scene, ann) == (False, None)
    await until(scene, "2026-01-06 12:00")
    assert await state(scene, ann) == ("first", "breached")
    assert [each[0] for each in await alarms(scene)] == ["⏰", "🔴"]
    assert await flags(scene, ann) == (True, None)
    await scene.answers(ann, mia)
    assert await state(scene, ann) == ("first", "missed")

    await scene.writes("ann")
    assert (await state(scene, ann), await due(scene, ann)) == (
        ("next", "running"),
        "Tue 2026-01-06 13:00",
    )
    await until(scene, "2026-01-06 12:50")
    assert await state(scene, ann) == ("next", "warned")
    await scene.answers(ann, mia)
    assert await state(scene, ann) == ("next", "met")
    await until(scene, "2026-01-08 12:00")
    assert [each[0] for each in await alarms(scene)] == ["⏰", "🔴", "⏰"]
    assert await flags(scene, ann) == (True, False), "what was missed once stays so"
    assert await count_events(scene) == 5, "warned, breached, answered; warned, answered"


async def count_events(scene: Scene) -> int:
    async with scene.stage.database.transaction() as tx:
        found = (await tx.scalars(select(Event.records))).all()
    return sum(each.count("session.sla") for each in found)


@pytest.mark.parametrize(
    ("hours", "wrote", "expected"),
    [
        ({"holidays": [{"date": "2026-01-06"}]}, "2026-01-05 16:45", "Wed 2026-01-07 09:15"),
        ({}, "2026-01-09 16:59", "Mon 2026-01-12 09:29"),
        ({}, "2026-01-10 12:00", "Mon 2026-01-12 09:30"),
        # The clocks go back at 3:00: the hour from 2 to 3 comes twice, and both count.
        (
            {
                "time_zone": "Europe/Berlin",
                "week": {"sunday": [{"opens": "01:45", "closes": "02:10"}]},
            },
            "2026-10-25 01:40",
            "Sun 2026-10-25 02:05",
        ),
    ],
)
async def test_holidays_weekends_and_clock_changes(
    scene: Scene, hours: dict[str, Any], wrote: str, expected: str
) -> None:
    set_desk(scene, TARGETS, **hours)
    at(scene, wrote)
    await scene.hire("Mia", capacity=5)
    assert await due(scene, await scene.writes("ann")) == expected


async def test_an_ai_agents_answer_counts_and_a_rules_does_not(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=5)
    ann = await scene.writes("ann")
    await says(scene, ann, rule("after hours"), Cause.RULE_ANSWER)
    assert await state(scene, ann) == ("first", "running")
    await says(scene, ann, ai_agent(mia.agent_id, "Osmo"), Cause.AI_ANSWER)
    assert await state(scene, ann) == ("first", "met")


async def test_putting_aside_and_ending_stop_a_wait_and_going_on_begins_it_anew(
    scene: Scene,
) -> None:
    mia = await scene.hire("Mia", capacity=5)
    ann = await scene.writes("ann")
    session = (await scene.stage.thread(ann)).session_id
    assert session is not None

    async def put_aside(uow: UnitOfWork) -> None:
        until = uow.now + timedelta(hours=4)
        await snooze.snooze(uow, await thread_of(uow, ann), until, by=mia)

    await until(scene, "2026-01-05 09:10")
    await scene.stage.run_in_uow(put_aside)
    assert await state(scene, ann) == ("first", "stopped")
    await until(scene, "2026-01-05 13:09")
    assert await alarms(scene) == []
    await until(scene, "2026-01-05 13:11")
    assert await due(scene, ann) == "Mon 2026-01-05 13:40"

    async def end(uow: UnitOfWork) -> None:
        await sessions.end(uow, await thread_of(uow, ann), mia)

    async def reopen(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, ann)
        await sessions.reopen(uow, thread, Reopened(session, mia.agent_id), mia, by=mia)

    await scene.stage.run_in_uow(end)
    assert await state(scene, ann) == ("first", "stopped")
    await until(scene, "2026-01-05 15:00")
    assert (await alarms(scene), await flags(scene, ann)) == ([], (False, None))
    await scene.stage.run_in_uow(reopen)
    assert (await state(scene, ann), await due(scene, ann)) == (
        ("first", "running"),
        "Mon 2026-01-05 15:30",
    )
    await scene.answers(ann, mia)
    assert await state(scene, ann) == ("first", "met")

    await scene.writes("ann")
    await scene.stage.run_in_uow(put_aside)
    await scene.writes("ann")  # which takes it up again
    assert await state(scene, ann) == ("next", "running")


async def test_an_answer_that_fails_was_none(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=5)
    ann = await scene.writes("ann")
    await scene.answers(ann, mia)
    rows = await scene.stage.outbox()
    message_id = next(each.message_id for each in rows if each.kind is OutboxKind.ANSWER)
    assert message_id is not None

    async def fail(uow: UnitOfWork) -> None:
        await set_delivery_state(uow.tx, message_id, DeliveryState.FAILED, "refused")
        uow.events.add(DeliveryChanged(message_id, DeliveryState.FAILED))

    await until(scene, "2026-01-05 09:29")
    assert await state(scene, ann) == ("first", "met")
    await scene.stage.run_in_uow(fail)
    assert await state(scene, ann) == ("first", "warned")
    await until(scene, "2026-01-05 09:31")
    assert [each[0] for each in await alarms(scene)] == ["⏰", "🔴"]


async def test_a_desk_that_was_down_says_only_what_is_true_now(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=5)
    ann, bob = await scene.writes("ann"), await scene.writes("bob")
    at(scene, "2026-01-05 11:00")  # no timer ran
    await scene.answers(bob, mia)
    assert (await state(scene, bob), await flags(scene, bob)) == (("first", "missed"), (True, None))
    await scene.later(MINUTE)
    assert [each[0] for each in await alarms(scene)] == ["🔴"]
    assert await state(scene, ann) == ("first", "breached")


async def test_without_a_target_nothing_is_timed_and_a_removed_one_stops_waits(
    scene: Scene,
) -> None:
    await scene.hire("Mia", capacity=9)
    ann, bob = await scene.writes("ann"), await scene.writes("bob")

    async def remove(uow: UnitOfWork) -> None:
        row = await uow.tx.get(Channel, scene.stage.channel_id)
        assert row is not None
        row.settings = {"first_answer_minutes": 30}
        await set_targets(uow, row, {"first_answer_minutes": 0}, by=SYSTEM)

    await scene.stage.run_in_uow(remove)
    assert await state(scene, ann) == await state(scene, bob) == ("first", "stopped")
    set_desk(scene, replace(TARGETS, first=timedelta()))
    assert await state(scene, await scene.writes("cid")) == (None, None)
    # A desk that never opens has no business hours in which it could be late.
    set_desk(scene, TARGETS, week={})
    assert await state(scene, await scene.writes("dan")) == (None, None)
    await scene.later(48 * HOUR)
    assert await alarms(scene) == []


async def test_without_a_warning_only_the_breach_is_told(scene: Scene) -> None:
    set_desk(scene, replace(TARGETS, warning_percent=0))
    mia: AgentActor = await scene.hire("Mia", capacity=0)
    ann = await scene.writes("ann")
    assert await scene.holder(ann) is None
    await until(scene, "2026-01-05 10:00")
    [told] = await alarms(scene)
    assert told.endswith("Assigned to: nobody (waiting).")
    await scene.answers(ann, mia)
    assert await scene.holder(ann) == mia.agent_id


async def test_a_blocked_customers_wait_is_not_told(scene: Scene) -> None:
    await scene.hire("Mia", capacity=9)
    await scene.writes("ann")
    await scene.stage.change("clients", is_blocked=True)
    await scene.later(3 * HOUR)
    assert await alarms(scene) == []


async def test_a_wait_that_staff_sees_in_no_topic_is_told_to_the_group(scene: Scene) -> None:
    await scene.hire("Mia", capacity=0)
    await scene.writes("ann")
    # As where agents have desks of their own, and nobody has the session.
    await scene.stage.change("staff_places", is_active=False)
    await until(scene, "2026-01-05 10:00")
    assert await alarms(scene) == []
    told = [each for each in await scene.told(OutboxKind.GENERAL) if "first answer" in each]
    assert [each[:6] for each in told] == ["ann: ⏰", "ann: 🔴"]
