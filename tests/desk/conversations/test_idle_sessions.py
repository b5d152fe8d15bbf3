"""Sessions that nobody ends stop counting, are reminded of, end, and never block the queue."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.database import Database
from db.tables import OutboxKind
from desk.channels import REOPEN_MINUTES
from desk.conversations import sessions
from desk.conversations.holders import Reopened
from desk.conversations.presence import get_presence, retire_agent
from desk.unit_of_work import UnitOfWork
from tests.desk.day import HOUR, MINUTE, Scene, times, use
from tests.desk.stage import open_stage, thread_of


@pytest.fixture
async def scene(database: Database) -> Scene:
    made = Scene(await open_stage(database))
    use(made, times())
    return made


async def test_thirty_sessions_that_nobody_ended_do_not_keep_the_next_customer_waiting(
    scene: Scene,
) -> None:
    for name in ("Mia", "Tom", "Zoe"):
        await scene.hire(name, capacity=10)
    for number in range(30):
        assert await scene.holder(await scene.writes(f"c{number}")) is not None
    late = await scene.writes("late")
    assert await scene.holder(late) is None, "everybody is busy"
    await scene.later(HOUR + MINUTE)
    assert await scene.holder(late) is not None, "the others have become idle"
    for number in range(20):
        assert await scene.holder(await scene.writes(f"d{number}")) is not None


async def test_a_session_counts_again_when_somebody_writes(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=1)
    ann = await scene.writes("ann")
    await scene.later(HOUR + MINUTE)
    await scene.writes("ann")
    seen = await scene.stage.run_in_uow(lambda uow: get_presence(uow, mia))
    assert (seen.active_sessions, seen.live_sessions) == (1, 1)
    assert await scene.holder(await scene.writes("bob")) is None
    assert await scene.holder(ann) == mia.agent_id


async def test_an_answered_session_ends_after_a_reminder_to_the_customer(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=9)
    ann = await scene.writes("ann")
    await scene.answers(ann, mia)
    await scene.later(8 * HOUR - MINUTE)
    assert "We have not heard from you" not in str(await scene.told(OutboxKind.NOTICE))
    await scene.later(2 * MINUTE)
    told = await scene.told(OutboxKind.NOTICE)
    assert sum("We have not heard from you" in each for each in told) == 1
    assert await scene.is_open(ann)
    await scene.later(2 * HOUR)
    assert not await scene.is_open(ann)
    assert "This conversation is closed" in str(await scene.told(OutboxKind.NOTICE))
    told = await scene.told(OutboxKind.STAFF_NOTICE)
    assert "Session 1 ended by itself, because nobody had written" in str(told)


async def test_an_unanswered_session_reminds_the_agent(scene: Scene) -> None:
    await scene.hire("Mia", capacity=9)
    await scene.writes("ann")
    await scene.later(8 * HOUR + MINUTE)
    [told] = await scene.told(OutboxKind.STAFF_NOTICE)
    assert told.startswith("Mia, nobody has written here since")
    assert "We have not heard from you" not in str(await scene.told(OutboxKind.NOTICE))


async def test_whoever_writes_keeps_a_session_open(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=9)
    ann = await scene.writes("ann")
    for _ in range(6):
        await scene.answers(ann, mia)
        await scene.later(9 * HOUR)  # after the reminder
        assert await scene.is_open(ann)
        await scene.writes("ann")
    told = await scene.told(OutboxKind.NOTICE)
    assert sum("We have not heard from you" in each for each in told) == 6


async def test_a_reopened_session_is_live_again(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=9)
    ann = await scene.writes("ann")
    session = (await scene.stage.thread(ann)).session_id
    assert session is not None
    await scene.later(13 * HOUR)
    assert not await scene.is_open(ann)

    async def reopen(uow: UnitOfWork) -> bool:
        thread = await thread_of(uow, ann)
        return await sessions.reopen(uow, thread, Reopened(session, mia.agent_id), mia, by=mia)

    assert await scene.stage.run_in_uow(reopen)
    await scene.later(9 * HOUR)
    assert await scene.is_open(ann)
    await scene.later(2 * HOUR)
    assert not await scene.is_open(ann)


async def test_a_customer_who_writes_soon_after_the_end_reopens_their_session(scene: Scene) -> None:
    scene.stage.channels.replace_all(
        replace(each, settings={REOPEN_MINUTES: 120}) for each in scene.stage.channels
    )
    await scene.hire("Mia", capacity=1)
    await scene.hire("Tom", capacity=1)
    ann = await scene.writes("ann")
    holder = await scene.holder(ann)
    await scene.later(10 * HOUR + MINUTE)
    assert not await scene.is_open(ann)

    await scene.later(HOUR)
    await scene.writes("ann")
    again = await scene.stage.thread(ann)
    assert (again.session_number, again.session_count, again.holder_id) == (1, 1, holder)
    told = await scene.told(OutboxKind.STAFF_NOTICE)
    assert "Session 1 goes on: the customer wrote again." in told
    await scene.later(10 * HOUR + MINUTE)
    assert not await scene.is_open(ann), "it is watched as before"

    await scene.later(2 * HOUR)
    await scene.writes("ann")
    assert (await scene.stage.thread(ann)).session_number == 2, "that was too late"
    await scene.later(10 * HOUR + MINUTE)
    await scene.writes("bob")
    await scene.writes("cid")
    await scene.writes("ann")
    again = await scene.stage.thread(ann)
    assert (again.session_number, again.holder_id) == (2, None), "nobody has room"
    assert "You are number 1 in the queue" in str(await scene.told(OutboxKind.NOTICE))


async def test_sessions_end_only_by_hand_if_the_operator_wants_that(scene: Scene) -> None:
    use(scene, times(end=None))
    await scene.hire("Mia", capacity=9)
    ann = await scene.writes("ann")
    await scene.later(1000 * HOUR)
    assert await scene.is_open(ann)


async def test_without_a_reminder_a_session_just_ends(scene: Scene) -> None:
    use(scene, times(reminder=timedelta()))
    await scene.hire("Mia", capacity=9)
    ann = await scene.writes("ann")
    await scene.later(10 * HOUR + MINUTE)
    assert not await scene.is_open(ann)
    assert "nobody has written here" not in str(await scene.told(OutboxKind.STAFF_NOTICE))


async def test_a_reminder_comes_first_even_if_the_desk_was_down(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=9)
    ann = await scene.writes("ann")
    await scene.answers(ann, mia)
    scene.stage.later(100 * HOUR)  # no timer ran
    await scene.later(HOUR)
    assert await scene.is_open(ann)
    assert "We have not heard from you" in str(await scene.told(OutboxKind.NOTICE))
    await scene.later(2 * HOUR)
    assert not await scene.is_open(ann)


async def test_who_waits_is_not_ended_and_staff_is_warned_once_in_a_period(scene: Scene) -> None:
    await scene.hire("Mia", capacity=0)
    ann = await scene.writes("ann")
    await scene.writes("bob")
    await scene.later(29 * MINUTE)
    assert await scene.told(OutboxKind.GENERAL) == []
    await scene.later(7 * MINUTE)
    [told] = await scene.told(OutboxKind.GENERAL)
    assert "nobody has been free for 3" in told
    assert "Waiting customers: 2" in told
    await scene.later(10 * HOUR)
    assert 19 <= len(await scene.told(OutboxKind.GENERAL)) <= 21
    assert await scene.is_open(ann)


async def test_a_session_that_went_back_to_the_queue_is_watched(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=9)
    ann = await scene.writes("ann")
    await scene.later(5 * HOUR)
    await scene.stage.run_in_uow(lambda uow: retire_agent(uow, mia, by=mia))
    assert await scene.holder(ann) is None
    await scene.later(36 * MINUTE)
    assert "nobody has been free" in str(await scene.told(OutboxKind.GENERAL))
    tom = await scene.hire("Tom", capacity=9)
    await scene.later(6 * MINUTE)
    assert await scene.holder(ann) == tom.agent_id, "found without any other change"
