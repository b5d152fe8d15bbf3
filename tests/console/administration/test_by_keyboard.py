"""The administration without a mouse, 1440 pixels wide."""

import re

import pytest
from playwright.async_api import expect

from tests.console.scene import Scene

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def test_a_greeting_is_found_changed_and_saved_by_keys(scene: Scene) -> None:
    desk = await scene.enter(await scene.administrator())
    page, keys = desk.page, desk.page.keyboard
    for name in ("Settings", "Texts", "Welcome (greeting)"):
        link = page.get_by_role("link", name=re.compile(f"^{re.escape(name)}"))
        await link.focus()
        await keys.press("Enter")
    wording = page.get_by_label("What is sent")
    await wording.focus()
    await keys.press("Control+a")
    await keys.type("Hi, {{first_nam}}")
    await keys.press("Control+s")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(wording).to_be_focused()
    for _ in range(2):
        await keys.press("Backspace")
    await keys.type("e}}")
    await keys.press("Control+s")
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await keys.type("!")
    await page.get_by_role("link", name="People").focus()
    await keys.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("not saved")
    await keys.press("Escape")
    await expect(wording).to_have_value("Hi, {{first_name}}!")
    await page.evaluate("history.back()")
    await expect(page.get_by_role("dialog")).to_contain_text("not saved")
    await page.get_by_role("button", name="Leave", exact=True).focus()
    await keys.press("Enter")
    await expect(wording).to_have_count(0)
    await scene.call("DELETE", f"/channels/{await scene.channel()}/texts")
