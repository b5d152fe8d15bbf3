from collections.abc import AsyncIterator

import pytest

from tests.desk.ai.model.stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made
