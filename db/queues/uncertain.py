"""Uncertain rows of the outbox: sent, but nobody knows whether they arrived."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import ConversationId, MessageId
from db.tables import Outbox, OutboxKind, OutboxState

outbox = get_table(Outbox)


@dataclass(frozen=True, slots=True)
class RowSubject:
    """What a row is about; both are None for a text outside any conversation."""

    conversation_id: ConversationId | None
    message_id: MessageId | None


async def find_subject(tx: AsyncSession, row_id: int) -> RowSubject | None:
    """Find what a row is about, whatever its state; None: there is no such row."""
    wanted = select(outbox.c.conversation_id, outbox.c.message_id).where(outbox.c.id == row_id)
    row = (await tx.execute(wanted)).first()
    return RowSubject(*row) if row else None


async def list_uncertain_rows(tx: AsyncSession, message_id: MessageId) -> list[int]:
    """List the uncertain rows of a message, in the order in which they were put."""
    doubtful = (outbox.c.message_id == message_id, outbox.c.state == OutboxState.UNCERTAIN)
    return list(await tx.scalars(select(outbox.c.id).where(*doubtful).order_by(outbox.c.id)))


async def settle_uncertain(tx: AsyncSession, row_id: int, state: OutboxState) -> bool:
    """Settle an uncertain row; return False if it is not uncertain any more."""
    result = await tx.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.state == OutboxState.UNCERTAIN)
        .values(state=state)
    )
    return count_changed(result) == 1


async def read_states(tx: AsyncSession, ids: Collection[int]) -> set[OutboxState]:
    """Read the states that these rows have."""
    return set(await tx.scalars(select(outbox.c.state).where(outbox.c.id.in_(ids))))


async def list_uncertain_answers(
    tx: AsyncSession, conversation_id: ConversationId
) -> list[tuple[int, MessageId]]:
    """List the uncertain rows of a conversation's answers, with their messages, oldest first."""
    rows = await tx.execute(
        select(outbox.c.id, outbox.c.message_id)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.kind == OutboxKind.ANSWER,
            outbox.c.state == OutboxState.UNCERTAIN,
            outbox.c.message_id.is_not(None),
        )
        .order_by(outbox.c.id)
    )
    return [(row.id, row.message_id) for row in rows]
