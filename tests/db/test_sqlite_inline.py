"""Transactions on SQLite whose calls do not all go through a thread."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db.database import Database, Transaction
from db.url import parse_database_url

_ADD, _COUNT = text("INSERT INTO notes VALUES ('x')"), text("SELECT COUNT(*) FROM notes")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    found = Database(parse_database_url(f"sqlite:///{tmp_path}/desk.db"))
    async with found.transaction() as tx:
        await tx.execute(text("CREATE TABLE notes (words TEXT)"))
    yield found
    await found.close()


async def count(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(_COUNT) or 0)


async def test_what_changes_something_is_committed(database: Database, tmp_path: Path) -> None:
    for number in range(3):
        async with database.transaction() as tx:
            await tx.execute(_ADD)
        assert await count(database) == number + 1

    async def fail(tx: Transaction) -> None:
        await tx.execute(_ADD)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.run(fail)
    assert await count(database) == 3
    with closing(sqlite3.connect(tmp_path / "desk.db")) as other:
        assert other.execute("SELECT COUNT(*) FROM notes").fetchone() == (3,)


async def test_another_process_that_writes_is_waited_for_beside_the_loop(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO notes VALUES ('theirs')")
    waiting = asyncio.ensure_future(count(database))
    # The loop goes on; it would hang for five seconds if it waited itself.
    async with asyncio.timeout(4):
        for _ in range(5):
            await asyncio.sleep(0.01)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    assert await waiting == 1
