"""One desk for all cases of a module; on MariaDB only in the long form of the tests."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.field.field_stage import FieldStage, run_field
from tests.fixtures.database import open_migrated_database


@pytest.fixture(scope="module", params=["sqlite", pytest.param("mariadb", marks=pytest.mark.long)])
def field_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the DATABASE_URL of a database for one module's cases."""
    with open_migrated_database(request.param, request) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def field(field_url: str) -> AsyncIterator[FieldStage]:
    """Run a desk that serves every kind of channel."""
    async with run_field(field_url) as stage:
        yield stage
