"""Follow updates in the log: the lines about one name its channel and its provider's id."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

import structlog
from structlog.contextvars import bound_contextvars

from db.queues.inbox import InboundEvent, InboxRow

log = structlog.get_logger(__name__)


def about_update(row: InboxRow) -> AbstractContextManager[None]:
    """Name an update in each line that is logged within."""
    return bound_contextvars(channel=row.channel_id, update=row.provider_id)


def log_stored(arrivals: Iterable[InboundEvent]) -> None:
    """Log that updates are stored."""
    for each in arrivals:
        # No lane: it may be a customer's phone number.
        log.debug("update.stored", channel=each.channel_id, update=each.provider_id)


def log_handled(rows: Iterable[InboxRow]) -> None:
    """Log that the handling of updates is committed."""
    for each in rows:
        log.debug("update.handled", channel=each.channel_id, update=each.provider_id)
