import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from db.database import Database
from db.url import parse_database_url
from tests.desk.stage import Stage, open_stage


@pytest.fixture(autouse=True)
def no_log() -> Iterator[None]:
    """Silence the log: many failures are provoked here, and formatting one takes a second."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database)


@pytest.fixture
async def mariadb_database(migrated_mariadb_url: str) -> AsyncIterator[Database]:
    """Open a MariaDB database, for what SQLite lacks: many writers, strict lengths."""
    opened = Database(parse_database_url(migrated_mariadb_url))
    yield opened
    await opened.close()
