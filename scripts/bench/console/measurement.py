"""Measure the console in Chromium, with the processor slowed down four times as on a phone."""

import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.async_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page

from api.pages.console.packing import pack_styles
from api.pages.console.page import build_packer, pack_later_scripts
from scripts.bench.console.played_api import (
    EVENTS,
    EVENTS_A_SECOND,
    PlayedApi,
)

_SOURCE = Path(__file__).parents[3] / "console"
_SLOWDOWN = 4
# A slow mobile connection: 1.6 Mbit/s down, 0.75 up, 150 ms there and back.
_SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
_PATIENCE_MS = 120_000
_ANSWERS = 12
_LOG_IN = 'localStorage.setItem("osmodesk.logged-in", "true");'
# What the page measures, it says on its console: asking for it from outside would keep the slow
# processor busy meanwhile. This says when the frame with the first row has been painted.
_SAY_FIRST_LIST = """new MutationObserver((_, observer) => {
  if (!document.querySelector("[role=option]")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => console.debug("first-list", performance.now())));
}).observe(document, { childList: true, subtree: true });"""
# Scrolls through the list and returns the length of each frame in milliseconds.
_SCROLL = """async () => {
  const rows = document.querySelector(".rows"), frames = [];
  let last = performance.now();
  for (let i = 0; i < 300; i++) {
    rows.scrollTop += 400;
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - last);
    last = performance.now();
  }
  return frames.sort((a, b) => a - b);
}"""
# Says the time from the next Enter until its bubble is in a frame.
_WATCH_ENTER = """() => {
  const bubbles = () => document.querySelectorAll(".bubble-row.is-out").length;
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const start = performance.now(), before = bubbles();
    const observer = new MutationObserver(() => {
      if (bubbles() <= before) return;
      observer.disconnect();
      requestAnimationFrame(() => console.debug("bubble", performance.now() - start));
    });
    observer.observe(document.body, { childList: true, subtree: true });
  }, { capture: true, once: true });
}"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, and the most that it may be."""

    name: str
    value: float
    unit: str
    budget: float | None = None

    @property
    def is_over(self) -> bool:
        """Check whether the value is over its budget."""
        return self.budget is not None and self.value > self.budget


def measure_sizes() -> list[Figure]:
    """Measure what a browser downloads."""
    packer = build_packer()
    scripts = packer.pack_in_two(_SOURCE / "js/early.js")
    figures = [Figure("script", sum(map(_weigh, scripts)), "kB", 70)]

    def add(name: str, body: bytes) -> str:
        budget = 40.0 if name == "administration" else None
        figures.append(Figure(name, _weigh(body), "kB", budget))
        return name

    pack_later_scripts(packer, add)
    return [*figures, Figure("style", _weigh(pack_styles(_SOURCE / "css/main.css")), "kB", 15)]


def _weigh(body: bytes) -> float:
    return len(gzip.compress(body, 9)) / 1000


async def measure_page(browser: Browser, played: PlayedApi) -> list[Figure]:
    """Measure how the page loads, sends, scrolls and takes events."""
    figures = await _measure_loading(browser, played)
    figures.append(await _measure_sending(browser, played))
    played.is_whole = True
    return [*figures, *await _measure_list(browser, played)]


@asynccontextmanager
async def _open_phone(
    browser: Browser, *, touch: bool = True
) -> AsyncIterator[tuple[BrowserContext, Page, CDPSession]]:
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=touch, is_mobile=touch
    )
    context.set_default_timeout(_PATIENCE_MS)
    await context.add_init_script(_LOG_IN + _SAY_FIRST_LIST)
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWDOWN})
    yield context, page, devtools
    await context.close()


async def _measure_loading(browser: Browser, played: PlayedApi) -> list[Figure]:
    async with _open_phone(browser) as (_, page, devtools):
        await devtools.send("Network.enable")
        await devtools.send("Network.emulateNetworkConditions", _SLOW_4G)
        cold = await _time_first_list(page, played)
        fast = {**_SLOW_4G, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        await devtools.send("Network.emulateNetworkConditions", fast)
        await page.goto("about:blank")
        warm = await _time_first_list(page, played)
    return [
        Figure("first list on slow 4G, nothing cached", cold, "ms", 2000),
        Figure("first list, cached", warm, "ms", 300),
    ]


async def _time_first_list(page: Page, played: PlayedApi) -> float:
    """Measure from the beginning of the navigation until the first row is painted."""
    async with page.expect_console_message(_is_figure("first-list")) as said:
        await page.goto(f"{played.url}/#/inbox/all", wait_until="commit")
    return _read_figure(await said.value)


def _is_figure(name: str) -> Callable[[ConsoleMessage], bool]:
    return lambda message: message.text.startswith(f"{name} ")


def _read_figure(message: ConsoleMessage) -> float:
    return float(message.text.split()[1])


async def _measure_sending(browser: Browser, played: PlayedApi) -> Figure:
    """Measure from Enter to the bubble; on a touch screen, Enter begins a line."""
    async with _open_phone(browser, touch=False) as (_, page, _):
        await page.goto(f"{played.url}/#/inbox/all/{0:026}")
        box = page.locator(".composer-input")
        await box.wait_for()
        spent: list[float] = []
        for number in range(_ANSWERS):
            await box.fill(f"Answer {number}")
            await page.evaluate(_WATCH_ENTER)
            async with page.expect_console_message(_is_figure("bubble")) as said:
                await box.press("Enter")
            spent.append(_read_figure(await said.value))
    return Figure("Enter to bubble, median", median(spent), "ms", 50)


async def _measure_list(browser: Browser, played: PlayedApi) -> list[Figure]:
    async with _open_phone(browser) as (_, page, devtools):
        await devtools.send("Performance.enable")
        await page.goto(f"{played.url}/#/inbox/all")
        await page.get_by_role("option").first.wait_for()
        frames = await page.evaluate(_SCROLL)
        before = await _read_task_seconds(devtools)
        played.begin_events.set()
        await played.are_events_sent.wait()
        spent = await _read_task_seconds(devtools) - before
        heap = await page.evaluate("performance.memory.usedJSHeapSize")
    return [
        Figure("frame while scrolling, median", frames[150], "ms"),
        Figure("frame while scrolling, p95", frames[285], "ms", 36),
        Figure(f"one of {EVENTS_A_SECOND} events a second", spent / EVENTS * 1000, "ms"),
        Figure("heap", heap / 1e6, "MB", 60),
    ]


async def _read_task_seconds(devtools: CDPSession) -> float:
    metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))
