from collections.abc import AsyncIterator

import pytest_asyncio

from tests.bridge.waha.waha_env import WahaEnv, open_env


@pytest_asyncio.fixture
async def env() -> AsyncIterator[WahaEnv]:
    async with open_env() as made:
        yield made
