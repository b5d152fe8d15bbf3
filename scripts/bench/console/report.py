"""Run the measurement of the console, and print it beside the budgets."""

import asyncio
from collections.abc import Callable

from playwright.async_api import async_playwright

from scripts.bench.console.measurement import Figure, measure_page, measure_sizes
from scripts.bench.console.played_api import CONVERSATIONS, serve_played_api
from scripts.private_servers.programs import find_program

_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def report_console(say: Callable[[str], None]) -> None:
    """Measure the console; raises ProgramMissingError without a browser."""
    browser = find_program("chromium", "chromium-browser", "google-chrome")
    say(f"The console with {CONVERSATIONS:,} conversations, the processor slowed down four times")
    _print(measure_sizes(), say)
    _print(asyncio.run(_measure(browser)), say)


async def _measure(executable: str) -> list[Figure]:
    async with async_playwright() as playwright, serve_played_api() as played:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=list(_ARGUMENTS)
        )
        try:
            return await measure_page(browser, played)
        finally:
            await browser.close()


def _print(figures: list[Figure], say: Callable[[str], None]) -> None:
    for each in figures:
        budget = "" if each.budget is None else f"of {each.budget:g} {each.unit}"
        mark = "  OVER" if each.is_over else ""
        say(f"  {each.name:40}{each.value:8.1f} {each.unit}  {budget}{mark}".rstrip())
