"""Fixtures of the flow tests; a conftest imports them by name."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.api.stage import ApiStage
from tests.flows.api_agents import open_api
from tests.flows.stage import Stage, run_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(shared_url: str) -> AsyncIterator[Stage]:
    """Run a stage with a desk that a module's tests share; each adds its own customers."""
    async with run_stage(shared_url) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(stage: Stage) -> AsyncIterator[ApiStage]:
    """Open the API of the stage, as its clients call it."""
    async with open_api(stage) as client:
        yield client
