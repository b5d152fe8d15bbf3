"""Read past turns again: what an AI agent knew when it was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.ids import SessionId, new_id
from db.queries.ai.logs import PastQuestion
from db.queries.messages.message_rows import MessageRow, list_session_messages
from db.tables import SenderType
from desk.ai.config import AiConfig
from desk.ai.turns.material import MAX_MESSAGES, is_customers, is_said, to_said
from desk.ai.turns.thought import Material
from desk.ai.turns.words import is_complaint
from desk.unit_of_work import UnitOfWork

# A trial waits as long as this for a model.
TRIAL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Start:
    """The newest message that existed when a log row was written."""

    at: datetime
    id: str
    back: bool = False


async def read_past_material(uow: UnitOfWork, past: PastQuestion, config: AiConfig) -> Material:
    """Read what a turn thought about, with another configuration.

    A session of its own counts the tokens: the budget of the past one may be used up.
    """
    log = past.log
    start = _Start(log.created_at, log.id)
    page = await list_session_messages(uow.tx, log.session_id, start=start, limit=MAX_MESSAGES)
    read = [row for row in reversed(page.rows if page else []) if is_said(row)]
    rows = [row for row in read if log.message_id is None or row.id <= log.message_id]
    burst = _find_burst(rows, log.user_message)
    replies = sum(row.sender_type is SenderType.AI for row in rows)
    limit = past.reply_limit if config.reply_limit is None else config.reply_limit
    return Material(
        config=config,
        history=tuple(map(to_said, rows)),
        burst=tuple(map(to_said, burst)),
        language=past.language,
        staff_language=uow.staff_language,
        customer_name=past.client_name,
        channel_name=past.channel_name,
        replies=replies,
        reply_limit=limit,
        complaints=sum(is_complaint(row.message or "") for row in rows if is_customers(row)),
        choice=None,
        remaining=TRIAL_SECONDS,
        session_id=SessionId(new_id()),
        client_id=past.client_id,
    )


def _find_burst(rows: Sequence[MessageRow], question: str) -> list[MessageRow]:
    """Return the customer's last messages that are the question of the log."""
    burst: list[MessageRow] = []
    for row in reversed(rows):
        if not is_customers(row):
            break
        burst.insert(0, row)
        if "\n".join(each.message for each in burst if each.message) == question:
            return burst
    return burst[-1:]
