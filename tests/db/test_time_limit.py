"""A transaction that the server does not answer is given up, and the next one works."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.errors import DATABASE_ERRORS, is_away
from db.url import parse_database_url
from tests.patience import PATIENCE
from tests.services.mariadb import MariaDB


async def read(tx: AsyncSession) -> object:
    return await tx.scalar(text("SELECT 1"))


async def test_a_server_that_hangs_is_given_up(mariadb: MariaDB, mariadb_url: str) -> None:
    database = Database(parse_database_url(mariadb_url), time_limit=1.0)
    try:
        assert await database.run(read) == 1
        with mariadb.pause():
            async with asyncio.timeout(PATIENCE):
                with pytest.raises(
                    DATABASE_ERRORS, match="did not answer within 1 seconds"
                ) as hung:
                    await database.run(read)
            assert is_away(hung.value)
        assert await database.run(read) == 1
    finally:
        await database.close()


async def test_a_time_limit_of_the_work_itself_is_its_own(database: Database) -> None:
    async def work(_tx: AsyncSession) -> None:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()

    limited = Database(database.address, time_limit=60.0)
    try:
        with pytest.raises(TimeoutError) as own:
            await limited.run(work)
        assert not isinstance(own.value, DATABASE_ERRORS)
        assert await limited.run(read) == 1
    finally:
        await limited.close()
