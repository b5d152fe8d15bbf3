"""Add entries to the audit log, and read it page by page."""

from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import UserId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import AuditEntry

entries = get_table(AuditEntry)


class NewAuditEntry(TypedDict):
    """An entry that is not stored yet."""

    id: str
    user_id: UserId | None
    actor: str
    action: str
    subject: str
    details: dict[str, Any] | None
    created_at: datetime


async def add_entry(tx: AsyncSession, entry: NewAuditEntry) -> None:
    """Add an entry at once."""
    await tx.execute(insert(entries).values(entry))


def add_entry_on_flush(tx: AsyncSession, entry: NewAuditEntry) -> None:
    """Add an entry with the other objects of the session, when they are flushed."""
    tx.add(AuditEntry(**entry))


async def list_entries(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    user_id: UserId | None = None,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[AuditEntry]:
    """Read a page of entries and one more, newest first; `until` itself is excluded."""
    exact = {
        entries.c.user_id: user_id,
        entries.c.actor: actor,
        entries.c.action: action,
        entries.c.subject: subject,
    }
    statement: Select[Any] = select(AuditEntry)
    for column, value in exact.items():
        if value is not None:
            statement = statement.where(column == value)
    if since is not None:
        statement = statement.where(entries.c.created_at >= since)
    if until is not None:
        statement = statement.where(entries.c.created_at < until)
    paged = paginate(statement, entries.c.created_at, entries.c.id, start=start, limit=limit)
    return list((await tx.scalars(paged)).all())
