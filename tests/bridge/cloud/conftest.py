from collections.abc import AsyncIterator

import pytest

from tests.bridge.cloud.cloud_env import CloudEnv, open_env
from tests.bridge.cloud.inbound_env import InboundEnv, open_inbound_env


@pytest.fixture
async def env() -> AsyncIterator[CloudEnv]:
    """Provide a number at the sandbox's Graph API, our sender, and Ann who has written."""
    async with open_env() as made:
        yield made


@pytest.fixture
async def inbound(migrated_sqlite_url: str) -> AsyncIterator[InboundEnv]:
    """Provide a desk with one number that receives webhook bodies."""
    async with open_inbound_env(migrated_sqlite_url) as made:
        yield made
