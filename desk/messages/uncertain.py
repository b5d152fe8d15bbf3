"""An answer that may or may not have arrived: a person decides, once."""

from dataclasses import replace
from typing import Any

from sqlalchemy import CursorResult, select, update

from db.dialect import get_table
from db.ids import ConversationId, MessageId
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.queues import outbox as queue
from db.tables import DeliveryState, Message, Outbox, OutboxState
from desk.audit import note
from desk.content import Content
from desk.conversations.notices import tell_beside
from desk.messages import drafts, window
from desk.messages.outbound import send
from desk.unit_of_work import Desk

outbox = get_table(Outbox)
messages = get_table(Message)


async def conversation_of(desk: Desk, row_id: int) -> ConversationId | None:
    """Find the conversation of an outbox row."""
    found: ConversationId | None = await desk.tx.scalar(
        select(outbox.c.conversation_id).where(outbox.c.id == row_id)
    )
    return found


async def send_again(desk: Desk, thread: Thread, agent: BoundAgent | None, row_id: int) -> bool:
    """Send an uncertain answer once more; False if it was settled already.

    Where the window is closed it becomes a draft.
    """
    row = (await desk.tx.execute(select(outbox).where(outbox.c.id == row_id))).one()
    if not await _settle(desk, row_id, OutboxState.FAILED):
        return False
    await _mark(desk, row.message_id, DeliveryState.PENDING)
    note(desk, agent, "answer.send_again", row.message_id)
    sent = Content.from_json(row.payload["content"])
    is_open = window.takes(thread, desk.channel_of(thread), sent, desk.now)
    # What was half sent is no draft: the courier tells that the rest of it is refused.
    if not is_open and not await queue.has_started_sending(desk.tx, row.message_id, but=[row_id]):
        await drafts.keep_draft(desk, thread, row.message_id)
        return True
    content = await _as_it_reads_now(desk, row.message_id, sent)
    send(desk, thread, row.message_id, content, row.payload.get("reply_to"))
    return True


async def settle_all(
    desk: Desk, thread: Thread, agent: BoundAgent, message_id: MessageId, *, arrived: bool
) -> bool:
    """Settle every part of an answer that is uncertain, and tell the topic; False: none is."""
    doubtful = (outbox.c.message_id == message_id, outbox.c.state == OutboxState.UNCERTAIN)
    found = await desk.tx.scalars(select(outbox.c.id).where(*doubtful).order_by(outbox.c.id))
    settled = [
        await it_arrived(desk, agent, row_id)
        if arrived
        else await send_again(desk, thread, agent, row_id)
        for row_id in found.all()
    ]
    if not any(settled):
        return False
    key = "topic.arrived_by" if arrived else "topic.resent_by"
    tell_beside(desk, thread, message_id, key, agent=agent.name)
    return True


async def _as_it_reads_now(desk: Desk, message_id: MessageId, sent: Content) -> Content:
    """Give what to send: an edit made meanwhile found no copy that it could change.

    One of many parts goes as it was: which part of the new text it would be, nobody can say.
    """
    rows = await desk.tx.execute(
        select(messages.c.message, messages.c.entities, messages.c.history).where(
            messages.c.id == message_id
        )
    )
    kept = rows.one()
    was_whole = any(earlier["message"] == sent.text for earlier in kept.history or ())
    return replace(sent, text=kept.message, entities=kept.entities) if was_whole else sent


async def it_arrived(desk: Desk, agent: BoundAgent | None, row_id: int) -> bool:
    """Note that an uncertain answer did arrive; False if it was settled already."""
    message_id = await desk.tx.scalar(select(outbox.c.message_id).where(outbox.c.id == row_id))
    if message_id is None or not await _settle(desk, row_id, OutboxState.DONE):
        return False
    await _mark(desk, message_id, DeliveryState.SENT)
    note(desk, agent, "answer.arrived", message_id)
    return True


async def _settle(desk: Desk, row_id: int, state: OutboxState) -> bool:
    result: Any = await desk.tx.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.state == OutboxState.UNCERTAIN)
        .values(state=state)
    )
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    return result.rowcount == 1


async def _mark(desk: Desk, message_id: MessageId, state: DeliveryState) -> None:
    desk.events.delivery(message_id)
    await desk.tx.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(delivery_state=state, delivery_error=None)
    )
