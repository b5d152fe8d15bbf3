"""Takes the screenshots in docs/images/ from a running sandbox.

    python -m tests.sandbox.page.screenshots http://127.0.0.1:8090 docs/images

Play the scene first, by hand or by script: the pictures show what is there, with the topic that was
written to last open.
"""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.services.chromium import find_chromium

WIDE = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
LOOKS = (
    ("sandbox.png", WIDE, "light"),
    ("sandbox-dark.png", WIDE, "dark"),
    ("sandbox-phone.png", PHONE, "light"),
)


async def _settle(page: Page) -> None:
    """Open the newest topic and wait until all animations have ended."""
    await page.wait_for_selector("body[data-ready]")
    topics = page.locator(".topic")
    if await topics.nth(1).is_visible():
        await topics.nth(1).click()
    await page.wait_for_load_state("domcontentloaded")
    await page.wait_for_timeout(600)


async def take(browser: Browser, url: str, folder: Path) -> list[Path]:
    """Write one picture per look, and return their paths."""
    taken = []
    for name, size, scheme in LOOKS:
        page = await browser.new_page(
            viewport=size,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            device_scale_factor=2,
        )
        await page.goto(url)
        await _settle(page)
        await page.screenshot(path=folder / name)
        taken.append(folder / name)
        await page.close()
    return taken


async def main(url: str, folder: Path) -> None:
    async with async_playwright() as playwright:
        chromium = find_chromium()
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable_path, args=list(chromium.args)
        )
        await take(browser, url, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
