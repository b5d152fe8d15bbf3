"""Writes the audit log: who did what to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.ids import UserId, new_id
from db.tables import AuditEntry
from db.tables.base import now_utc

_entries = table_of(AuditEntry)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user, or somebody with a name only."""

    name: str
    user_id: UserId | None = None


# Whoever may run `osmodesk` on the server: has the database anyway, and no account.
CONSOLE = Actor("console")


async def record(
    tx: AsyncSession,
    by: Actor,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
    *,
    now: datetime | None = None,
) -> None:
    """Add an entry: `by` did `action` (`account.created`) to `subject` (`user:01J…`)."""
    await tx.execute(
        insert(_entries).values(
            id=new_id(),
            user_id=by.user_id,
            actor=by.name[:190],
            action=action,
            subject=subject[:190],
            details=details,
            created_at=now or now_utc(),
        )
    )
