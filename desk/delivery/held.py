"""Shows an agent that an answer is held up: a reaction on their message, taken back later.

An answer that goes out at once costs no call of the staff group's budget.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.queues.outbox import OutboxRow
from db.tables import OutboxKind
from desk.desk import Desk
from desk.threads import thread_by_id

# An agent does not wonder about less.
_PATIENCE = timedelta(seconds=3)
# Of the reactions that a bot may set, the one that says "not yet, but looked after".
HELD = "👀"


async def show_held(desk: Desk, rows: Sequence[OutboxRow], until: datetime) -> None:
    """Mark answers that will have waited for over 3 seconds by `until`, each once."""
    for row in rows:
        if row.kind is OutboxKind.ANSWER and until - row.created_at > _PATIENCE:
            await _react(desk, row, HELD, once=f"held:{row.message_id}")


async def show_sent(desk: Desk, row: OutboxRow) -> None:
    """Take the mark off an answer that went out after all."""
    if row.kind is OutboxKind.ANSWER and desk.now - row.created_at > _PATIENCE:
        await _react(desk, row, "", once=f"sent:{row.message_id}")


async def _react(desk: Desk, row: OutboxRow, emoji: str, *, once: str) -> None:
    thread = await thread_by_id(desk, row.conversation_id) if row.conversation_id else None
    if thread is not None:
        payload = {"message": row.message_id, "emoji": emoji}
        desk.to_staff(thread, OutboxKind.REACTION, payload, once=once)
