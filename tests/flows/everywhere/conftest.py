"""Every scenario here runs on every kind of channel; only the fixture knows which.

Telegram runs on both databases, WhatsApp on SQLite.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from db.tables import ChannelKind
from tests.fixtures.database import open_migrated_database
from tests.flows.channel_stages import run_channel_stage
from tests.flows.stage import Stage

WORLDS = [*((kind, "sqlite") for kind in ChannelKind), (ChannelKind.TELEGRAM, "mariadb")]


@pytest.fixture(scope="module", params=WORLDS, ids=[f"{kind}-{engine}" for kind, engine in WORLDS])
def world(request: pytest.FixtureRequest) -> tuple[ChannelKind, str]:
    """Return the kind of channel that the customers use, and the database."""
    kind, engine = request.param
    return kind, engine


@pytest.fixture(scope="module")
def own_url(world: tuple[ChannelKind, str], request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the DATABASE_URL of a database for this world's stage only."""
    with open_migrated_database(world[1], request) as url:
        yield url


@pytest.fixture
def fresh_url(world: tuple[ChannelKind, str], request: pytest.FixtureRequest) -> str:
    """Return the DATABASE_URL of a database for one test only."""
    url: str = request.getfixturevalue(f"migrated_{world[1]}_url")
    return url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(world: tuple[ChannelKind, str], own_url: str) -> AsyncIterator[Stage]:
    """Run a stage with a desk that a module's tests share; each adds its own customers."""
    async with run_channel_stage(world[0], own_url) as made:
        yield made
