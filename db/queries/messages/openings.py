"""Read what staff in a new place needs: the newest messages, and those that nobody saw."""

from collections.abc import Sequence

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ConversationId, MessageId, SessionId
from db.queries.messages.message_rows import MESSAGE_COLUMNS, MessageRow
from db.tables import (
    Direction,
    Message,
    MessageLink,
    Outbox,
    OutboxKind,
    OutboxState,
    Side,
)

links = get_table(MessageLink)
messages = get_table(Message)
outbox = get_table(Outbox)
_answers = messages.alias("answers")
_READ = select(*MESSAGE_COLUMNS)


async def list_unseen(tx: AsyncSession, session_id: SessionId, *, most: int) -> list[MessageRow]:
    """Read the customer's newest messages that nobody in staff has seen, the oldest first.

    Those have no copy, and came after the last answer, or a copy of them was still to be sent.
    """
    answered = (
        select(func.max(_answers.c.id))
        .where(_answers.c.session_id == session_id, _answers.c.direction == Direction.OUTBOUND)
        .scalar_subquery()
    )
    has_copy = exists().where(links.c.message_id == messages.c.id, links.c.side == Side.STAFF)
    was_to_be_sent = exists().where(
        outbox.c.message_id == messages.c.id,
        outbox.c.kind == OutboxKind.COPY,
        outbox.c.state != OutboxState.DONE,
    )
    wanted = (
        _READ.where(
            messages.c.session_id == session_id,
            messages.c.direction == Direction.INBOUND,
            or_(messages.c.id > func.coalesce(answered, ""), was_to_be_sent),
            ~has_copy,
        )
        .order_by(messages.c.id.desc())
        .limit(most)
    )
    return [MessageRow(*tuple(row)) for row in await tx.execute(wanted)][::-1]


async def list_newest(
    tx: AsyncSession, conversation_id: ConversationId, *, most: int
) -> list[MessageRow]:
    """Read a conversation's newest messages of any kind, the newest first."""
    wanted = (
        _READ.where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.id.desc())
        .limit(most)
    )
    return [MessageRow(*tuple(row)) for row in await tx.execute(wanted)]


async def list_by_ids(tx: AsyncSession, ids: Sequence[MessageId]) -> list[MessageRow]:
    """Read these messages, the oldest first."""
    if not ids:
        return []
    wanted = _READ.where(messages.c.id.in_(ids)).order_by(messages.c.id)
    return [MessageRow(*tuple(row)) for row in await tx.execute(wanted)]
