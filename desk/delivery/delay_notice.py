"""Delay notices: a reaction on an agent's message while its answer is delayed, removed later.

An answer that is sent at once costs no call of the staff group's rate limit.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.queries.messages.copies import list_copies
from db.queues import outbox
from db.queues.outbox import OutboxRow
from db.queues.payloads import ReactionPayload
from db.tables import OutboxKind, Side
from desk.conversations.threads import find_thread
from desk.events import DeliveryDelayed
from desk.unit_of_work import UnitOfWork

# Agents do not notice a shorter delay.
_DELAY_THRESHOLD = timedelta(seconds=3)
# Of the reactions that a bot may set, this one says "not yet, but in progress".
DELAY_EMOJI = "👀"


async def show_delay(uow: UnitOfWork, rows: Sequence[OutboxRow], until: datetime) -> None:
    """Mark each answer once if it will have waited for over 3 seconds by `until`."""
    for row in rows:
        if row.kind is OutboxKind.ANSWER and until - row.created_at > _DELAY_THRESHOLD:
            if row.message_id is not None:
                uow.events.add(DeliveryDelayed(row.message_id, until))
            await _react(uow, row, DELAY_EMOJI, dedup_key=_once_key(row))


async def clear_delay(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> None:
    """Remove the mark from answers that were sent after all."""
    late = {
        _once_key(row): row
        for row in rows
        if row.kind is OutboxKind.ANSWER and uow.now - row.created_at > _DELAY_THRESHOLD
    }
    for mark in await outbox.find_used_keys(uow.tx, list(late)):
        await _react(uow, late[mark], "", dedup_key=f"sent:{late[mark].message_id}")


async def _react(uow: UnitOfWork, row: OutboxRow, emoji: str, *, dedup_key: str) -> None:
    if row.conversation_id is None or row.message_id is None:
        return
    thread = await find_thread(uow, row.conversation_id)
    if thread is None:
        return
    # An answer that was not written in a topic has no message there to mark.
    copies = (await list_copies(uow.tx, [row.message_id], Side.STAFF)).get(row.message_id, [])
    marked = [
        place
        for place in thread.places
        if place.is_open and any(place.has(each.channel_id, each.chat) for each in copies)
    ]
    payload = ReactionPayload(row.message_id, emoji)
    uow.enqueue_for_staff(thread, payload, dedup_key=dedup_key, places=marked)


def _once_key(row: OutboxRow) -> str:
    return f"delayed:{row.message_id}"
