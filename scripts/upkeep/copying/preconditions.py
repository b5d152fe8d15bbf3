"""What must be true before rows are copied, each with what to do where it is not."""

from sqlalchemy import inspect

from db import migrations
from db.copying import progress, rows
from db.copying.progress import CopyProgress
from db.database import Database
from db.revision import is_current
from db.url import DatabaseUrl, DatabaseUrlError, parse_database_url
from scripts.upkeep.errors import UpkeepError

_FORM = "mysql://user:pass@host:3306/db"


def parse_target(text: str) -> DatabaseUrl:
    """Parse the address of the new database; raise UpkeepError where it cannot be one."""
    if not text:
        raise UpkeepError(f"no address of the new database was given; it looks like {_FORM}")
    try:
        address = parse_database_url(text)
    except DatabaseUrlError as error:
        raise UpkeepError(
            f"the address of the new database {error.fault}; it looks like {_FORM}"
        ) from None
    if address.is_sqlite:
        raise UpkeepError(
            f"the new database must be MySQL / MariaDB: {_FORM}. To copy an SQLite file to another "
            "file, use: osmodesk db backup"
        )
    return address


def check_source_address(address: DatabaseUrl) -> None:
    """Raise UpkeepError unless DATABASE_URL is an SQLite file that exists."""
    file = address.sqlite_file
    if file is None:
        raise UpkeepError(
            f"db copy reads an SQLite file, but DATABASE_URL is {address}: "
            "set DATABASE_URL to the SQLite file for this command"
        )
    if not file.is_file():
        raise UpkeepError(f"there is no file {file}: nothing to copy")


async def check_source(source: Database) -> None:
    """Raise UpkeepError unless the tables of the SQLite file are those of this version."""
    if not await is_current(source):
        raise UpkeepError(
            "the SQLite file is of another version than this program: "
            "run osmodesk db migrate, then copy again"
        )


async def prepare_target(target: Database, source: str, *, restart: bool) -> CopyProgress:
    """Return where to go on in the new database: at the beginning, if it is empty.

    Creates the tables if it has none. With `restart`, removes what an unfinished copy wrote.
    Raises UpkeepError if it has rows of anything else, or tables of another version.
    """
    if await _has_no_tables(target):
        await migrations.upgrade(target)
    if not await is_current(target):
        raise UpkeepError(
            f"the tables of {target.address} are not those of this version: create an empty "
            "database, or run osmodesk db deploy with DATABASE_URL set to it"
        )
    found = await progress.read_progress(target)
    if found is None:
        await _check_empty(target)
    elif restart:
        await target.run(rows.delete_all_rows)
    elif found.source == source:
        return found
    else:
        raise UpkeepError(
            "the SQLite file has changed since this copy started. Run the command again with "
            "--restart: it deletes what was copied and starts again"
        )
    await progress.begin(target, source)
    return CopyProgress(source, {})


async def _has_no_tables(target: Database) -> bool:
    async with target.engine.connect() as connection:
        return not await connection.run_sync(lambda sync: inspect(sync).get_table_names())


async def _check_empty(target: Database) -> None:
    async with target.transaction() as tx:
        filled = await rows.find_filled_table(tx)
    if filled is not None:
        raise UpkeepError(
            f"{target.address} is not empty: {filled} has rows, and nothing was changed. "
            "Create an empty database, or empty this one: osmodesk db reset with DATABASE_URL "
            "set to it"
        )
