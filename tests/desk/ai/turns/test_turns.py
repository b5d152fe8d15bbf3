"""Turns of AI agents on a real database: exactly one of AI, deadline and human speaks."""

from datetime import timedelta

import pytest

from db.database import Database
from db.queries.cleanup.ai_cleanup import delete_old_turns
from db.queues import jobs
from db.queues.lanes import LeaseLostError
from db.tables import AiAction, AiTakeover, AiTurnState, OutboxKind
from tests.desk.ai.turns.turn_scene import HOURS, PRICES, open_scene


async def test_a_burst_gets_one_answer(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("hello")
    assert await scene.holder() == "Aria"
    await scene.passes(1)
    await scene.says("when do you open?")
    await scene.passes(1)
    assert await scene.sent() == []
    await scene.passes(2)
    assert scene.knowledge.questions == ["hello\nwhen do you open?"]
    assert await scene.sent() == [HOURS.text]
    [told] = await scene.sent(OutboxKind.NOTICE)
    assert told.startswith("Aria, our automatic assistant")
    [turn] = await scene.turns()
    [log] = await scene.logs()
    assert (turn.state, turn.action) == (AiTurnState.DONE, AiAction.ANSWER)
    assert (log.action, log.confidence_score, log.reply_id) == (
        AiAction.ANSWER,
        0.9,
        turn.message_id,
    )
    assert log.user_message == "hello\nwhen do you open?"
    [shown] = [each for each in await scene.sent(OutboxKind.COPY) if "Aria" in each]
    assert shown == f"🤖 90 % sure, from “Opening hours”, from articles alone\nAria: {HOURS.text}"
    # The next question: no second introduction, and the deadline's timer does nothing.
    await scene.says("and the price?")
    await scene.passes(60)
    assert await scene.sent() == [HOURS.text] * 2
    assert len(await scene.sent(OutboxKind.NOTICE)) == 1
    assert await scene.handovers() == []


async def test_what_a_rule_answered_is_not_answered_again(database: Database) -> None:
    scene = await open_scene(database)
    await scene.add_rule("price", "It costs Rp10,000.", goes_on=False)
    await scene.add_rule("hello", "Welcome!", goes_on=True)
    await scene.says("what is the price?")
    await scene.passes(60)
    assert await scene.sent() == ["It costs Rp10,000."]
    assert scene.knowledge.questions == []
    await scene.says("hello, when do you open?")
    await scene.passes(60)
    assert await scene.sent() == ["It costs Rp10,000.", "Welcome!", HOURS.text]
    assert await scene.holder() == "Aria"


async def test_a_human_who_answers_first_is_not_talked_over(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    scene.knowledge.meanwhile.append(lambda: scene.answers("At nine."))
    await scene.passes(30)
    assert await scene.sent() == ["At nine."]
    assert await scene.holder() == "Mia"
    assert await scene.handovers() == [("aria", "mia")]
    assert await scene.actions() == [AiAction.DROPPED]
    # The AI stays silent until five minutes after the human's last message, then answers again.
    await scene.passes(60)
    await scene.says("thanks, and on Sunday?")
    await scene.passes(60)
    assert await scene.sent() == ["At nine."]
    await scene.passes(180)
    assert await scene.sent() == ["At nine.", HOURS.text]
    assert await scene.holder() == "Aria"


@pytest.mark.parametrize("seconds", [2, 30], ids=["as it begins", "at the deadline"])
async def test_a_human_who_answers_in_one_batch_with_a_timer_is_not_talked_over(
    database: Database, seconds: int
) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    if seconds > 2:
        await scene.passes(2, thinks=False)
    await scene.answers_as_timers_fire("At nine.", seconds)
    await scene.think()
    assert await scene.sent() == ["At nine."]
    assert await scene.sent(OutboxKind.NOTICE) == []
    assert await scene.holder() == "Mia"
    assert await scene.actions() == [AiAction.DROPPED]


async def test_what_comes_while_it_thinks_is_thought_about_once_more(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("one")
    scene.knowledge.meanwhile += [lambda: scene.says("two"), lambda: scene.says("three")]
    await scene.passes(2)
    assert scene.knowledge.questions == ["one", "one\ntwo"]
    # The third is a turn of its own, and each has one answer.
    assert len(await scene.sent()) == 1
    await scene.passes(30)
    assert scene.knowledge.questions == ["one", "one\ntwo", "three"]
    assert len(await scene.sent()) == 2
    assert [each.state for each in await scene.turns()] == [AiTurnState.DONE] * 2


async def test_the_deadline_calls_a_human_and_a_late_answer_is_dropped(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    await scene.passes(2, thinks=False)
    [job] = await scene.claim_jobs()
    scene.knowledge.meanwhile.append(lambda: scene.passes(30, thinks=False))
    await scene.run_job(job)
    assert await scene.sent() == []
    assert await scene.holder() == "Mia"
    told = await scene.sent(OutboxKind.NOTICE)
    assert told == ["I am passing you to Mia, who will answer here."]
    assert await scene.actions() == [AiAction.FAILED]
    assert await scene.handovers() == [("aria", "mia")]
    [notice] = [e for e in await scene.sent(OutboxKind.STAFF_NOTICE) if "hands this over" in e]
    assert "no answer was ready in time" in notice
    assert "The customer wrote: when do you open?" in notice


async def test_a_turn_that_was_to_begin_while_the_desk_was_away_begins_late(
    database: Database,
) -> None:
    scene = await open_scene(database, takeover=AiTakeover.DELAYED, minutes=2)
    await scene.says("when do you open?")
    assert await scene.holder() == "Mia"
    scene.stage.later(600)  # nothing runs meanwhile, and then all timers are due at once
    await scene.passes(1)
    assert await scene.holder() == "Aria"
    assert await scene.sent() == [HOURS.text]
    assert await scene.actions() == [AiAction.ANSWER]
    await scene.passes(60)
    assert len(await scene.sent()) == 1


async def test_a_crash_repeats_the_thinking_and_never_the_message(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    await scene.passes(2, thinks=False)
    [first] = await scene.claim_jobs()

    async def another_process_takes_over() -> None:
        await database.run(lambda tx: jobs.expire_leases(tx, scene.stage.now))
        [second] = await scene.claim_jobs()
        assert second.is_taken_over
        await scene.run_job(second)

    scene.knowledge.meanwhile.append(another_process_takes_over)
    with pytest.raises(LeaseLostError):
        await scene.run_job(first)
    assert await scene.sent() == [HOURS.text]
    assert await scene.actions() == [AiAction.ANSWER]


async def test_articles_are_offered_and_chosen(database: Database) -> None:
    scene = await open_scene(database)
    scene.knowledge.confidence = 0.2
    await scene.says("how much?")
    await scene.passes(3)
    assert await scene.sent() == ["Is it one of these?"]
    [offer] = [row for row in await scene.stage.outbox() if row.kind is OutboxKind.ANSWER]
    choices = [each["text"] for row in offer.payload["buttons"] for each in row]
    assert choices == ["Opening hours", "Prices", "A person"]
    await scene.says("2")
    await scene.passes(3)
    assert await scene.sent() == ["Is it one of these?", PRICES.text]
    [turn, _] = await scene.turns()
    await scene.says("A person", choice=f"ask:{turn.id}:person")
    await scene.passes(3)
    assert await scene.holder() == "Mia"
    assert await scene.actions() == [AiAction.OFFER, AiAction.ANSWER, AiAction.HANDOVER]


async def test_a_handover_tells_the_customer_once_and_stays(database: Database) -> None:
    scene = await open_scene(database, online=False)
    await scene.says("I want to talk to a person")
    await scene.passes(3)
    assert scene.knowledge.questions == []
    assert await scene.sent() == []
    [told] = await scene.sent(OutboxKind.NOTICE)
    assert told.startswith("I am passing this to a colleague.")
    assert await scene.holder() is None
    assert await scene.handovers() == [("aria", None)]
    await scene.says("hello?")
    await scene.passes(300)
    assert len(await scene.sent(OutboxKind.NOTICE)) == 1
    assert await scene.sent() == []


async def test_delayed_takeover_waits_for_a_human(database: Database) -> None:
    scene = await open_scene(database, takeover=AiTakeover.DELAYED, minutes=2)
    await scene.says("when do you open?")
    assert await scene.holder() == "Mia"
    await scene.passes(60)
    await scene.answers("At nine.")
    await scene.passes(600)
    assert await scene.sent() == ["At nine."]
    await scene.says("and on Sunday?")
    await scene.passes(119)
    assert len(await scene.sent()) == 1
    await scene.passes(10)
    assert await scene.sent() == ["At nine.", HOURS.text]
    assert await scene.holder() == "Aria"
    assert await scene.handovers() == [("mia", "aria")]


async def test_nothing_happens_where_ai_is_off(database: Database) -> None:
    scene = await open_scene(database, takeover=AiTakeover.OFF)
    await scene.says("when do you open?")
    await scene.passes(600)
    assert await scene.holder() == "Mia"
    assert (await scene.turns(), await scene.sent()) == ([], [])


async def test_old_turns_are_deleted(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    await scene.passes(3)
    for days, left in ((-1, 1), (1, 0)):
        before = scene.stage.now + timedelta(days=days)
        await database.run(lambda tx, before=before: delete_old_turns(tx, before, 10))  # type: ignore[misc]
        assert len(await scene.turns()) == left
