"""Tests that the page reconnects to a sandbox that was unavailable."""

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from sandbox.app import serve
from tests.patience import PATIENCE
from tests.sandbox.page.stage import Stage, new_page

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_happened_meanwhile_is_shown_after_a_restart(browser: Browser) -> None:
    context, page = await new_page(browser)
    async with aiohttp.ClientSession() as web:
        async with serve() as first:
            stage = Stage(first.url, web, page)
            await stage.set_up()
            await stage.open()
            port = int(first.url.rpartition(":")[2])
        state = page.locator("#connection")
        await expect(state).to_have_text("Reconnecting…")
        async with serve(port=port):
            await stage.set_up()
            await stage.say("/start")
            await stage.bot("sendMessage", chat_id=7001, text="I am back")
            await expect(state).to_have_text("Live", timeout=PATIENCE * 1000)
            await expect(stage.bubble(stage.phone, "I am back")).to_be_visible()
            await context.close()
