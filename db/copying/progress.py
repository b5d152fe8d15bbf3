"""How far a copy or a restore came, kept in the database that it fills.

The table exists from the beginning to the end. While it exists, no desk may start there: some rows
are missing.
"""

from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from db.copying.rows import RowKey, decode_key, encode_key
from db.database import Database
from db.dialect import count_changed
from db.types import Key, LongText

MARK_TABLE = "unfinished_copy"
# The source of a restore; that of a copy is a text of its own.
RESTORE = "restore"
# Apart from our tables: it is no part of the schema.
_progress = Table(
    MARK_TABLE,
    MetaData(),
    # A table's name; empty for the row that says what is copied.
    Column("name", Key, primary_key=True),
    Column("last_key", LongText),
    Column("source", String(500)),
)
_SOURCE = ""


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """What an unfinished copy was made from, and the last key that it wrote of each table."""

    source: str
    last_keys: dict[str, RowKey]


class UnfinishedCopyError(Exception):
    """The database was filled by a copy or a restore that has not ended."""


async def is_unfinished(database: Database) -> bool:
    """Check whether a copy or restore into this database was begun and has not ended."""
    async with database.engine.connect() as connection:
        return await _exists(connection)


async def raise_if_unfinished(database: Database) -> None:
    """Raise UnfinishedCopyError while rows are missing in this database."""
    found = await read_progress(database)
    if found is None:
        return
    if found.source == RESTORE:
        raise UnfinishedCopyError(
            "a restore into this database was not finished, so rows are missing: run osmodesk db "
            "restore again, with this backup or another"
        )
    raise UnfinishedCopyError(
        "a copy into this database was not finished, so some rows are missing: run the same "
        "osmodesk db copy again, with DATABASE_URL set to the SQLite file"
    )


async def read_progress(database: Database) -> CopyProgress | None:
    """Return the progress of an unfinished copy; None where there is none."""
    if not await is_unfinished(database):
        return None
    async with database.transaction() as tx:
        rows = (await tx.execute(select(_progress))).all()
    keys = {row.name: decode_key(row.last_key) for row in rows if row.last_key is not None}
    return CopyProgress(next((row.source for row in rows if row.name == _SOURCE), ""), keys)


async def begin(database: Database, source: str) -> None:
    """Mark the database as one that is filled from `source`."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_progress.drop, checkfirst=True)
        await connection.run_sync(_progress.create)
    async with database.transaction() as tx:
        await tx.execute(insert(_progress).values(name=_SOURCE, source=source))


async def record(tx: AsyncSession, table: str, last: RowKey) -> None:
    """Record the last key that was written of a table, with the rows in one transaction."""
    changed = update(_progress).where(_progress.c.name == table).values(last_key=encode_key(last))
    if not count_changed(await tx.execute(changed)):
        await tx.execute(delete(_progress).where(_progress.c.name == table))
        await tx.execute(insert(_progress).values(name=table, last_key=encode_key(last)))


async def finish(database: Database) -> None:
    """Remove the mark: everything is there and verified."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_progress.drop, checkfirst=True)


async def _exists(connection: AsyncConnection) -> bool:
    def look(sync: Connection) -> bool:
        return inspect(sync).has_table(MARK_TABLE)

    return await connection.run_sync(look)
