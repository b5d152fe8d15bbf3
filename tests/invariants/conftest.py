"""A database for tests that keep nothing in it."""

from collections.abc import AsyncIterator

import pytest

from db.database import Database
from db.url import parse_database_url


@pytest.fixture
async def sqlite_database(migrated_sqlite_url: str) -> AsyncIterator[Database]:
    """Open a migrated, empty database in a file."""
    opened = Database(parse_database_url(migrated_sqlite_url))
    yield opened
    await opened.close()
