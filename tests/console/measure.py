"""Measure the console with 10,000 conversations on a slow phone: python -m tests.console.measure.

The API is played here, so that only the page is measured. The processor is slowed down four times.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Page, async_playwright

from api.pages.console.packing import pack_script, pack_styles
from api.pages.console.page import build_console_routes, pack_later_scripts
from tests.console.scene import PHONE
from tests.services.chromium import find_chromium

Json = dict[str, Any]
CONVERSATIONS = 10_000
EVENTS, EVENTS_A_SECOND = 500, 50
CONSOLE = Path(__file__).parents[2] / "console"
# Scrolls through the list and returns the length of each frame in milliseconds.
SCROLL = """async () => {
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


def _conversation(number: int) -> Json:
    at = f"2026-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    return {
        "id": f"{number:026}",
        "client": {"id": f"{number:026}", "name": f"Customer {number}", "is_blocked": False},
        "channel": {"id": "0" * 26, "kind": "telegram", "name": "Shop"},
        "session": None,
        "session_count": 1,
        "unread_count": 0,
        "reply_until": None,
        "unreachable": None,
        "last_message_at": at,
        "last_message": {
            "id": f"{number:026}",
            "sender_type": "CLIENT",
            "message_type": "TEXT",
            "message": f"A question about order {number}",
            "author_name": None,
            "created_at": at,
        },
    }


def _event(number: int) -> Json:
    row = _conversation(number * 7 % CONVERSATIONS)
    session = {**row, "conversation_id": row["id"], "number": 1, "status": "ENDED", "agent": None}
    return {"type": "message.new", "at": row["last_message_at"], "session": session}


async def _stream(request: web.Request) -> web.StreamResponse:
    """Send `ready`, then the events when the measuring begins."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b"event: ready\nid: 1\ndata: {}\n\n")
    await request.app["go"].wait()
    for number in range(EVENTS):
        await response.write(
            b"event: message.new\ndata: %s\n\n" % json.dumps(_event(number)).encode()
        )
        await asyncio.sleep(1 / EVENTS_A_SECOND)
    request.app["done"].set()
    await asyncio.sleep(3600)
    return response


async def _answer(request: web.Request) -> web.Response:
    path, agent = request.path.removeprefix("/api/v1"), "a" * 26
    me = {"id": agent, "agent_id": agent, "name": "Mia", "email": "", "status": "online"}
    is_all = path == "/conversations" and not set(request.query) & {"mine", "waiting", "unread"}
    rows = [_conversation(each) for each in range(CONVERSATIONS)] if is_all else []
    answers: Json = {
        "/auth/browser/login": {"access_token": "t", "expires_in": 900},
        "/auth/me": {**me, "role": "CS"},
        "/conversations": {"items": rows, "next": None},
        "/conversations/counts": {"mine": 0, "waiting": 0, "unread": 0},
        "/channel-abilities": {"items": []},
    }
    return web.json_response(answers.get(path, {}))


@asynccontextmanager
async def _serve() -> AsyncIterator[tuple[str, web.Application]]:
    app = web.Application()
    app["go"], app["done"] = asyncio.Event(), asyncio.Event()
    app.add_routes([*build_console_routes(), web.get("/api/v1/events", _stream)])
    app.add_routes([web.route("*", "/api/v1/{path:.+}", _answer)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", app
    await runner.cleanup()


async def _measure(page: Page, url: str, app: web.Application) -> None:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    await devtools.send("Performance.enable")
    await page.goto(f"{url}/#/inbox/all")
    await page.locator("input[name=email]").fill("mia@example.com")
    await page.locator("input[name=password]").fill("x")
    await page.locator("form button.is-primary").click()
    await page.get_by_role("option").first.wait_for(timeout=120_000)
    frames = await page.evaluate(SCROLL)
    _say(f"frame while scrolling: median {frames[150]:.1f} ms, p95 {frames[285]:.1f} ms")
    before = await _task_seconds(devtools)
    app["go"].set()
    await app["done"].wait()
    spent = await _task_seconds(devtools) - before
    _say(f"one of {EVENTS_A_SECOND} events a second: {spent / EVENTS * 1000:.1f} ms")
    heap = await page.evaluate("performance.memory.usedJSHeapSize")
    _say(f"heap: {heap / 1e6:.1f} MB")


def _say(line: str) -> None:
    print(line)  # noqa: T201 a measurement is for people


async def _task_seconds(devtools: Any) -> float:
    metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


async def main() -> None:
    first = CONSOLE / "js/main.js"
    scripts = {"script": pack_script(first), "style": pack_styles(CONSOLE / "css/main.css")}
    pack_later_scripts(lambda name, body: f"/{scripts.setdefault(name, body) and name}.js")
    for name, body in scripts.items():
        _say(f"{name}: {len(gzip.compress(body, 9)) / 1000:.1f} kB compressed")
    chromium = find_chromium()
    async with async_playwright() as playwright, _serve() as (url, app):
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable_path, args=list(chromium.args)
        )
        page = await browser.new_page(viewport=PHONE, has_touch=True, is_mobile=True)
        await _measure(page, url, app)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
