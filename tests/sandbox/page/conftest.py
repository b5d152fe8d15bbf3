"""One browser for all tests of the page; each test has its own sandbox and page."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from sandbox.app import serve
from tests.sandbox.page.stage import Stage, new_page
from tests.services.chromium import Chromium


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable_path, args=list(chromium.args)
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stage(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The open page with its cast; `@pytest.mark.parametrize("stage", ["phone"], indirect=True)`
    makes it a phone's. Whatever the test did, the page must not have complained."""
    wide = getattr(request, "param", "wide") == "wide"
    async with serve() as running, aiohttp.ClientSession() as web:
        context, page = await new_page(browser, wide=wide)
        stage = Stage(running.url, web, page)
        await stage.set_up()
        await stage.open()
        yield stage
        await context.close()
        assert stage.troubles == []
