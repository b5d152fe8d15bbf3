"""What an AI agent leaves to humans, and what it does not call them for."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from db.database import Database
from db.tables import (
    AgentStatus,
    AiAction,
    AiMode,
    AiTakeover,
    AiTurnState,
    KnowledgeQuestion,
    OutboxKind,
)
from desk.actors import ai_agent
from desk.ai.agents import delete_ai_agent
from desk.ai.errors import SuggestionGoneError
from desk.ai.turns.pleasantries import Pleasantry, find_pleasantry
from desk.ai.turns.suggestions import send_suggestion
from desk.conversations.holders import HandedOver, change_holder
from desk.conversations.presence import save_status
from tests.desk.ai.turns.turn_scene import HOURS, TurnScene, open_scene

UNAVAILABLE = "the AI agent is not available now"


async def set_status(scene: TurnScene, status: AgentStatus) -> None:
    await scene.stage.run_in_uow(lambda uow: save_status(uow, scene.aria, status))


async def staff_reads(scene: TurnScene, words: str) -> list[str]:
    return [each for each in await scene.sent(OutboxKind.STAFF_NOTICE) if words in each]


async def test_an_agent_that_goes_offline_releases_its_sessions_at_once(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    await scene.passes(3)
    assert await scene.sent() == [HOURS.text]
    # Nothing is unanswered: the customer is told nothing.
    await set_status(scene, AgentStatus.OFFLINE)
    assert await scene.holder() == "Mia"
    assert await scene.handovers() == [("aria", "mia")]
    assert len(await scene.sent(OutboxKind.NOTICE)) == 1  # the introduction
    assert len(await staff_reads(scene, UNAVAILABLE)) == 1
    # It is called by nobody, so it may go on when it is back and no human answers.
    await set_status(scene, AgentStatus.ONLINE)
    await scene.says("and on Sunday?")
    await scene.passes(400)
    assert await scene.sent() == [HOURS.text] * 2


async def test_who_waits_for_its_answer_is_told_who_answers(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    await scene.passes(2, thinks=False)
    [job] = await scene.claim_jobs()
    scene.knowledge.meanwhile.append(lambda: set_status(scene, AgentStatus.AWAY))
    await scene.run_job(job)
    assert await scene.sent() == []
    assert await scene.sent(OutboxKind.NOTICE) == ["I am passing you to Mia, who will answer here."]
    [notice] = await staff_reads(scene, UNAVAILABLE)
    assert "The customer wrote: when do you open?" in notice
    assert [(each.state, each.action) for each in await scene.turns()] == [
        (AiTurnState.DONE, AiAction.HANDOVER)
    ]
    assert await scene.actions() == [AiAction.HANDOVER]


async def test_a_deleted_agent_leaves_its_sessions_to_humans(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    await scene.passes(2, thinks=False)
    [job] = await scene.claim_jobs()
    await scene.stage.run_in_uow(lambda uow: delete_ai_agent(uow, scene.aria, by=scene.mia))
    await scene.run_job(job)
    assert await scene.holder() == "Mia"
    assert await scene.sent() == []
    assert await scene.sent(OutboxKind.NOTICE) == ["I am passing you to Mia, who will answer here."]
    assert [each.action for each in await scene.turns()] == [AiAction.HANDOVER]
    # A session that it got in the same moment goes to a human with the customer's next message.
    await scene.does(
        lambda uow, thread: change_holder(
            uow, thread, ai_agent(scene.aria, "Aria"), HandedOver("in the same moment")
        )
    )
    await scene.says("hello?")
    assert await scene.holder() == "Mia"


async def test_what_a_deleted_agent_suggested_cannot_be_sent(database: Database) -> None:
    scene = await open_scene(database, mode=AiMode.SUGGEST)
    await scene.says("when do you open?")
    await scene.passes(3)
    assert [each.state for each in await scene.turns()] == [AiTurnState.SUGGESTED]
    await scene.stage.run_in_uow(lambda uow: delete_ai_agent(uow, scene.aria, by=scene.mia))
    [dropped] = await scene.turns()
    with pytest.raises(SuggestionGoneError, match="Aria, who suggested this, was deleted"):
        await scene.does(lambda uow, thread: send_suggestion(uow, thread, scene.mia, dropped))
    assert await scene.sent() == []


async def test_what_a_deleted_agent_thinks_is_not_suggested(database: Database) -> None:
    scene = await open_scene(database, mode=AiMode.SUGGEST)
    await scene.says("when do you open?")
    await scene.passes(2, thinks=False)
    [job] = await scene.claim_jobs()
    await scene.stage.run_in_uow(lambda uow: delete_ai_agent(uow, scene.aria, by=scene.mia))
    await scene.run_job(job)
    assert await staff_reads(scene, "suggests") == []
    assert await scene.actions() == [AiAction.DROPPED]
    assert [each.handover_reason for each in await scene.logs()] == [
        "Aria, who suggested this, was deleted."
    ]


async def test_a_channel_where_it_was_switched_off_gets_a_human(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    await scene.passes(3)
    channel = scene.stage.channels[scene.stage.channel_id]
    scene.stage.channels.replace_all([replace(channel, ai_takeover=AiTakeover.OFF)])
    await scene.says("and on Sunday?")
    await scene.passes(60)
    assert await scene.holder() == "Mia"
    assert await scene.sent() == [HOURS.text]
    assert len(await staff_reads(scene, UNAVAILABLE)) == 1


@pytest.mark.parametrize("text", ["hello", "Halo kak!! 👋", "Selamat pagi, min", "hiii", "P"])
async def test_a_greeting_is_greeted_and_calls_nobody(database: Database, text: str) -> None:
    scene = await open_scene(database)
    scene.knowledge.confidence = 0
    await scene.says(text)
    await scene.passes(30)
    assert await scene.sent() == ["Hello! What can I help you with?"]
    assert await scene.holder() == "Aria"
    assert await scene.actions() == [AiAction.CLARIFY]
    [shown] = [each for each in await scene.sent(OutboxKind.COPY) if "Aria" in each]
    assert shown.startswith("🤖 nothing was asked yet\nAria: Hello!")
    await scene.says("ok thank you so much!")
    await scene.passes(30)
    assert (await scene.sent())[1].startswith("You are welcome!")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("good morning everyone", Pleasantry.GREETING),
        ("assalamualaikum, selamat sore pak", Pleasantry.GREETING),
        ("terima kasih banyak ya", Pleasantry.THANKS),
        ("siap, makasih kak", Pleasantry.THANKS),
        ("hi, when do you open?", None),
        ("hello 24", None),
        ("pagi buka jam berapa", None),
        ("thanks, but it is broken", None),
        ("hi " * 40, None),
        ("", None),
        ("👋", None),
    ],
)
def test_what_only_greets_or_thanks(text: str, found: Pleasantry | None) -> None:
    assert find_pleasantry(text) is found


async def test_why_it_takes_a_session_is_true(database: Database) -> None:
    scene = await open_scene(database, takeover=AiTakeover.DELAYED, minutes=0)
    await scene.says("when do you open?")
    await scene.passes(3)
    assert await staff_reads(scene, "Aria answers here now: no agent has answered yet")
    await scene.answers("At nine.")
    await scene.passes(180)
    await scene.says("and on Sunday?")
    await scene.passes(3)
    assert await staff_reads(scene, "no agent has answered for 3 min")


async def proposed(scene: TurnScene) -> list[tuple[str, str | None]]:
    async with scene.stage.database.transaction() as tx:
        rows = await tx.scalars(select(KnowledgeQuestion).order_by(KnowledgeQuestion.id))
        return [(row.text, row.answer) for row in rows]


async def test_questions_that_humans_answer_are_proposed_once(database: Database) -> None:
    scene = await open_scene(database)
    scene.knowledge.passages = ()
    await scene.says("do you repair watches?")
    await scene.passes(3)
    assert await scene.actions() == [AiAction.HANDOVER]
    await scene.answers("Yes, on Mondays.")
    await scene.says("how nice of you")
    await scene.answers("Bring it along.")
    assert await proposed(scene) == [("do you repair watches?", "Yes, on Mondays.")]
    # A human was faster than the agent.
    await scene.passes(400)
    await scene.says("do you buy old watches?")
    await scene.answers("No, we do not.")
    assert (await proposed(scene))[1:] == [("do you buy old watches?", "No, we do not.")]


async def test_a_corrected_answer_is_proposed_and_a_call_for_a_person_is_not(
    database: Database,
) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open on Sunday?")
    await scene.passes(3)
    await scene.answers("We are closed on Sunday.")
    assert await proposed(scene) == [("when do you open on Sunday?", "We are closed on Sunday.")]
    await scene.passes(400)
    await scene.says("please let me talk to a human")
    await scene.passes(3)
    await scene.answers("Here I am.")
    assert len(await proposed(scene)) == 1
