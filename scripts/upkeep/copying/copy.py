"""Copy all rows in batches, each a transaction that records how far it came.

The old database is only read. Whatever ends a copy, the same command continues it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from db.copying import progress, rows
from db.copying.rows import Row, RowKey
from db.database import Database, Transaction
from db.errors import describe_error, is_transient
from db.exclusive_use import keep_desks_away
from scripts.upkeep.copying.preconditions import check_source, prepare_target
from scripts.upkeep.copying.verification import TableCheck, verify
from scripts.upkeep.errors import UpkeepError

_BATCH_SIZE = 500
# A table, how many of its rows are done, and how many it has.
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Copier:
    """Copies `source`, which no desk may use meanwhile, to `target`."""

    source: Database
    target: Database
    on_progress: OnProgress
    on_verifying: OnProgress

    async def copy(self, *, restart: bool = False) -> list[TableCheck]:
        """Copy what is missing, verify everything, and return what was verified.

        Raises UpkeepError, DatabaseInUseError, or the error of a database; the copy is then
        unfinished and can be continued.
        """
        async with keep_desks_away(self.source), keep_desks_away(self.target):
            await check_source(self.source)
            fingerprint = await self._identify_source()
            begun = await prepare_target(self.target, fingerprint, restart=restart)
            for table in rows.list_tables():
                await self._copy_table(table, begun.last_keys.get(table.name))
            verified = await verify(self.source, self.target, self.on_verifying)
            await progress.finish(self.target)
            return verified

    async def _identify_source(self) -> str:
        """Return a text that changes when the file does.

        What is in the log beside the file is moved into it first.
        """
        await self.source.truncate_log()
        file = await asyncio.to_thread(Path(str(self.source.address.url.database)).stat)
        return f"{file.st_size} {file.st_mtime_ns}"

    async def _copy_table(self, table: Table, after: RowKey | None) -> None:
        total = await self.source.run(lambda tx: rows.count_rows(tx, table))
        done = await self.target.run(lambda tx: rows.count_rows(tx, table)) if after else 0
        while batch := await _read(self.source, table, after):
            after = rows.get_key(table, batch[-1])
            await self._write(table, batch, after)
            done += len(batch)
            self.on_progress(table.name, done, total)

    async def _write(self, table: Table, batch: list[Row], last: RowKey) -> None:
        async def work(tx: Transaction) -> None:
            await rows.write_rows(tx, table, batch)
            await progress.record(tx, table.name, last)

        try:
            await self.target.run(work)
        except DBAPIError as error:
            if is_transient(error):
                raise
            raise await self._find_refused_row(table, batch) from None

    async def _find_refused_row(self, table: Table, batch: list[Row]) -> UpkeepError:
        """Write the rows one by one until one is refused, and describe it."""
        for row in batch:
            last = rows.get_key(table, row)

            async def work(tx: Transaction, row: Row = row, last: RowKey = last) -> None:
                await rows.write_rows(tx, table, [row])
                await progress.record(tx, table.name, last)

            try:
                await self.target.run(work)
            except DBAPIError as error:
                key = " ".join(map(str, last))
                return UpkeepError(
                    f"the new database refuses the row {key} of {table.name}: "
                    f"{describe_error(error)}. Correct that row in the SQLite file, then run the "
                    "command again with --restart"
                )
        return UpkeepError(f"rows of {table.name} were refused at first: run the command again")


async def _read(database: Database, table: Table, after: RowKey | None) -> list[Row]:
    async with database.transaction() as tx:
        return list(await rows.read_rows(tx, table, after, _BATCH_SIZE))
