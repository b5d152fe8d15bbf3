"""A process that hangs in a transaction must not block all others for hours."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from db.queues import leases
from db.tables.base import now_utc
from tests.cluster.conftest import Opener
from tests.patience import PATIENCE


async def test_what_it_had_locked_is_free_after_some_seconds(another: Opener) -> None:
    hung, other = another(), another()
    now = now_utc()

    async def hang() -> None:
        async with hung.transaction() as tx:
            assert await leases.take(tx, "poll", "hung", now, now)
            async with asyncio.timeout(PATIENCE), other.transaction() as theirs:
                assert await leases.take(theirs, "poll", "other", now, now)
            await tx.execute(text("SELECT 1"))

    with pytest.raises(OperationalError):
        await hang()
    async with hung.transaction() as tx:
        assert await tx.scalar(text("SELECT 1")) == 1
