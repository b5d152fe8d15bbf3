"""How long finished rows are kept, and when conversations are archived."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """The times of one installation; the operator sets them (KEEP_SETTLED_DAYS and others)."""

    # Handled updates, settled deliveries and jobs: longer than any provider repeats an update, so
    # that a duplicate is recognized until then.
    settled: timedelta = timedelta(days=7)
    # The log of AI answers; None: for ever, as the others.
    ai_logs: timedelta | None = timedelta(days=30)
    # What auto-reply rules answered.
    rule_answers: timedelta | None = timedelta(days=30)
    # A conversation without a message for so long is archived.
    archive: timedelta | None = timedelta(days=90)
