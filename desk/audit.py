"""The audit log records actions that people may ask about later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.database import Transaction
from db.ids import UserId, new_id
from db.queries import audit
from db.queries.accounts.accounts import BoundAgent
from db.queries.audit import NewAuditEntry
from db.tables.base import now_utc
from desk.unit_of_work import UnitOfWork

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
    tx: Transaction,
    by: Actor,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
    *,
    now: datetime | None = None,
) -> None:
    """Add an entry: `by` did `action` (`account.created`) to `subject` (`user:01J…`)."""
    await audit.add_entry(tx, _entry(by, action, subject, details, now or now_utc()))


def add_entry(
    uow: UnitOfWork,
    actor: BoundAgent | None,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry that is written with the rest of the unit of work."""
    by = Actor(actor.name, actor.user_id) if actor else _SYSTEM
    audit.add_entry_on_flush(uow.tx, _entry(by, action, subject, details, uow.now))


def _entry(
    by: Actor, action: str, subject: str, details: dict[str, Any] | None, now: datetime
) -> NewAuditEntry:
    return {
        "id": new_id(),
        "user_id": by.user_id,
        "actor": by.name[:_MAX_LENGTH],
        "action": action,
        "subject": subject[:_MAX_LENGTH],
        "details": details,
        "created_at": now,
    }
