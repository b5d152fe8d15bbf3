"""The report about AI agents, over sessions that they took part in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from db.database import Database
from db.tables import AiMode
from desk.ai.turns.steering import press_button
from desk.conversations import sessions
from desk.metrics.projection import SessionMetrics
from desk.reports.periods import Period
from desk.reports.reports import Question, report_ai
from tests.desk.ai.turns.turn_scene import TurnScene, open_scene


async def open_counted(database: Database, **config: Any) -> TurnScene:
    scene = await open_scene(database, **config)
    stage = scene.stage
    projections = [*stage.uow_factory.projections, SessionMetrics()]
    stage.uow_factory = replace(stage.uow_factory, projections=projections)
    return scene


async def end(scene: TurnScene) -> None:
    await scene.does(lambda uow, thread: sessions.end(uow, thread, scene.mia))


async def report(scene: TurnScene) -> dict[str, int]:
    """Return what is not zero in the report."""
    day = scene.stage.now.date()
    asked = Question(Period(day - timedelta(days=1), day, ZoneInfo("UTC")))
    async with scene.stage.database.transaction() as tx:
        table = await report_ai(tx, asked)
    return {str(row[0]): int(str(row[1])) for row in table.rows if row[1]}


async def test_what_ai_agents_did_alone_and_what_humans_took_over(database: Database) -> None:
    scene = await open_counted(database)
    # Answered alone, and found wrong by a human.
    await scene.says("when do you open?")
    await scene.passes(3)
    [turn] = await scene.turns()
    data, place = f"ai:wrong:{turn.id}", ("-1001", "77")
    await scene.does(lambda uow, thread: press_button(uow, thread, scene.mia, data, place))
    await end(scene)
    # Offered articles; the customer wanted a person, who answered.
    scene.knowledge.confidence = 0.2
    await scene.says("how much?")
    await scene.passes(3)
    await scene.says("I want to talk to a person")
    await scene.passes(3)
    await scene.answers("Hello, how can I help you?")
    await end(scene)
    [log] = [each for each in await scene.logs() if each.handover_triggered]
    assert log.handover_reason
    assert await report(scene) == {
        "sessions in which the customer wrote": 2,
        "answered by AI alone": 1,
        "answered by AI and humans": 1,
        "AI: answer": 1,
        "AI: offer": 1,
        "AI: handover": 1,
        "AI: judged wrong": 1,
        f"handed over: {log.handover_reason}": 1,
    }


async def test_drafts_for_humans_are_no_answers(database: Database) -> None:
    scene = await open_counted(database, mode=AiMode.SUGGEST)
    await scene.says("when do you open?")
    await scene.passes(3)
    assert await report(scene) == {
        "sessions in which the customer wrote": 1,
        "answered by nobody": 1,
        "AI: suggested to a human": 1,
    }
    [turn] = await scene.turns()
    data, place = f"ai:send:{turn.id}", ("-1001", "77")
    await scene.does(lambda uow, thread: press_button(uow, thread, scene.mia, data, place))
    found = await report(scene)
    assert (found["answered by humans alone"], "AI: answer" in found) == (1, False)
