"""Find which migration a database is at.

Without alembic: a running desk does not need to import it.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from db.database import Database

_VERSIONS = Path(__file__).parent.parent / "alembic" / "versions"


async def is_current(database: Database) -> bool:
    """Check whether the database is at the newest migration."""
    async with database.transaction() as tx:
        return await (await tx.connection()).run_sync(_read_revision) == find_newest_revision()


@cache
def find_newest_revision() -> str:
    """Return the newest migration's revision: file names begin with it, four digits, in order."""
    return max(file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*.py"))


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
