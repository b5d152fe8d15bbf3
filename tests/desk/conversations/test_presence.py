"""A day of agents: working hours, silence, and what becomes of the sessions of who is not there."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from db.database import Database
from db.ids import AgentId
from db.queries.accounts.agents import find_agent
from db.tables import AgentStatus, OfflinePolicy, OutboxKind, StatusCause
from desk.actors import to_actor
from desk.channels import OFFLINE_MINUTES
from desk.conversations.presence_by_itself import keep_presence
from desk.unit_of_work import UnitOfWork
from scripts.application.projections import list_projections
from scripts.monitoring.desk_watch import DeskWatch
from tests.desk.day import STEP, Runner, Scene, at, chooses, status, times, until, use, works
from tests.desk.stage import open_stage

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
SPLIT = [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "17:00"}]
HOURS = {
    "time_zone": "Asia/Jakarta",
    "week": dict.fromkeys(WEEKDAYS, SPLIT),
    "holidays": [{"date": "2027-01-06"}],
}

HOUR = timedelta(hours=1)


@pytest.fixture
async def scene(database: Database) -> Scene:
    made = Scene(await open_stage(database))
    use(made, times(end=None, silence=timedelta(minutes=60)), list_projections())
    at(made, "2027-01-04 08:00")  # a Monday
    return made


def set_policy(scene: Scene, policy: OfflinePolicy, minutes: int) -> None:
    scene.stage.channels.replace_all(
        replace(each, offline_policy=policy, settings={OFFLINE_MINUTES: minutes})
        for each in scene.stage.channels
    )


BY_SCHEDULE = StatusCause.SCHEDULE
ONLINE, OFFLINE = (AgentStatus.ONLINE, BY_SCHEDULE), (AgentStatus.OFFLINE, BY_SCHEDULE)


async def test_a_week_by_working_hours_with_a_choice_of_ones_own(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=5)
    await chooses(scene, mia, AgentStatus.OFFLINE)
    await works(scene, mia, HOURS)
    await until(scene, "2027-01-04 08:55")
    assert await status(scene, mia) == (AgentStatus.OFFLINE, StatusCause.CHOICE)
    await until(scene, "2027-01-04 09:00")
    assert await status(scene, mia) == ONLINE
    await until(scene, "2027-01-04 10:00")
    await chooses(scene, mia, AgentStatus.BUSY)
    await until(scene, "2027-01-04 11:55")
    assert await status(scene, mia) == (AgentStatus.BUSY, StatusCause.CHOICE), "her choice holds"
    await until(scene, "2027-01-04 12:00")
    assert await status(scene, mia) == OFFLINE
    await until(scene, "2027-01-04 12:30")
    await chooses(scene, mia, AgentStatus.ONLINE)
    await until(scene, "2027-01-04 13:05")
    assert await status(scene, mia) == ONLINE
    await until(scene, "2027-01-04 17:00")
    assert await status(scene, mia) == OFFLINE
    await until(scene, "2027-01-05 17:00", step=HOUR)
    await until(scene, "2027-01-07 08:00", step=HOUR)
    assert await status(scene, mia) == OFFLINE, "the holiday was none of her days"
    at(scene, "2027-01-07 10:00")  # the desk was down when they began
    await keep_presence(Runner(scene.stage))
    assert await status(scene, mia) == ONLINE
    await works(scene, mia, None)
    await until(scene, "2027-01-07 18:00", step=HOUR)
    assert await status(scene, mia) == ONLINE, "nothing ends any more"


async def test_a_night_in_which_the_clocks_go_back(scene: Scene) -> None:
    night = {"sunday": [{"opens": "00:00", "closes": "02:30"}]}
    mia = await scene.hire("Mia", capacity=5)
    at(scene, "2027-10-30 23:00", "Europe/Berlin")
    await works(scene, mia, {"time_zone": "Europe/Berlin", "week": night})
    seen = []
    for _ in range(60):
        scene.stage.now += STEP
        await keep_presence(Runner(scene.stage))
        seen.append((await status(scene, mia))[0] is AgentStatus.ONLINE)
    # 23:05 to 4:00, with the hour from 2 to 3 twice: open until 2:30, and again from 2 to 2:30.
    assert seen[12:41] == [True] * 29
    changes = sum(one != other for one, other in pairwise(seen[12:]))
    assert changes == 3
    assert not seen[-1]


async def test_an_agent_who_forgets_to_go_offline_is_sent_away_and_comes_back(
    scene: Scene,
) -> None:
    mia, tom = await scene.hire("Mia", capacity=5), await scene.hire("Tom", capacity=0)
    await chooses(scene, tom, AgentStatus.ONLINE)
    ann = await scene.writes("ann")
    await scene.answers(ann, mia)
    await until(scene, "2027-01-04 11:00")
    assert (await status(scene, mia))[0] is AgentStatus.ONLINE, "nobody waits for her"
    await scene.writes("ann")
    await until(scene, "2027-01-04 11:55")
    assert (await status(scene, mia))[0] is AgentStatus.ONLINE
    await until(scene, "2027-01-04 12:05")
    assert await status(scene, mia) == (AgentStatus.AWAY, StatusCause.SILENCE)
    assert await scene.holder(ann) == mia.agent_id, "the policy is to keep them"
    bob = await scene.writes("bob")
    assert await scene.holder(bob) is None
    await scene.answers(ann, mia)
    await until(scene, "2027-01-04 12:10")
    assert await status(scene, mia) == (AgentStatus.ONLINE, StatusCause.CHOICE)
    assert await scene.holder(bob) == mia.agent_id
    # Tom has no room, but customers wait on his channel as well: he is sent away, too.
    assert (await status(scene, tom))[0] is AgentStatus.ONLINE
    await chooses(scene, mia, AgentStatus.BUSY)
    await scene.writes("cid")
    await until(scene, "2027-01-04 13:15")
    assert await status(scene, tom) == (AgentStatus.AWAY, StatusCause.SILENCE)
    assert await status(scene, mia) == (AgentStatus.BUSY, StatusCause.CHOICE)


async def test_one_process_at_a_time_looks_after_agents(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=5)
    await chooses(scene, mia, AgentStatus.OFFLINE)
    await works(scene, mia, HOURS)
    first, second = [DeskWatch(Runner(scene.stage)) for _ in range(2)]
    assert [await each.check() for each in (first, second)] == [True, False]
    at(scene, "2027-01-04 09:00")  # the first has died since
    assert [await each.check() for each in (second, first)] == [True, False]
    assert await status(scene, mia) == ONLINE


async def test_who_was_seen_a_moment_ago_is_not_noted_again(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=5)
    ann = await scene.writes("ann")

    async def note(uow: UnitOfWork) -> set[AgentId]:
        found = await find_agent(uow.tx, mia.agent_id)
        assert found is not None
        uow.note_seen(to_actor(found))
        return uow.take_seen_agents(uow.now)

    assert await scene.stage.run_in_uow(note) == {mia.agent_id}
    await scene.answers(ann, mia)
    for seconds, expected in ((0, set()), (59, set()), (1, {mia.agent_id})):
        scene.stage.later(seconds)
        assert await scene.stage.run_in_uow(note) == expected


async def test_sessions_of_who_stays_offline_go_to_others_and_the_customer_is_not_bothered(
    scene: Scene,
) -> None:
    set_policy(scene, OfflinePolicy.HAND_BACK, 15)
    mia, tom = await scene.hire("Mia", capacity=5), await scene.hire("Tom", capacity=0)
    ann = await scene.writes("ann")
    await scene.answers(ann, mia)
    told = len(await scene.told(OutboxKind.NOTICE))
    await chooses(scene, mia, AgentStatus.OFFLINE)
    await until(scene, "2027-01-04 08:10")
    await chooses(scene, mia, AgentStatus.ONLINE)
    await until(scene, "2027-01-04 08:20")
    assert await scene.holder(ann) == mia.agent_id
    await chooses(scene, mia, AgentStatus.OFFLINE)
    await until(scene, "2027-01-04 08:30")
    assert await scene.holder(ann) == mia.agent_id
    await until(scene, "2027-01-04 08:40")
    assert await scene.holder(ann) is None
    expected = "Mia is not there. This session waits for the next agent; the customer was told"
    assert any(each.startswith(expected) for each in await scene.told(OutboxKind.STAFF_NOTICE))
    await scene.stage.change("agents", capacity=5)
    await chooses(scene, tom, AgentStatus.ONLINE)
    assert await scene.holder(ann) == tom.agent_id
    assert len(await scene.told(OutboxKind.NOTICE)) == told


async def test_a_session_is_passed_on_only_to_somebody(scene: Scene) -> None:
    set_policy(scene, OfflinePolicy.PASS_ON, 0)
    mia, tom = await scene.hire("Mia", capacity=5), await scene.hire("Tom", capacity=5)
    await chooses(scene, tom, AgentStatus.BUSY)
    ann = await scene.writes("ann")
    await chooses(scene, mia, AgentStatus.OFFLINE)
    assert await scene.holder(ann) == mia.agent_id
    await chooses(scene, mia, AgentStatus.ONLINE)
    await chooses(scene, tom, AgentStatus.ONLINE)
    await chooses(scene, mia, AgentStatus.OFFLINE)
    assert await scene.holder(ann) == tom.agent_id
    assert "Mia is not there. Tom has this session now" in str(
        await scene.told(OutboxKind.STAFF_NOTICE)
    )
