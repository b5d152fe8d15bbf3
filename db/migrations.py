"""Run the migrations."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from db import types
from db.database import Database
from db.exclusive_use import keep_desks_away
from db.url import DatabaseUrl

_TYPE_NAMES = {
    id(each): name
    for name, each in vars(types).items()
    if name in {"Ulid", "Key", "QueueId", "LongText", "Json"}
}
_FOLDER = Path(__file__).parent.parent / "alembic"


def build_config(connection: Connection | None = None) -> Config:
    """Build alembic's configuration, independent of the current folder."""
    made = Config()
    made.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def build_options() -> dict[str, Any]:
    """Return the options for running migrations and for comparing them with the models."""
    # SQLite cannot alter most parts of a table: a migration that does so uses `batch_alter_table`.
    return {"compare_type": True, "render_item": _render_item}


def _render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Render our own column types by their names; db/types.py defines them for each engine."""
    if kind != "type":
        return False
    if isinstance(item, sa.Enum):
        context.imports.add("from db.types import checked_string")
        return f"checked_string({item.name!r}, {', '.join(map(repr, item.enums))})"
    name = "UtcDateTime" if isinstance(item, types.UtcDateTime) else _TYPE_NAMES.get(id(item))
    if name is None:
        return False
    context.imports.add(f"from db.types import {name}")
    return f"{name}()" if name == "UtcDateTime" else name


@asynccontextmanager
async def open_migrated(address: DatabaseUrl) -> AsyncIterator[Database]:
    """Open a database with all migrations, and close it at the end of the block."""
    database = Database(address)
    try:
        await upgrade(database)
        yield database
    finally:
        await database.close()


async def upgrade(database: Database, revision: str = "head") -> None:
    """Run every pending migration up to `revision`."""
    async with _begin(database) as connection:
        await connection.run_sync(lambda sync: command.upgrade(build_config(sync), revision))


async def downgrade(database: Database, revision: str) -> None:
    """Undo migrations down to `revision` (`base`: all of them)."""
    async with _begin(database) as connection:
        await connection.run_sync(lambda sync: command.downgrade(build_config(sync), revision))


@asynccontextmanager
async def _begin(database: Database) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction for migrations.

    SQLite checks foreign keys at its end: a table that is rebuilt is missing for a moment.
    """
    async with database.engine.connect() as connection:
        if not database.is_sqlite:
            async with connection.begin():
                yield connection
            return
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 it was just connected
        await driver.execute_fetchall("PRAGMA foreign_keys=OFF")
        try:
            async with connection.begin():
                yield connection
                broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"rows refer to rows that do not exist: {broken[:3]}")
        finally:
            await driver.execute_fetchall("PRAGMA foreign_keys=ON")


def run_on_new_connection(
    database: Database, work: Callable[[Connection], None], *, removes_tables: bool
) -> None:
    """Run `work` on a new connection, for alembic's own command line.

    Raises DatabaseInUseError if it `removes_tables` of a running desk.
    """

    async def run() -> None:
        keeping = keep_desks_away(database) if removes_tables else nullcontext()
        async with keeping, _begin(database) as connection:
            await connection.run_sync(work)
        await database.close()

    asyncio.run(run())
