"""Fixtures: a channel, which the queues' rows refer to, and a MariaDB database."""

from collections.abc import AsyncIterator

import pytest

from db.database import Database
from db.ids import ChannelId, new_id
from db.tables import Channel, ChannelKind
from db.url import parse_database_url


@pytest.fixture
async def channel_id(database: Database) -> ChannelId:
    made = ChannelId(new_id())
    async with database.transaction() as tx:
        tx.add(Channel(id=made, kind=ChannelKind.TELEGRAM, external_id="1", name="Bot"))
    return made


@pytest.fixture
async def mariadb_database(migrated_mariadb_url: str) -> AsyncIterator[Database]:
    """Open a MariaDB database, for what SQLite does not have: many writers, strict lengths."""
    opened = Database(parse_database_url(migrated_mariadb_url))
    yield opened
    await opened.close()
