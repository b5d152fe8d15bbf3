from collections.abc import AsyncIterator

import pytest_asyncio

from tests.bridge.waha.waha_env import Stage, linked


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with linked() as made:
        yield made
