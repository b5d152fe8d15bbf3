"""What staff does with AI agents in a session, and answers of a model, on a real database."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from db.database import Database
from db.tables import AiAction, AiMode, AiTakeover, AiTurnState, OutboxKind
from desk.ai.model.budget import BudgetLimits
from desk.ai.model.levels import ModelNames
from desk.ai.model.ports import (
    AiAnswer,
    AnswerAction,
    AnswerForm,
    Citation,
    FailureReason,
    ModelError,
    ModelReply,
    ModelRequest,
    ModelUnavailable,
    Usage,
    WrittenText,
)
from desk.ai.model.prices import ModelPrices, Price
from desk.ai.turns.steering import press_button, set_mode
from desk.ai.turns.suggestions import send_suggestion
from desk.ai.turns.with_model import ModelAnswers
from desk.conversations.sessions import end
from tests.desk.ai.turns.turn_scene import HOURS, StageTransactions, TurnScene, open_scene

AT = ("-1001", "77")


async def press(scene: TurnScene, verb: str, number: int = 0) -> str:
    turn = (await scene.turns())[number]
    data = f"ai:{verb}:{turn.id}"
    return (await scene.does(lambda uow, thread: press_button(uow, thread, scene.mia, data, AT)))[0]


async def test_suggestions_are_sent_and_dropped_by_staff(database: Database) -> None:
    scene = await open_scene(database, mode=AiMode.SUGGEST)
    await scene.says("when do you open?")
    assert await scene.holder() == "Mia"
    await scene.passes(3)
    assert await scene.sent() == []
    [notice] = [e for e in await scene.sent(OutboxKind.STAFF_NOTICE) if "suggests" in e]
    assert notice.endswith(HOURS.text)
    assert (await press(scene, "send")).startswith("Sent")
    assert await scene.sent() == [HOURS.text]
    assert await press(scene, "send") == "Mia sent this suggestion."
    await scene.says("and the price?")
    await scene.passes(3)
    await press(scene, "drop", 1)
    assert await scene.sent() == [HOURS.text]
    states = [each.state for each in await scene.turns()]
    assert states == [AiTurnState.DONE, AiTurnState.DROPPED]
    assert [each.mode for each in await scene.logs()] == [AiMode.SUGGEST] * 2


async def test_what_became_of_suggestions_is_in_the_audit_log_and_the_figures(
    database: Database,
) -> None:
    scene = await open_scene(database, mode=AiMode.SUGGEST)
    for verb in ("send", "edit", "drop"):
        await scene.says("when do you open?")
        await scene.passes(3)
        await press(scene, verb, -1)
    turns = await scene.turns()
    assert [each.reason for each in turns] == [
        "Mia sent this suggestion.",
        "Mia took this suggestion to write it in other words.",
        "Mia dropped this suggestion.",
    ]
    entries = [each for each in await scene.audit() if each.action.startswith("suggestion.")]
    session = turns[0].session_id
    assert [(each.action, each.subject, each.actor) for each in entries] == [
        ("suggestion.sent", turns[0].message_id, "Mia"),
        ("suggestion.changed", session, "Mia"),
        ("suggestion.dropped", session, "Mia"),
    ]
    logs = await scene.logs()
    assert [each.wrong_reason for each in logs] == [None, "changed by staff", None]


@pytest.mark.parametrize(("text", "is_changed"), [(HOURS.text, False), ("From 9.", True)])
async def test_a_suggestion_that_is_sent_in_other_words_was_wrong(
    text: str, is_changed: bool, database: Database
) -> None:
    scene = await open_scene(database, mode=AiMode.SUGGEST)
    await scene.says("when do you open?")
    await scene.passes(3)
    [turn] = await scene.turns()
    await scene.does(lambda uow, thread: send_suggestion(uow, thread, scene.mia, turn, text=text))
    assert await scene.sent() == [text]
    assert [each.judged_wrong for each in await scene.logs()] == [is_changed]
    [entry] = [each for each in await scene.audit() if each.action.startswith("suggestion.")]
    assert entry.action == ("suggestion.changed" if is_changed else "suggestion.sent")


async def test_a_session_has_one_suggestion_until_something_else_happens(
    database: Database,
) -> None:
    scene = await open_scene(database, mode=AiMode.SUGGEST)

    async def ask() -> None:
        await scene.says("when do you open?")
        await scene.passes(3)

    await ask()
    await ask()  # a newer draft takes the place of the first one
    await scene.answers("At nine.")
    await ask()
    await scene.does(lambda uow, thread: set_mode(uow, thread, scene.mia, AiMode.OFF))
    await scene.does(lambda uow, thread: set_mode(uow, thread, scene.mia, AiMode.SUGGEST))
    await ask()
    await scene.does(lambda uow, thread: end(uow, thread, scene.mia))
    outcomes = [each.reason for each in await scene.turns()]
    gone = "This suggestion is out of date."
    assert outcomes == ["A newer suggestion took the place of this one.", gone, gone, gone]
    assert {each.state for each in await scene.turns()} == {AiTurnState.DROPPED}
    assert await press(scene, "send", 1) == gone
    assert await scene.sent() == ["At nine."]


async def test_staff_switches_it_off_and_on_and_judges_it(database: Database) -> None:
    scene = await open_scene(database)
    await scene.says("when do you open?")
    await scene.passes(3)
    assert await press(scene, "wrong") == "Counted as wrong. Thank you."
    assert [each.judged_wrong for each in await scene.logs()] == [True]
    await scene.does(lambda uow, thread: set_mode(uow, thread, scene.mia, AiMode.OFF))
    assert await scene.holder() == "Mia"
    await scene.says("and the price?")
    await scene.passes(900)
    assert len(await scene.sent()) == 1
    # The button gives it back, and it answers what is not answered.
    await press(scene, "give")
    assert await scene.holder() == "Aria"
    await scene.passes(3)
    assert len(await scene.sent()) == 2
    await press(scene, "take")
    assert await scene.holder() == "Mia"
    assert await scene.handovers() == [("aria", "mia"), ("mia", "aria"), ("aria", "mia")]


async def test_after_its_limit_it_calls_a_human_and_says_so(database: Database) -> None:
    scene = await open_scene(database, reply_limit=1, reply_limit_notice="That is all from me.")
    for question in ("when do you open?", "and on Sunday?"):
        await scene.says(question)
        await scene.passes(3)
    assert len(await scene.sent()) == 1
    told = (await scene.sent(OutboxKind.NOTICE))[-1]
    assert told == "That is all from me.\nI am passing you to Mia, who will answer here."


@dataclass
class ScriptedModel:
    """A language model that answers what a test says, or raises it."""

    answers: list[AiAnswer | ModelError]
    requests: list[ModelRequest] = field(default_factory=list)

    async def answer(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        said = self.answers.pop(0)
        if isinstance(said, ModelError):
            raise said
        return ModelReply(said, Usage(100, 20), 0.1, AnswerForm.JSON_SCHEMA, "small-1")

    async def write(self, request: ModelRequest) -> WrittenText:
        self.requests.append(request)
        return WrittenText("They ask when we open.", Usage(50, 10), 0.1, "small-1")


def good(text: str = "We open at 9.") -> AiAnswer:
    return AiAnswer(AnswerAction.ANSWER, text, (Citation("P1", HOURS.text),), 0.9, "", "en")


async def ask_model(
    database: Database,
    *answers: AiAnswer | ModelError,
    confidence: float = 0.3,
    question: str = "when do you open?",
    thinks: bool = True,
) -> TurnScene:
    scene = await open_scene(database, takeover=AiTakeover.IMMEDIATE)
    scene.knowledge.confidence = confidence
    scene.model = ModelAnswers(
        ScriptedModel(list(answers)),
        ModelNames("small"),
        BudgetLimits(),
        StageTransactions(scene.stage),
        lambda: 0.5,
        ModelPrices({"small": Price(1, 2)}),
    )
    await scene.says(question)
    await scene.passes(3, thinks=thinks)
    return scene


async def test_a_model_answers_and_its_cost_is_logged(database: Database) -> None:
    scene = await ask_model(database, good())
    assert await scene.sent() == ["We open at 9."]
    [log] = await scene.logs()
    assert (log.model, log.tokens_in, log.tokens_out) == ("small-1", 100, 20)
    assert log.cost == pytest.approx(0.00014)
    assert [each["passage"] for each in log.used_knowledge] == ["p1"]


WRONG: Sequence[tuple[AiAnswer | ModelError, str]] = [
    (good("We open at 7 and give you a refund of 90%."), "did not pass the checks"),
    (ModelUnavailable(FailureReason.TIMEOUT), "gave no answer (timeout)"),
    (AiAnswer(AnswerAction.HANDOVER, "", reason="they want to sue"), "they want to sue"),
]


async def test_what_a_model_does_wrong_ends_with_a_human_once(database: Database) -> None:
    scene = await ask_model(database, WRONG[0][0])
    assert await scene.sent() == []
    assert await scene.sent(OutboxKind.NOTICE) == ["I am passing you to Mia, who will answer here."]
    [notice] = [e for e in await scene.sent(OutboxKind.STAFF_NOTICE) if "hands this over" in e]
    assert WRONG[0][1] in notice
    assert "They ask when we open." in notice
    assert await scene.actions() == [AiAction.HANDOVER]


async def test_a_model_that_does_not_answer_is_a_reason(database: Database) -> None:
    scene = await ask_model(database, WRONG[1][0])
    assert [e for e in await scene.sent(OutboxKind.STAFF_NOTICE) if WRONG[1][1] in e]
    assert await scene.holder() == "Mia"


async def test_what_a_late_answer_cost_is_logged(database: Database) -> None:
    scene = await ask_model(database, good(), thinks=False)
    [job] = await scene.claim_jobs()
    scene.knowledge.meanwhile.append(lambda: scene.passes(30, thinks=False))
    await scene.run_job(job)
    [log] = await scene.logs()
    assert (log.action, log.ai_response) == (AiAction.FAILED, None)
    assert (log.model, log.tokens_in, log.tokens_out) == ("small-1", 100, 20)
    assert log.cost == pytest.approx(0.00014)


async def test_without_the_model_a_greeting_is_greeted(database: Database) -> None:
    scene = await ask_model(database, WRONG[1][0], question="hello")
    assert await scene.sent() == ["Hello! What can I help you with?"]
    assert await scene.holder() == "Aria"


async def test_without_the_model_a_sure_article_answers(database: Database) -> None:
    scene = await ask_model(database, WRONG[1][0], confidence=0.9)
    assert await scene.sent() == [HOURS.text]


async def test_a_condition_that_the_model_sees_is_the_reason(database: Database) -> None:
    scene = await ask_model(database, WRONG[2][0])
    assert [e for e in await scene.sent(OutboxKind.STAFF_NOTICE) if WRONG[2][1] in e]
