"""`osmodesk db cleanup`: deletes old finished work, and archives silent conversations."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queries.cleanup import cleanup
from db.queries.cleanup.cleanup import CleanupBatch
from desk.housekeeping import list_chores, run_chore

ARCHIVE_AFTER = timedelta(days=90)
_ROWS = 200


async def clean_up(database: Database, now: datetime) -> dict[str, int]:
    """Delete and archive what is due; return how many of each, by name."""
    done = {
        f"{name} removed": await run_chore(database, batch, now)
        for name, batch in list_chores().items()
    }
    return {**done, "silent conversations archived": await run_chore(database, _archive, now)}


async def _archive(tx: AsyncSession, now: datetime, after: Any) -> CleanupBatch:
    return await cleanup.deactivate_conversations(tx, now - ARCHIVE_AFTER, _ROWS, after)
