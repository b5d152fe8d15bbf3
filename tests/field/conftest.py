"""One desk for all cases of a module."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.field.field_stage import FieldStage, run_field


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def field(shared_url: str) -> AsyncIterator[FieldStage]:
    """Run a desk that serves every kind of channel."""
    async with run_field(shared_url) as stage:
        yield stage
