"""Takes the console's screenshots in docs/images/ from a running demo.

    python -m tests.console.screenshots http://127.0.0.1:8080 http://127.0.0.1:8090 docs/images

The first address is the console's, the second the one of the page that plays Telegram. Play the
scene first: the pictures show what is there, with the newest conversation open, and last week's
reports if there are sessions of last week.
"""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser, ViewportSize, async_playwright

from tests.services.chromium import find_chromium

PHONE = ViewportSize(width=390, height=844)
LOOKS = (
    ("console.png", ViewportSize(width=1440, height=900), "light"),
    ("console-phone.png", PHONE, "dark"),
)


async def take(browser: Browser, url: str, folder: Path) -> None:
    """Log in as the demo's administrator, and write one picture per look."""
    for name, size, scheme in LOOKS:
        page = await browser.new_page(
            viewport=size,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            device_scale_factor=2,
            has_touch=size["width"] < 700,
            is_mobile=size["width"] < 700,
        )
        await page.goto(url)
        await page.locator(".demo-accounts button").last.click()
        await page.wait_for_selector(".shell")
        await page.goto(f"{url}/#/inbox/all")
        await page.get_by_role("option").first.click()
        await page.wait_for_selector(".bubble")
        await page.mouse.move(0, 0)  # nothing is shown as pointed at
        await page.wait_for_timeout(1500)  # until pictures are there
        await page.screenshot(path=folder / name)
        if name == "console.png":
            await page.set_viewport_size(ViewportSize(width=1440, height=1190))
            await page.goto(f"{url}/#/reports?period=last_week")
            await page.get_by_role("img").nth(2).wait_for()
            await page.wait_for_timeout(1500)
            await page.screenshot(path=folder / "reports.png")
        await page.close()


async def take_mini_app(browser: Browser, url: str, folder: Path) -> None:
    """Open the console as a Mini App on the first agent's phone, and write a picture of it."""
    page = await browser.new_page(
        viewport=PHONE,
        color_scheme="light",
        reduced_motion="reduce",
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    )
    await page.goto(url)
    await page.locator("body[data-ready]").wait_for()
    await page.get_by_role("button", name="CS One's phone").tap()
    start = page.locator("button.start")
    if await start.is_visible():
        await start.tap()
    await page.get_by_role("button", name="Console", exact=True).tap()
    frame = await (await page.locator(".mini-app iframe").element_handle()).content_frame()
    assert frame is not None
    await frame.locator('.views a[href="#/inbox/all"]').tap()
    await frame.get_by_role("option").first.tap()
    await frame.locator(".bubble").first.wait_for()
    await page.wait_for_timeout(1500)  # until pictures are there
    await page.screenshot(path=folder / "console-telegram.png")
    await page.close()


async def main(console: str, telegram: str, folder: Path) -> None:
    async with async_playwright() as playwright:
        chromium = find_chromium()
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable_path, args=list(chromium.args)
        )
        await take(browser, console, folder)
        await take_mini_app(browser, telegram, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
