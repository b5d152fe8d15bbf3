"""The words and the marks of an AI agent's answer, as it is sent or suggested."""

from typing import Any

from db.queries.conversations.threads import Thread
from db.queues.payloads import Buttons
from db.tables import AiTurn
from desk.ai.turns.offers import build_buttons
from desk.ai.turns.pleasantries import Pleasantry
from desk.ai.turns.thought import Thought
from desk.content import Content
from desk.messages.from_api import FROM_AI
from desk.unit_of_work import UnitOfWork


def get_words(uow: UnitOfWork, thread: Thread, thought: Thought) -> str:
    """Return the words of an answer; an offer or a greeting without words has the desk's own."""
    key = thought.note if thought.note in set(Pleasantry) else "offer"
    return thought.text or uow.text_for_customer(thread, f"ai.{key}")


def build_content(turn: AiTurn, words: str, confidence: float | None, why: Any) -> Content:
    """Build an answer whose marks say how sure the agent was and why."""
    marks = {**FROM_AI, "ai": {"turn": turn.id, "confidence": confidence, "why": why}}
    return Content(text=words, attributes=marks)


def build_choices(uow: UnitOfWork, thread: Thread, turn: AiTurn, offers: Any) -> Buttons | None:
    """Build the choices below an offer; other answers have none."""
    if not offers:
        return None
    return build_buttons(turn.id, offers, uow.text_for_customer(thread, "ai.person"))


def build_why(thought: Thought) -> dict[str, Any]:
    """Return why an agent did what it did, as the API shows it."""
    return {
        "passages": [dict(each) for each in thought.passages],
        "note": thought.note or None,
        "condition": thought.reason.code if thought.reason else None,
        "model": thought.cost.model,
        "tokens_in": thought.cost.tokens_in,
        "tokens_out": thought.cost.tokens_out,
    }
