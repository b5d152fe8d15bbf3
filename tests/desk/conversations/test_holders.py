"""Whatever is done to sessions: numbers, events and handovers agree with who holds them."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db.ids import AgentId, new_id
from db.queries.conversations.handovers import list_newest_handovers
from db.tables import Agent, AgentKind, AgentStatus, OfflinePolicy
from desk.actors import SYSTEM, ai_agent
from desk.conversations import presence
from desk.conversations.holders import HandedOver, Taken, change_holder
from desk.unit_of_work import UnitOfWork
from tests.desk.conversations.holders_scene import ACTIONS, Scene, prepare_scene, take_snapshot
from tests.desk.stage import Stage, thread_of

Step = tuple[str, int, int, int]
_AGENTS = st.integers(0, 2)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1), _AGENTS, _AGENTS), max_size=14
)
EVERYTHING: list[Step] = [
    ("open", 0, 0, 0),
    ("claim", 0, 0, 0),
    ("transfer", 0, 0, 1),
    ("online", 0, 2, 0),
    ("offline", 0, 1, 0),
    ("end", 0, 0, 0),
    ("reopen", 0, 0, 0),
    ("answer", 1, 1, 0),
    ("assign", 1, 1, 2),
    ("retire", 1, 2, 0),
    ("end", 1, 0, 0),
    ("disable", 0, 2, 0),
    ("reopen", 1, 0, 0),
    ("assign", 1, 0, 1),
]


# The database is emptied of open sessions at the start of each example.
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(policy=OfflinePolicy.HAND_BACK, steps=EVERYTHING)
@example(policy=OfflinePolicy.PASS_ON, steps=EVERYTHING)
@example(policy=OfflinePolicy.KEEP, steps=EVERYTHING)
@given(policy=st.sampled_from(OfflinePolicy), steps=STEPS)
async def test_numbers_events_and_handovers_agree_with_the_holders(
    stage: Stage, policy: OfflinePolicy, steps: list[Step]
) -> None:
    scene = await prepare_scene(stage, policy)
    for action, *rest in steps:
        await scene.act(action, *rest)
        await scene.check(action)


async def held_by_mia(stage: Stage) -> Scene:
    """Return a scene in which the first agent holds the first customer's session."""
    scene = await prepare_scene(stage, OfflinePolicy.HAND_BACK)
    await scene.act("answer", 0, 0, 0)
    scene.before = await take_snapshot(stage)
    return scene


async def test_going_offline_writes_a_handover_with_its_reason(stage: Stage) -> None:
    scene = await held_by_mia(stage)
    mia = scene.agents[0]
    await stage.run_in_uow(lambda uow: presence.set_status(uow, mia, AgentStatus.OFFLINE))
    [session] = scene.before.holders
    async with stage.database.transaction() as tx:
        [row] = await list_newest_handovers(tx, session, most=5)
    assert (row.from_name, row.to_agent_id, row.to_name) == ("Mia", None, None)
    assert (row.by_name, row.reason) == ("Mia", "went offline")


async def test_the_desk_itself_may_hand_over(stage: Stage) -> None:
    scene = await held_by_mia(stage)

    async def work(uow: UnitOfWork) -> bool:
        thread = await thread_of(uow, scene.customers[0])
        return await change_holder(uow, thread, None, HandedOver("idle"), by=SYSTEM)

    assert await stage.run_in_uow(work)
    [session] = scene.before.holders
    async with stage.database.transaction() as tx:
        [row] = await list_newest_handovers(tx, session, most=5)
    assert (row.by_agent_id, row.by_name, row.reason) == (None, "system", "idle")


async def test_a_change_that_comes_too_late_changes_nothing(stage: Stage) -> None:
    scene = await held_by_mia(stage)
    tom = scene.agents[1]

    async def work(uow: UnitOfWork) -> bool:
        thread = await thread_of(uow, scene.customers[0])
        thread.holder_id = None  # as it was before Mia was faster
        return await change_holder(uow, thread, tom, Taken(), by=tom)

    assert not await stage.run_in_uow(work)
    assert await take_snapshot(stage) == scene.before


async def test_an_ai_agent_can_hold_a_session(stage: Stage) -> None:
    scene = await held_by_mia(stage)
    row = Agent(id=AgentId(new_id()), kind=AgentKind.AI, name="Osmo")
    async with stage.database.transaction() as tx:
        tx.add(row)
    osmo = ai_agent(row.id, "Osmo")

    async def work(uow: UnitOfWork) -> bool:
        thread = await thread_of(uow, scene.customers[0])
        return await change_holder(uow, thread, osmo, HandedOver("it can answer"), by=osmo)

    assert await stage.run_in_uow(work)
    await scene.check("transfer")
    assert list(scene.before.holders.values()) == [osmo.agent_id]
