"""A turn whose job starts in the process that began it, with what its transaction has read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from db.database import Database
from db.queues import jobs
from db.queues.jobs import ClaimedJob
from db.queues.lanes import LeaseLostError
from db.tables import AiTurnState, Job, JobKind, JobState
from desk.ai.turns.thought import PreparedTurn
from tests.desk.ai.turns.turn_scene import HOURS, TurnScene, open_scene


@dataclass
class Starter:
    """A runner with room, whose jobs the test runs."""

    scene: TurnScene
    started: list[tuple[ClaimedJob, object]] = field(default_factory=list)

    def offer_lease(self, kind: JobKind) -> datetime | None:
        return self.scene.stage.now + timedelta(seconds=20)

    def start(self, job: ClaimedJob, prepared: object) -> None:
        self.started.append((job, prepared))

    async def think(self) -> None:
        """Run the one job that was started."""
        [(job, prepared)] = self.started
        self.started.clear()
        await self.scene.run_job(job, prepared)


async def begin(database: Database, *texts: str) -> tuple[TurnScene, Starter]:
    """Let the customer write, and the turn begin."""
    scene = await open_scene(database)
    starter = Starter(scene)
    scene.stage.uow_factory.job_starter.runner = starter
    for text in texts:
        await scene.says(text)
    await scene.passes(3, thinks=False)
    return scene, starter


async def test_a_turn_is_thought_about_without_another_claim(database: Database) -> None:
    scene, starter = await begin(database, "hello", "when do you open?")
    assert await scene.claim_jobs() == []
    [(_, prepared)] = starter.started
    assert isinstance(prepared, PreparedTurn)
    assert prepared.material.question == "hello\nwhen do you open?"
    await starter.think()
    assert scene.knowledge.questions == ["hello\nwhen do you open?"]
    assert await scene.sent() == [HOURS.text]
    [turn] = await scene.turns()
    assert turn.state is AiTurnState.DONE
    async with database.transaction() as tx:
        row = await tx.get(Job, (await tx.scalars(jobs.jobs.select())).one())
    assert row is not None
    assert (row.state, row.lease) == (JobState.DONE, None)


async def test_what_came_meanwhile_is_read_anew(database: Database) -> None:
    scene, starter = await begin(database, "hello")
    await scene.says("and the price?")
    await starter.think()
    assert scene.knowledge.questions == ["hello", "hello\nand the price?"]
    assert await scene.sent() == [HOURS.text]


async def test_a_human_who_was_faster_speaks_alone(database: Database) -> None:
    scene, starter = await begin(database, "when do you open?")
    await scene.answers("At ten today")
    await starter.think()
    assert await scene.sent() == ["At ten today"]
    [turn] = await scene.turns()
    assert turn.state is AiTurnState.DROPPED


async def test_a_turn_that_was_taken_over_is_answered_once(database: Database) -> None:
    scene, starter = await begin(database, "when do you open?")
    scene.stage.later(21)
    async with database.transaction() as tx:
        await jobs.expire_leases(tx, scene.stage.now)
    [taken] = await scene.claim_jobs()
    with pytest.raises(LeaseLostError):
        await starter.think()
    assert await scene.sent() == []
    await scene.run_job(taken)
    assert await scene.sent() == [HOURS.text]
