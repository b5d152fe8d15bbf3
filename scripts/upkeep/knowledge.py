"""Import articles on the command line, into the database of the settings."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db.database import Database, Transaction
from db.tables.base import now_utc
from desk.knowledge.import_job import import_file
from desk.knowledge.writing import Writing
from scripts.application.database_work import run_on_database


@dataclass(frozen=True, slots=True)
class TransactionWriting:
    """A transaction of its own, as the writing of articles needs it."""

    tx: Transaction
    now: datetime


def import_with_progress(
    path: Path, language: str, tags: Sequence[str], say: Callable[[str], object]
) -> int:
    """Import a file, and return the number of its articles; `say` gets how far it is."""

    def report(done: int, total: int) -> None:
        if done < total:
            say(f"{path.name}: {done} of {total}")

    async def work(database: Database) -> int:
        async def run(step: Callable[[Writing], Awaitable[object]]) -> object:
            return await database.run(lambda tx: step(TransactionWriting(tx, now_utc())))

        return await import_file(run, path, language=language, tags=tags, say=report)

    return run_on_database(work, migrate_sqlite=True)
