"""Every scenario here runs on every kind of channel: only the fixture knows which."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from db.tables import ChannelKind
from tests.fixtures.database import migrated_on
from tests.flows.stage import Stage
from tests.flows.worlds import staged_on


@pytest.fixture(scope="module", params=list(ChannelKind))
def kind(request: pytest.FixtureRequest) -> ChannelKind:
    """The kind of channel that the customers come through."""
    made: ChannelKind = request.param
    return made


@pytest.fixture(scope="module")
def own_url(kind: ChannelKind, request: pytest.FixtureRequest) -> Iterator[str]:
    """DATABASE_URL of a database of this kind's stage alone."""
    assert kind
    with migrated_on("sqlite", request) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(kind: ChannelKind, own_url: str) -> AsyncIterator[Stage]:
    """A stage with a running desk that a module's tests share; each brings its own customers."""
    async with staged_on(kind, own_url) as made:
        yield made
