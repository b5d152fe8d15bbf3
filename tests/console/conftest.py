"""One browser and one desk for all tests; each test has its own customers and pages."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.console.scene import Scene, run_scene
from tests.services.chromium import Chromium


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable_path, args=list(chromium.args)
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def shared_scene(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[Scene]:
    file = tmp_path_factory.mktemp("console") / "osmodesk.db"
    shutil.copy(migrated_sqlite, file)
    async with run_scene(browser, f"sqlite+aiosqlite:///{file}") as scene:
        yield scene


@pytest_asyncio.fixture(loop_scope="session")
async def scene(shared_scene: Scene) -> AsyncIterator[Scene]:
    """The running desk; whatever the test did, no page may have complained."""
    await shared_scene.clear()
    yield shared_scene
    troubles = await shared_scene.close_pages()
    assert troubles == []
