"""Read what only a card shows of an open session: its tags, and how soon it was answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import SessionId
from db.queries.tags import list_tags_of_sessions
from db.tables import Client, ConversationMetrics, Session, SlaState, SlaTarget

sessions = get_table(Session)
clients = get_table(Client)
metrics = get_table(ConversationMetrics)


@dataclass(frozen=True, slots=True)
class CardDetails:
    """What a card shows beside the thread."""

    tags: tuple[str, ...] = ()
    # When it was opened, reopened, or got its present holder, or none.
    changed_at: datetime | None = None
    first_inbound_at: datetime | None = None
    first_answer_at: datetime | None = None
    sla_target: SlaTarget | None = None
    sla_state: SlaState | None = None
    sla_due_at: datetime | None = None
    # What staff notes about the customer.
    client_note: dict[str, Any] | None = None

    @property
    def is_due_shown(self) -> bool:
        """Return whether the card says when an answer is due.

        While a wait for a later answer is in time it does not: the answer does not update the card.
        """
        is_first = self.sla_target is SlaTarget.FIRST and self.sla_state is SlaState.RUNNING
        return is_first or self.sla_state in {SlaState.WARNED, SlaState.BREACHED}


NO_DETAILS = CardDetails()
_DETAILS = (
    select(
        sessions.c.id,
        sessions.c.changed_at,
        metrics.c.first_inbound_at,
        metrics.c.first_answer_at,
        sessions.c.sla_target,
        sessions.c.sla_state,
        sessions.c.sla_due_at,
        clients.c.note,
    )
    .join(clients, clients.c.id == sessions.c.client_id)
    .outerjoin(metrics, metrics.c.session_id == sessions.c.id)
    .where(sessions.c.id.in_(bindparam("ids", expanding=True)))
)


_ANSWERED_NOW = select(metrics.c.session_id).where(
    metrics.c.session_id.in_(bindparam("ids", expanding=True)),
    metrics.c.first_answer_at == bindparam("now"),
)


async def find_answered_first(
    tx: AsyncSession, ids: Collection[SessionId], now: datetime
) -> set[SessionId]:
    """Find those of these sessions that got their first answer now."""
    return set(await tx.scalars(_ANSWERED_NOW, {"ids": list(ids), "now": now})) if ids else set()


async def read_card_details(
    tx: AsyncSession, ids: Collection[SessionId]
) -> Mapping[SessionId, CardDetails]:
    """Read the details of these sessions."""
    if not ids:
        return {}
    tags = await list_tags_of_sessions(tx, ids)
    rows = await tx.execute(_DETAILS, {"ids": list(ids)})
    return {
        row[0]: CardDetails(tuple(each.name for each in tags.get(row[0], ())), *row[1:])
        for row in rows
    }
