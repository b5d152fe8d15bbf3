"""Read sessions with everything in them, and their stored figures, to compare the two.

These statements share nothing with those that write the figures.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, SessionId
from db.tables import (
    AuditEntry,
    Conversation,
    ConversationHandover,
    ConversationMetrics,
    Message,
    Session,
)

audit_log = get_table(AuditEntry)
conversations = get_table(Conversation)
handovers = get_table(ConversationHandover)
messages = get_table(Message)
metrics = get_table(ConversationMetrics)
sessions = get_table(Session)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session, its messages and handovers, and its figures; None: it has none."""

    session: Row
    channel_id: ChannelId
    messages: Sequence[Row]
    handovers: Sequence[Row]
    figures: Row | None


async def list_session_ids(tx: AsyncSession, after: SessionId | None, most: int) -> list[SessionId]:
    """List sessions in the order of their ids, from the one after `after` on."""
    wanted = select(sessions.c.id).order_by(sessions.c.id).limit(most)
    return list(await tx.scalars(wanted if after is None else wanted.where(sessions.c.id > after)))


async def read_sessions(tx: AsyncSession, ids: Collection[SessionId]) -> list[StoredSession]:
    """Read these sessions. Their figures are locked: what is in them is committed then."""
    these = sorted(ids)
    figures = await _list_rows(
        tx, select(metrics).where(metrics.c.session_id.in_(these)).with_for_update()
    )
    found = await _list_rows(tx, select(sessions).where(sessions.c.id.in_(these)))
    said = await _list_by_session(tx, messages, these)
    moved = await _list_by_session(tx, handovers, these)
    channels = await tx.execute(
        select(conversations.c.id, conversations.c.channel_id).where(
            conversations.c.id.in_({each["conversation_id"] for each in found})
        )
    )
    channel_of = {row[0]: row[1] for row in channels}
    figures_of = {each["session_id"]: each for each in figures}
    return [
        StoredSession(
            each,
            channel_of[each["conversation_id"]],
            said[each["id"]],
            moved[each["id"]],
            figures_of.get(each["id"]),
        )
        for each in found
    ]


async def list_changes_of_hours(tx: AsyncSession) -> dict[ChannelId, datetime]:
    """List when the opening hours of channels were changed last, where they ever were."""
    changed = await tx.execute(
        select(audit_log.c.subject, func.max(audit_log.c.created_at))
        .where(audit_log.c.action == "channel.hours_changed")
        .group_by(audit_log.c.subject)
    )
    return {ChannelId(row[0].removeprefix("channel:")): row[1] for row in changed}


async def _list_by_session(
    tx: AsyncSession, table: Table, ids: Collection[SessionId]
) -> dict[SessionId, list[Row]]:
    found: dict[SessionId, list[Row]] = defaultdict(list)
    for row in await _list_rows(tx, select(table).where(table.c.session_id.in_(ids))):
        found[row["session_id"]].append(row)
    return found


async def _list_rows(tx: AsyncSession, statement: Any) -> list[Row]:
    return [dict(row) for row in (await tx.execute(statement)).mappings()]
