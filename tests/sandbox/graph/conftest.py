from collections.abc import AsyncIterator

import pytest

from tests.sandbox.graph.stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Yield a stage on which Ann has written once, and no webhook is waiting."""
    async with staged() as made:
        yield made
