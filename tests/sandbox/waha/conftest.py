from collections.abc import AsyncIterator

import pytest

from tests.sandbox.waha.stage import Stage, staged


@pytest.fixture
async def bare() -> AsyncIterator[Stage]:
    """Yield a stage without a session; Ann has a phone."""
    async with staged() as made:
        yield made


@pytest.fixture
async def stage(bare: Stage) -> Stage:
    """Return a stage with a linked session."""
    await bare.link()
    return bare
