"""However a turn ends, its tokens count as used, and nothing stays reserved."""

import pytest
from sqlalchemy import text

from db.database import Database
from db.queues.lanes import LeaseLostError
from db.tables import AiAction
from desk.ai.model.ports import AiAnswer
from tests.desk.ai.turns.test_steering import ask_model, good
from tests.desk.ai.turns.turn_scene import TurnScene

# What one answer of the model uses, and one with the summary for a human.
ANSWER, WITH_SUMMARY = 120, 180


async def read_tokens(scene: TurnScene) -> list[tuple[int, int]]:
    """List the tokens of each budget: used or reserved, and reserved."""
    wanted = (
        "SELECT b.tokens, COALESCE(SUM(r.tokens), 0) FROM ai_token_budgets b"
        " LEFT JOIN ai_token_reservations r ON r.budget = b.budget GROUP BY b.budget, b.tokens"
    )
    async with scene.stage.database.transaction() as tx:
        return [(used, int(held)) for used, held in await tx.execute(text(wanted))]


@pytest.mark.parametrize(
    ("answer", "action", "used"),
    [
        (good(), AiAction.ANSWER, ANSWER),
        (good("You get a refund of 90% today."), AiAction.HANDOVER, WITH_SUMMARY),
    ],
)
async def test_after_an_answer(
    database: Database, answer: AiAnswer, action: AiAction, used: int
) -> None:
    scene = await ask_model(database, answer)
    assert await scene.actions() == [action]
    assert await read_tokens(scene) == [(used, 0)] * 2  # of the day and of the session


async def test_when_a_human_was_faster(database: Database) -> None:
    scene = await ask_model(database, good(), thinks=False)
    [job] = await scene.claim_jobs()
    scene.knowledge.meanwhile.append(lambda: scene.answers("At 9."))
    await scene.run_job(job)
    assert await scene.sent() == ["At 9."]
    assert await read_tokens(scene) == [(ANSWER, 0)] * 2


async def test_when_the_customer_wrote_more_and_it_is_thought_again(database: Database) -> None:
    scene = await ask_model(database, good(), good("We open at 9 every day."), thinks=False)
    [job] = await scene.claim_jobs()
    scene.knowledge.meanwhile.append(lambda: scene.says("on Sundays, too?"))
    await scene.run_job(job)
    assert await scene.sent() == ["We open at 9 every day."]
    assert await read_tokens(scene) == [(2 * ANSWER, 0)] * 2


async def test_when_the_answer_cannot_be_stored(database: Database) -> None:
    scene = await ask_model(database, good(), thinks=False)
    [job] = await scene.claim_jobs()

    async def lose_lease() -> None:
        async with scene.stage.database.transaction() as tx:
            await tx.execute(text("UPDATE jobs SET lease = 'another'"))

    scene.knowledge.meanwhile.append(lose_lease)
    with pytest.raises(LeaseLostError):
        await scene.run_job(job)
    assert await scene.sent() == []
    assert await read_tokens(scene) == [(ANSWER, 0)] * 2
