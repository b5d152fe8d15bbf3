"""Rows of the outbox that were sent, or may have been: to recognize what a provider repeats."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queues.outbox import has_waited_for_receipt
from db.queues.payloads import StoredPayload, decode
from db.tables import Outbox, OutboxKind, OutboxState

outbox = get_table(Outbox)
# Whoever repeats a message does so within seconds; a conversation gets few texts meanwhile.
_MAX_ROWS = 20


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row whose message has no known id at the provider."""

    row_id: int
    # Nobody knows yet whether it arrived.
    is_open: bool
    # A worker sends it right now, so its end is known in a moment, unless the provider hangs.
    is_being_sent: bool
    payload: StoredPayload


_UNIDENTIFIED = (
    select(outbox.c.id, outbox.c.state, outbox.c.kind, outbox.c.payload)
    .where(
        outbox.c.lane == bindparam("lane"),
        outbox.c.state.in_([OutboxState.DONE, OutboxState.UNCERTAIN, OutboxState.SENDING]),
        or_(
            outbox.c.kind == OutboxKind.NOTICE,
            and_(outbox.c.kind == OutboxKind.ANSWER, outbox.c.state != OutboxState.DONE),
        ),
    )
    .order_by(outbox.c.id.desc())
    .limit(_MAX_ROWS)
)


async def list_unidentified_rows(tx: AsyncSession, lane: str) -> list[SentRow]:
    """List a lane's notices, and its answers without a known end, the newest first."""
    rows = (await tx.execute(_UNIDENTIFIED, {"lane": lane})).all()
    return [
        SentRow(
            row.id,
            is_open=row.state is not OutboxState.DONE,
            is_being_sent=row.state is OutboxState.SENDING
            and not has_waited_for_receipt(row.payload),
            payload=decode(row.kind, row.payload),
        )
        for row in rows
    ]
