"""Retry or drop parked updates."""

import re

from db.queries import parked as queries
from db.queues.lanes import LaneDueTime, make_due
from db.tables import Inbox, Queue
from desk.actors import Actor
from desk.audit import add_entry
from desk.formatting.masking import mask_secrets
from desk.setup.errors import NotFoundError
from desk.unit_of_work import UnitOfWork

# The length of an error or update text that the audit log repeats.
_AUDIT_LENGTH = 300
_CODE = re.compile(r"(/link(?:@\w+)?\s+|link_)[\w-]+")


async def retry(uow: UnitOfWork, update_id: int, *, by: Actor) -> None:
    """Handle a parked update again, before the later updates of its lane; raise NotFoundError."""
    row = await _get_parked(uow, update_id)
    if not await queries.unpark(uow.tx, update_id, uow.now):
        raise NotFoundError
    await make_due(uow.tx, [LaneDueTime(Queue.INBOX, row.lane, uow.now)])
    add_entry(uow, by, "parked.retried", _subject(update_id), _details(row))


async def drop(uow: UnitOfWork, update_id: int, *, by: Actor) -> None:
    """Settle a parked update without handling it; raise NotFoundError."""
    row = await _get_parked(uow, update_id)
    reason = f"dropped by {by.name}: {row.error or ''}"
    if not await queries.settle_parked(uow.tx, update_id, reason, uow.now):
        raise NotFoundError
    add_entry(uow, by, "parked.dropped", _subject(update_id), _details(row))


def redact_excerpt(text: str, most: int) -> str:
    """Return the beginning of an external text, with everything that looks like a secret hidden."""
    # Read a little more, so that a secret that begins within the excerpt is hidden whole.
    beginning = _CODE.sub(r"\1<code>", mask_secrets(text[: most + 500]))
    return beginning if len(beginning) <= most else beginning[: most - 1] + "…"


async def _get_parked(uow: UnitOfWork, update_id: int) -> Inbox:
    row = await queries.find_parked(uow.tx, update_id)
    if row is None:
        raise NotFoundError
    return row


def _details(row: Inbox) -> dict[str, object]:
    return {
        "channel_id": row.channel_id,
        "provider_id": row.provider_id,
        "error": redact_excerpt(row.error or "", _AUDIT_LENGTH),
    }


def _subject(update_id: int) -> str:
    return f"parked_update:{update_id}"
