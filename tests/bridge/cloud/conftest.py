from collections.abc import AsyncIterator

import pytest

from tests.bridge.cloud.cloud_env import CloudStage, staged
from tests.bridge.cloud.inbound_env import Inflow, opened


@pytest.fixture
async def stage() -> AsyncIterator[CloudStage]:
    """A number at the sandbox's Graph API, with a carrier of ours, and Ann who has written."""
    async with staged() as made:
        yield made


@pytest.fixture
async def inflow(migrated_sqlite_url: str) -> AsyncIterator[Inflow]:
    """A desk with one number, to which webhook bodies are given."""
    async with opened(migrated_sqlite_url) as made:
        yield made
