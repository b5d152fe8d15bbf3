"""The audit log records actions that people may ask about later."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from db.database import Transaction
from db.ids import new_id
from db.queries import audit
from db.queries.audit import NewAuditEntry
from db.tables.base import now_utc
from desk.actors import Actor
from desk.unit_of_work import UnitOfWork

_MAX_LENGTH = 190
_MAX_VALUE_LENGTH = 200


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
    by: Actor,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry that is written with the rest of the unit of work."""
    uow.note_seen(by)
    audit.add_entry_on_flush(uow.tx, _entry(by, action, subject, details, uow.now))


def describe_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details of an entry about changed fields: each with its value before and after."""
    return {
        name: {"from": shorten(before[name]), "to": shorten(value)} for name, value in after.items()
    }


def shorten(value: object) -> object:
    """Return a value as an entry keeps it: long texts are cut off."""
    return value[:_MAX_VALUE_LENGTH] if isinstance(value, str) else value


def _entry(
    by: Actor, action: str, subject: str, details: dict[str, Any] | None, now: datetime
) -> NewAuditEntry:
    name = by.name
    if by.anonymous_in is not None:
        # The name that the group shows is nobody's.
        name, details = "anonymous admin", {**(details or {}), "group": by.anonymous_in}
    return {
        "id": new_id(),
        "user_id": by.user_id,
        "actor": name[:_MAX_LENGTH],
        "action": action,
        "subject": subject[:_MAX_LENGTH],
        "details": details,
        "created_at": now,
    }
