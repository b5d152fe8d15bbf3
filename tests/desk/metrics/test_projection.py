"""The figures of sessions, while they happen; `db check --metrics` agrees after each step."""

import random

import pytest
from sqlalchemy import delete

from db.database import Database
from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queries.messages import drafts
from db.tables import ConversationMetrics, DeliveryState
from desk import actors
from desk.events import DeliveryChanged
from desk.unit_of_work import UnitOfWork
from tests.desk.metrics import scene as steps
from tests.desk.metrics.scene import BEGIN, Scene, Work, answer, ask, open_scene

RULE = actors.rule("greeting")


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await open_scene(database)


async def test_a_session_from_its_opening_to_its_end(scene: Scene) -> None:
    await scene.act(ask)
    scene.at(1)
    await scene.act(ask, answer(RULE))
    scene.at(2)
    await scene.act(answer(scene.robot))
    scene.at(3)
    await scene.act(ask)
    scene.at(5)
    await scene.act(ask, steps.claim(scene.mia))
    scene.at(10)
    await scene.act(answer(scene.mia), steps.note)
    scene.at(11)
    await scene.act(answer(scene.mia))
    scene.at(12)
    await scene.act(steps.assign(scene.tom, scene.mia))
    scene.at(13)
    await scene.act(ask)
    scene.at(16)
    await scene.act(answer(scene.tom))
    scene.at(20)
    await scene.act(ask)
    await scene.act(steps.end(scene.tom))
    row = await scene.figures()
    assert (row.opened_at, row.first_held_at, row.waiting_seconds) == (
        BEGIN,
        row.first_held_at,
        300,
    )
    assert row.first_inbound_at == BEGIN
    assert (row.first_rule_seconds, row.first_ai_seconds, row.first_human_seconds) == (60, 120, 600)
    assert (row.first_answer_seconds, row.first_answer_at) == (120, row.first_ai_at)
    assert (row.first_human_by_id, row.agent_id) == (scene.mia.agent_id, scene.tom.agent_id)
    # From minute 3 to 10, and from 13 to 16; the message of minute 20 has no answer.
    assert row.next_answer_count == 2
    assert (row.next_answer_seconds_sum, row.next_answer_seconds_max) == (600, 420)
    assert row.unanswered_since == scene.now
    assert (row.resolution_seconds, row.resolution_business_seconds) == (1200, 1200)
    counts = row.inbound_count, row.human_count, row.ai_count, row.rule_count
    assert counts == (6, 3, 1, 1)
    assert (row.handover_count, row.reopen_count) == (1, 0)
    assert await scene.differences() == []


async def test_a_reopened_session_that_nobody_answers(scene: Scene) -> None:
    await scene.act(ask)
    scene.at(30)
    await scene.act(steps.end(scene.mia))
    row = await scene.figures()
    assert (row.first_held_at, row.waiting_seconds, row.resolution_seconds) == (None, 1800, 1800)
    scene.at(60)
    await scene.act(steps.reopen(scene.mia))
    row = await scene.figures()
    assert (row.ended_at, row.waiting_seconds, row.resolution_seconds) == (None, None, None)
    assert row.reopen_count == 1
    scene.at(90)
    await scene.act(steps.claim(scene.tom))
    scene.at(95)
    await scene.act(steps.hand_back(scene.tom), steps.end(scene.mia))
    row = await scene.figures()
    assert (row.waiting_seconds, row.resolution_seconds) == (5400, 5700)
    assert (row.agent_id, row.handover_count) == (None, 1)
    assert (row.first_answer_at, row.unanswered_since) == (None, BEGIN)
    assert await scene.differences() == []


async def test_an_answer_counts_when_it_is_sent_and_unless_it_fails(scene: Scene) -> None:
    made: list[MessageId] = []

    async def write_draft(uow: UnitOfWork, thread: Thread) -> None:
        made.append(await answer(scene.mia)(uow, thread))  # type: ignore[arg-type]
        await uow.flush_messages()
        await drafts.hold(uow.tx, made[-1], "closed")
        uow.events.add(DeliveryChanged(made[-1], DeliveryState.HELD))

    async def release(uow: UnitOfWork, thread: Thread) -> None:
        assert await drafts.release_draft(uow.tx, thread.conversation_id, made[-1], uow.now)
        uow.events.add(DeliveryChanged(made[-1], DeliveryState.PENDING))

    await scene.act(ask)
    scene.at(5)
    await scene.act(write_draft)
    await scene.act(answer(scene.mia, DeliveryState.HELD))
    row = await scene.figures()
    assert (row.human_count, row.first_answer_at, row.unanswered_since) == (0, None, BEGIN)
    scene.at(15)
    await scene.act(release)
    row = await scene.figures()
    assert (row.human_count, row.first_answer_seconds, row.unanswered_since) == (1, 900, None)
    scene.at(16)
    await scene.act(steps.set_state(made[-1], DeliveryState.FAILED))
    row = await scene.figures()
    assert (row.human_count, row.first_human_by_id, row.unanswered_since) == (0, None, BEGIN)
    scene.at(20)  # it arrived after all
    arrived = steps.set_state(made[-1], DeliveryState.READ, former=DeliveryState.FAILED)
    await scene.act(arrived)
    assert (await scene.figures()).first_human_seconds == 900
    await scene.act(steps.set_state(made[-1], DeliveryState.DELIVERED))
    assert await scene.differences() == []


async def test_messages_that_overtake_each_other(scene: Scene) -> None:
    """A process can be slower than another one: what it writes is older, and comes later."""
    await scene.act(ask)
    scene.at(10)
    await scene.act(answer(scene.mia))
    scene.at(5)
    await scene.act(ask)
    assert (await scene.figures()).unanswered_since is None
    scene.at(20)
    await scene.act(ask)
    scene.at(15)
    await scene.act(answer(scene.mia))
    row = await scene.figures()
    assert (row.unanswered_since, row.next_answer_count) == (BEGIN.replace(minute=20), 0)
    scene.at(18)
    await scene.act(ask, answer(scene.robot))
    assert (await scene.figures()).next_answer_count == 1
    assert await scene.differences() == []


async def test_what_was_written_before_the_customer_answers_nothing(scene: Scene) -> None:
    await scene.act(steps.open_session, answer(scene.mia), answer(scene.mia))
    await scene.act(answer(scene.mia))
    row = await scene.figures()
    assert (row.human_count, row.first_human_at, row.first_answer_at) == (3, None, None)
    await scene.act(ask)
    scene.at(1)
    await scene.act(answer(scene.mia))
    assert (await scene.figures()).first_human_seconds == 60
    assert await scene.differences() == []


async def test_a_row_that_is_missing_is_counted_anew(scene: Scene) -> None:
    await scene.act(ask)
    for work in (ask, answer(scene.mia), steps.claim(scene.mia)):
        async with scene.stage.database.transaction() as tx:
            await tx.execute(delete(ConversationMetrics))
        assert [each.column for each in await scene.differences()] == ["the row"]
        await scene.act(work)
        assert await scene.differences() == []


async def test_a_changed_figure_is_found(scene: Scene) -> None:
    await scene.act(ask)
    await scene.stage.change("conversation_metrics", human_count=7)
    assert [str(each).partition(": ")[2] for each in await scene.differences()] == [
        "human_count is 7, counted 0"
    ]


def _list_works(scene: Scene) -> list[Work]:
    mia, tom = scene.mia, scene.tom

    def change_last(state: DeliveryState) -> Work:
        async def work(uow: UnitOfWork, thread: Thread) -> None:
            last = await steps.find_last_answer(uow, thread)
            if last is not None:
                former = last.delivery_state
                await steps.set_state(last.id, state, former=former)(uow, thread)

        return work

    return [
        *(ask, ask, ask, steps.note),
        *(answer(each) for each in (mia, mia, tom, scene.robot, RULE)),
        answer(mia, DeliveryState.HELD),
        *(change_last(each) for each in (DeliveryState.FAILED, DeliveryState.SENT)),
        *(steps.claim(mia), steps.assign(tom, mia), steps.hand_back(tom)),
        *(steps.end(mia), steps.reopen(mia)),
    ]


@pytest.mark.parametrize("has_hours", [True, False])
async def test_whatever_happens_the_check_agrees(scene: Scene, *, has_hours: bool) -> None:
    chance = random.Random(7)  # noqa: S311 no secret
    if has_hours:
        await scene.set_hours(
            {
                "time_zone": "Europe/Berlin",
                "week": {"monday": [{"opens": "09:00", "closes": "12:30"}]},
            }
        )
    works = _list_works(scene)
    customers = [scene.ana, await steps.add_customer(scene, "Ben")]
    minutes = 0.0
    for number in range(80):
        minutes += chance.choice([0, 0.25, 1 / 7, 1, 30, -0.5])
        scene.at(minutes)
        chosen = chance.choices(works, k=chance.choice([1, 1, 2, 3]))
        await scene.act(*chosen, customer=chance.choice(customers))
        if number % 10 == 9:
            assert await scene.differences() == []
