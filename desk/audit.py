"""What people will be asked about later is written down when they do it."""

from typing import Any

from db.queries.accounts import BoundAgent
from db.tables import AuditEntry
from desk.desk import Desk


def note(
    desk: Desk,
    actor: BoundAgent | None,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry to the audit log, in the transaction of what it tells of."""
    desk.tx.add(
        AuditEntry(
            user_id=actor.user_id if actor else None,
            actor=actor.name if actor else "system",
            action=action,
            subject=subject,
            details=details,
            created_at=desk.now,
        )
    )
