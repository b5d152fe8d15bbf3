from collections.abc import AsyncIterator

import pytest

from tests.bridge.cloud.stage import CloudStage, staged


@pytest.fixture
async def stage() -> AsyncIterator[CloudStage]:
    """A number at the sandbox's Graph API, with a carrier of ours, and Ann who has written."""
    async with staged() as made:
        yield made
