from collections.abc import AsyncIterator

import pytest

from tests.sandbox.graph.stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A stage on which Ann has written once, and nothing is on its way."""
    async with staged() as made:
        yield made
