from collections.abc import AsyncIterator

import pytest

from tests.sandbox.telegram.stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Yield a stage on which Ann has written to the bot once, and no update is queued."""
    async with staged() as made:
        await made.telegram.say(made.ann, "/start")
        await made.updates()
        yield made
