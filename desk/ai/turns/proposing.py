"""Propose a question that a human answered instead of the AI agent as a typical question."""

import re

from db.ids import PassageId, SessionId
from db.queries.ai.logs import find_last_log
from db.tables import AiAction
from desk.ai.turns.pleasantries import find_pleasantry
from desk.ai.turns.words import asks_for_person
from desk.knowledge.proposals import propose_question
from desk.unit_of_work import UnitOfWork

_NOT_ANSWERED = {AiAction.HANDOVER, AiAction.FAILED}
# While a human chats with a customer, most of what the customer writes asks nothing.
_ASKS = re.compile(
    r"\?|\b(?:what|when|where|which|who|why|how (?:much|many|long|often|far|do|does|can|is|are|to)|"
    r"can (?:i|you|we)|do you|is there|are there|"
    r"apa|apakah|kapan|di ?mana|mana|siapa|kenapa|mengapa|bagaimana|gimana|berapa|bisa)\b",
    re.IGNORECASE,
)


async def propose_answered_question(
    uow: UnitOfWork, session_id: SessionId, answer: str, *, is_correction: bool
) -> None:
    """Propose the session's last question to the AI agent, with the human's answer to it.

    `is_correction`: the human wrote right after the agent's answer. The most likely passage is the
    one that the agent found; an administrator decides.
    """
    last = await find_last_log(uow.tx, session_id)
    if last is None:
        return
    question = last.user_message
    was_asked = last.action is AiAction.DROPPED and _ASKS.search(question) is not None
    if not (is_correction or was_asked or last.action in _NOT_ANSWERED):
        return
    if asks_for_person(question) or find_pleasantry(question) is not None:
        return
    passages = [each["passage"] for each in last.used_knowledge if "passage" in each]
    await propose_question(
        uow,
        last.conversation_id,
        question,
        answer,
        passage_id=PassageId(passages[0]) if passages else None,
    )
