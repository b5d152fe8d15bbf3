"""Compare two databases: every row by a checksum, every reference, every view."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Table, inspect, text

from db.copying import rows
from db.copying.checksums import Checksum
from db.copying.rows import RowKey
from db.database import Database
from db.orphans import find_orphans
from scripts.upkeep.errors import UpkeepError

_BATCH_SIZE = 1000
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class TableCheck:
    """A table whose rows are equal in both databases."""

    table: str
    checksum: Checksum


async def verify(
    source: Database, target: Database, on_progress: OnProgress | None = None
) -> list[TableCheck]:
    """Return the equal checksums of all tables; raise UpkeepError where anything differs."""
    found = []
    for table in rows.list_tables():
        wanted = await compute_checksum(source, table)
        there = await compute_checksum(target, table)
        if wanted != there:
            raise UpkeepError(
                f"{table.name} differs: {wanted.rows} rows in the old database, {there.rows} in "
                "the new one. The old database is unchanged. Run the command again with --restart"
            )
        found.append(TableCheck(table.name, wanted))
        if on_progress is not None and wanted.rows:
            on_progress(table.name, there.rows, wanted.rows)
    await _check_references(target)
    await _compare_views(source, target)
    return found


async def compute_checksum(database: Database, table: Table) -> Checksum:
    """Read a whole table and return its checksum."""
    total, after = Checksum(), None
    while True:
        async with database.transaction() as tx:
            key: RowKey | None = after
            batch = await rows.read_rows(tx, table, key, _BATCH_SIZE)
        if not batch:
            return total
        for row in batch:
            total = total.add(row)
        after = rows.get_key(table, batch[-1])


async def _check_references(target: Database) -> None:
    async with target.engine.connect() as connection:
        orphans = [each async for each in find_orphans(connection)]
    if orphans:
        raise UpkeepError(
            "the copy cannot be used: rows refer to rows that do not exist: " + ", ".join(orphans)
        )


async def _compare_views(source: Database, target: Database) -> None:
    """Raise UpkeepError unless the views of both have the same names and numbers of rows."""
    wanted, there = await _count_views(source), await _count_views(target)
    if wanted != there:
        raise UpkeepError(f"the views differ: {wanted} in the old database, {there} in the new one")


async def _count_views(database: Database) -> dict[str, int]:
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: sorted(inspect(sync).get_view_names()))
        counts = {}
        for name in names:
            statement = text(f"SELECT COUNT(*) FROM {name}")  # noqa: S608 a view of our own
            counts[name] = int((await connection.execute(statement)).scalar_one())
        return counts
