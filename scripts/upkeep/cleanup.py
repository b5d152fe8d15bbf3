"""`osmodesk db cleanup`: removes what was settled long ago, archives what fell silent."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queries import cleanup as queries

SETTLED_FOR = timedelta(days=7)
SILENT_FOR = timedelta(days=90)
# A batch is one short transaction: whoever serves customers waits no longer than that.
_BATCH = 500

Step = Callable[[AsyncSession, datetime, int], Awaitable[int]]


async def clean_up(database: Database, now: datetime) -> dict[str, int]:
    """Remove and archive what is due; returns how many of each, by what they are."""
    steps: dict[str, tuple[Step, timedelta]] = {
        "handled updates removed": (queries.delete_settled_inbox, SETTLED_FOR),
        "settled deliveries removed": (queries.delete_settled_outbox, SETTLED_FOR),
        "expired log-ins removed": (queries.delete_expired_tokens, SETTLED_FOR),
        "silent conversations archived": (queries.archive_conversations, SILENT_FOR),
    }
    return {
        name: await _until_done(database, step, now - age) for name, (step, age) in steps.items()
    }


async def _until_done(database: Database, step: Step, before: datetime) -> int:
    total = 0
    while True:
        count = await database.run(lambda tx: step(tx, before, _BATCH))
        total += count
        if count < _BATCH:
            return total
