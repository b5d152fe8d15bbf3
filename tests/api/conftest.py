"""One running API shared by the tests of a module; each test creates its own people."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.app import serve
from sandbox.telegram.client import TelegramSandbox
from tests.api.channel_scene import OTHER, TOKEN, Scene
from tests.api.stage import ApiStage, run_api


@pytest.fixture(scope="module")
def api_sqlite_url(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> str:
    """Return the DATABASE_URL of a migrated SQLite file that a module's tests share."""
    file = tmp_path_factory.mktemp("api") / "osmodesk.db"
    shutil.copy(migrated_sqlite, file)
    return f"sqlite+aiosqlite:///{file}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(api_sqlite_url: str) -> AsyncIterator[ApiStage]:
    """A running API on SQLite; tests that use it say `pytestmark = pytest.mark.asyncio(...)`."""
    async with run_api(api_sqlite_url) as stage:
        yield stage


@pytest.fixture
async def own_api(migrated_url: str) -> AsyncIterator[ApiStage]:
    """A running API on a database of the test's own: once on each engine."""
    async with run_api(migrated_url) as stage:
        yield stage


@pytest.fixture
async def on(migrated_url: str) -> AsyncIterator[Scene]:
    """A scene with two bots at Telegram."""
    async with (
        serve() as sandbox,
        TelegramSandbox(sandbox.url) as telegram,
        run_api(migrated_url, telegram_api_url=sandbox.url) as api,
    ):
        await telegram.add_bot(TOKEN, "second_bot", "Second")
        await telegram.add_bot(OTHER, "third_bot", "Third")
        yield Scene(api, telegram, await api.admin())
