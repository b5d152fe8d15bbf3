"""Show staff what an AI agent answered: how sure it was, on what grounds, and buttons."""

from db.ids import AiTurnId
from db.queues.payloads import Buttons
from desk.ai.turns.pleasantries import Pleasantry
from desk.ai.turns.thought import Thought
from desk.texts import translate

PREFIX = "ai"
_MAX_TITLE = 60


def describe_thought(thought: Thought, language: str) -> str:
    """Return a line about an answer for staff: confidence, article, how it came about."""
    parts = []
    if thought.confidence is not None:
        share = round(thought.confidence * 100)
        parts.append(translate(language, "ai.confidence", share=share))
    if thought.passages and not thought.offers:
        title = str(thought.passages[0]["title"])[:_MAX_TITLE]
        parts.append(translate(language, "ai.from_article", title=title))
    if thought.note:
        note = "no_question" if thought.note in set(Pleasantry) else thought.note
        parts.append(translate(language, f"ai.{note}"))
    return f"🤖 {', '.join(parts)}" if parts else "🤖"


def build_answer_buttons(turn_id: AiTurnId, language: str) -> Buttons:
    """Build the buttons below an AI agent's answer in the topic."""
    return [
        [
            {"text": translate(language, "ai.button_wrong"), "data": f"{PREFIX}:wrong:{turn_id}"},
            {"text": translate(language, "ai.button_take"), "data": f"{PREFIX}:take:{turn_id}"},
        ]
    ]


def build_suggestion_buttons(turn_id: AiTurnId, language: str) -> Buttons:
    """Build the buttons below a suggestion in the topic."""
    verbs = {"send": "button_send", "edit": "button_edit", "drop": "button_drop"}
    return [
        [
            {"text": translate(language, f"ai.{key}"), "data": f"{PREFIX}:{verb}:{turn_id}"}
            for verb, key in verbs.items()
        ]
    ]
