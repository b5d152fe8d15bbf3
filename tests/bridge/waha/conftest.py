from collections.abc import AsyncIterator

import pytest_asyncio

from tests.bridge.waha.stage import Stage, linked


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with linked() as made:
        yield made
