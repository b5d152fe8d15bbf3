"""`osmodesk db cleanup`: deletes old finished work, and archives silent conversations."""

from collections.abc import Mapping
from datetime import datetime

from db.database import Database, Transaction
from desk.housekeeping import ARCHIVED, DeleteBatch, list_chores, run_chore
from desk.retention import Retention

# A dry run changes no more than this in a transaction, which it undoes: others wait for it.
_MAX_COUNTED = 5000


async def clean_up(database: Database, now: datetime, retention: Retention) -> dict[str, int]:
    """Delete and archive what is due; return how many of each, by name."""
    return {
        _describe(name): await run_chore(database, batch, now)
        for name, batch in list_chores(retention).items()
    }


async def count_due(database: Database, now: datetime, retention: Retention) -> Mapping[str, str]:
    """Return how many rows `clean_up` would change now, by name, and change nothing."""
    return {
        _describe(name): await _count(database, batch, now)
        for name, batch in list_chores(retention).items()
    }


class _UndoneError(Exception):
    """Undoes a transaction; `count`: how many rows it changed."""

    def __init__(self, count: str) -> None:
        super().__init__(count)
        self.count = count


async def _count(database: Database, batch: DeleteBatch, now: datetime) -> str:
    async def work(tx: Transaction) -> None:
        total, after = 0, None
        while total < _MAX_COUNTED:
            done = await batch(tx, now, after)
            total, after = total + done.removed, done.after
            if after is None:
                raise _UndoneError(str(total))
        raise _UndoneError(f"{total}+")

    try:
        await database.run(work)
    except _UndoneError as ended:
        return ended.count
    raise AssertionError("unreachable")


def _describe(name: str) -> str:
    return f"{name} {'archived' if name == ARCHIVED else 'removed'}"
