"""Tests that the docs' screenshots can be taken from any running sandbox."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.sandbox.page.screenshots import take
from tests.sandbox.page.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.long
async def test_each_look_becomes_a_picture(stage: Stage, browser: Browser, tmp_path: Path) -> None:
    await stage.topic()
    for picture in await take(browser, stage.url, tmp_path):
        assert picture.read_bytes().startswith(b"\x89PNG")
