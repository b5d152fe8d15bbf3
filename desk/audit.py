"""The audit log records actions that people may ask about later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import UserId, new_id
from db.queries.accounts.accounts import BoundAgent
from db.tables import AuditEntry
from db.tables.base import now_utc
from desk.unit_of_work import UnitOfWork

_entries = get_table(AuditEntry)
_MAX_LENGTH = 190


@dataclass(frozen=True, slots=True)
class Actor:
    """An acting user, or a name without an account."""

    name: str
    user_id: UserId | None = None


# The person who runs `osmodesk` on the server, who can read the database and needs no account.
CONSOLE = Actor("console")
_SYSTEM = Actor("system")


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
    entry = _entry(by, action, subject, details, now or now_utc())
    await tx.execute(insert(_entries).values(entry))


def add_entry(
    uow: UnitOfWork,
    actor: BoundAgent | None,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry that is written with the rest of the unit of work."""
    by = Actor(actor.name, actor.user_id) if actor else _SYSTEM
    uow.tx.add(AuditEntry(**_entry(by, action, subject, details, uow.now)))


def _entry(
    by: Actor, action: str, subject: str, details: dict[str, Any] | None, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "user_id": by.user_id,
        "actor": by.name[:_MAX_LENGTH],
        "action": action,
        "subject": subject[:_MAX_LENGTH],
        "details": details,
        "created_at": now,
    }
