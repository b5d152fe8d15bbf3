"""Summaries for the human who goes on: in the session's own words, where no model writes one."""

from collections.abc import Sequence

from db.ids import SessionId
from db.queries.messages.message_rows import MessageRow, list_session_messages
from db.tables import Direction
from desk.actors import ActorKind
from desk.texts import translate
from desk.unit_of_work import UnitOfWork

_MAX_LINES, _MAX_LENGTH = 6, 200
_READ = 20


async def summarize_messages(uow: UnitOfWork, session_id: SessionId, agent: str) -> str:
    """Return what the customer wrote and the agent answered last, shortened."""
    await uow.flush_messages()
    page = await list_session_messages(uow.tx, session_id, start=None, limit=_READ)
    rows = list(reversed(page.rows)) if page else []
    said = [
        (row.sender_type is ActorKind.CUSTOMER.sender_type, row.message)
        for row in rows
        if row.message and _is_said(row)
    ]
    return format_summary(said, agent, uow.staff_language)


def _is_said(row: MessageRow) -> bool:
    kinds = {ActorKind.CUSTOMER.sender_type, ActorKind.AI.sender_type}
    return row.direction is not Direction.INTERNAL and row.sender_type in kinds


def format_summary(said: Sequence[tuple[bool, str]], agent: str, language: str) -> str:
    """Format the last messages, each as whether the customer wrote it and its words."""
    lines = []
    for is_customer, text in said[-_MAX_LINES:]:
        key = "ai.summary_asked" if is_customer else "ai.summary_answered"
        words = " ".join(text.split())
        short = words if len(words) <= _MAX_LENGTH else f"{words[:_MAX_LENGTH]}…"
        lines.append(translate(language, key, text=short, agent=agent))
    return "\n".join(lines)
