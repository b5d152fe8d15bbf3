"""A MariaDB database that one test opens several times, as several processes do."""

from collections.abc import AsyncIterator, Callable

import pytest

from db.database import Database
from db.url import parse_database_url

Opener = Callable[[], Database]


@pytest.fixture
async def another(migrated_mariadb_url: str) -> AsyncIterator[Opener]:
    """Return a function that opens the database once more; all are closed at the end."""
    opened: list[Database] = []

    def open_it() -> Database:
        opened.append(Database(parse_database_url(migrated_mariadb_url)))
        return opened[-1]

    yield open_it
    for each in opened:
        await each.close()
