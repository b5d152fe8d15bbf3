"""Follow updates in the log: the lines about one name its channel and its provider's id."""

from collections.abc import Iterable, Mapping
from functools import partial

from db.queues.inbox import InboundEvent, InboxRow
from desk.log_context import LogContext, log_step


def about_update(row: InboxRow) -> LogContext:
    """Name an update in each line that is logged within."""
    return LogContext(partial(_describe, row))


def log_stored(arrivals: Iterable[InboundEvent]) -> None:
    """Log that updates are stored."""
    for each in arrivals:
        log_step("update.stored", **_describe(each))


def log_handled(rows: Iterable[InboxRow]) -> None:
    """Log that the handling of updates is committed."""
    for each in rows:
        log_step("update.handled", **_describe(each))


def _describe(update: InboundEvent | InboxRow) -> Mapping[str, object]:
    # No lane: it may be a customer's phone number.
    return {"channel": update.channel_id, "update": update.provider_id}
