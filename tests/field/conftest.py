"""One desk for all cases of a module, on SQLite: what differs by database is tested elsewhere."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.field.field_stage import FieldStage, run_field
from tests.fixtures.database import open_migrated_database


@pytest.fixture(scope="module")
def field_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the DATABASE_URL of a database for one module's cases."""
    with open_migrated_database("sqlite", request) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def field(field_url: str) -> AsyncIterator[FieldStage]:
    """Run a desk that serves every kind of channel."""
    async with run_field(field_url) as stage:
        yield stage
