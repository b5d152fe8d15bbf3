"""A backup restores the views too, also for a user who may do nothing but use their database."""

import asyncio
from pathlib import Path

import sqlalchemy as sa

from db.database import Database
from db.url import DatabaseUrl, parse_database_url
from scripts.upkeep import backup
from tests.db.reference_scene import add_reference_scene
from tests.services.mariadb import MariaDB

UNREAD = "SELECT contact_name FROM conversation_summary WHERE unread_count > 0 ORDER BY 1"
NAMES = ["Andi", "Budi", "John"]


def fill(address: DatabaseUrl) -> None:
    async def work() -> None:
        database = Database(address)
        await add_reference_scene(database)
        await database.close()

    asyncio.run(work())


def ask(address: DatabaseUrl, sql: str) -> list[object]:
    async def work() -> list[object]:
        database = Database(address)
        async with database.transaction() as tx:
            found = list(await tx.scalars(sa.text(sql)))
        await database.close()
        return found

    return asyncio.run(work())


def add_user(server: MariaDB, name: str, database: str) -> str:
    """Create a user as docs/operations.md says, and return the DATABASE_URL."""
    server.execute(f"CREATE OR REPLACE USER '{name}'@'127.0.0.1' IDENTIFIED BY 'secret'")
    server.execute(f"GRANT ALL PRIVILEGES ON `{database}`.* TO '{name}'@'127.0.0.1'")
    return f"mysql://{name}:secret@127.0.0.1:{server.port}/{database}"


def test_another_user_restores_the_views(
    mariadb: MariaDB, migrated_mariadb_url: str, tmp_path: Path
) -> None:
    first = add_user(mariadb, "first", migrated_mariadb_url.rpartition("/")[2])
    fill(parse_database_url(first))
    file = tmp_path / "desk.sql"
    backup.backup(parse_database_url(first), file)
    assert b"DEFINER" not in file.read_bytes()
    with mariadb.fresh_database() as url:
        second = parse_database_url(add_user(mariadb, "second", url.rpartition("/")[2]))
        for _ in range(2):  # the second time over tables and views that exist
            backup.restore(second, file)
            assert ask(second, UNREAD) == NAMES
        name = second.url.database
        definers = "SELECT DISTINCT definer FROM information_schema.views WHERE table_schema = '{}'"
        rights = "SELECT DISTINCT security_type FROM information_schema.views"
        assert ask(second, definers.format(name)) == ["second@127.0.0.1"]
        assert ask(second, f"{rights} WHERE table_schema = '{name}'") == ["INVOKER"]


def test_views_come_back_with_an_sqlite_file(migrated_sqlite_url: str, tmp_path: Path) -> None:
    address = parse_database_url(migrated_sqlite_url)
    fill(address)
    file = tmp_path / "desk.backup"
    backup.backup(address, file)
    elsewhere = parse_database_url(f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}")
    backup.restore(elsewhere, file)
    assert ask(elsewhere, UNREAD) == NAMES
