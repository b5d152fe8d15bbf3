"""A MariaDB database that several parts of one test open as if each were a process of its own."""

from collections.abc import AsyncIterator, Callable

import pytest

from db.database import Database
from db.url import parse_database_url

Opener = Callable[[], Database]


@pytest.fixture
async def another(migrated_mariadb_url: str) -> AsyncIterator[Opener]:
    """Open the database once more; all are closed in the end."""
    opened: list[Database] = []

    def open_it() -> Database:
        opened.append(Database(parse_database_url(migrated_mariadb_url)))
        return opened[-1]

    yield open_it
    for each in opened:
        await each.close()
