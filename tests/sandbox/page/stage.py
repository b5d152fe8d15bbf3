"""A stage for tests of the page: a sandbox, a bot played by the test, and a browser's page."""

import asyncio
from typing import Any

import aiohttp
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    ViewportSize,
    expect,
)

from tests.patience import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)
TOKEN = "4200:page-test"
GROUP = -1001000000001
WIDE = ViewportSize(width=1366, height=860)
PHONE = ViewportSize(width=390, height=780)
UPDATES = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]

Json = dict[str, Any]


class Stage:
    """Names of the cast: customer Anna (7001), agents Mira (8001) and Tom (8002), the bot Osmo."""

    def __init__(self, url: str, web: aiohttp.ClientSession, page: Page) -> None:
        self.url = url
        self.web = web
        self.page = page
        self.troubles: list[str] = []
        self._offset = 0
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"{message.type}: {message.text} ({message.location})")

    async def control(self, method: str, path: str, body: Json | None = None) -> Any:
        async with self.web.request(method, f"{self.url}/control/{path}", json=body) as response:
            answer = await response.json()
            assert response.ok, answer
            return answer

    async def bot(self, method: str, **params: Any) -> Any:
        """Call the Bot API as the bot; the answer must be ok."""
        async with self.web.post(f"{self.url}/bot{TOKEN}/{method}", json=params) as response:
            answer = await response.json()
            assert answer["ok"], answer
            return answer["result"]

    async def update(self, kind: str) -> Json:
        """Return the next update of this kind; drop those before it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                asked = {"offset": self._offset, "timeout": 5, "allowed_updates": UPDATES}
                for update in await self.bot("getUpdates", limit=1, **asked):
                    self._offset = update["update_id"] + 1
                    if kind in update:
                        found: Json = update[kind]
                        return found

    async def heard(self) -> Json:
        """Return the next message of a person."""
        while (message := await self.update("message"))["from"]["id"] == 4200:
            pass
        return message

    async def set_up(self) -> None:
        await self.control("POST", "bots", {"token": TOKEN, "first_name": "Osmo Help"})
        await self.control("POST", "users", {"id": 7001, "first_name": "Anna"})
        for number, name in ((8001, "Mira"), (8002, "Tom")):
            await self.control("POST", "users", {"id": number, "first_name": name})
        cast: Json = {"members": [8001, 8002], "admins": [8001], "bots": [4200]}
        await self.control("POST", "groups", {"id": GROUP, "title": "Support", **cast})
        await self.bot("getUpdates", timeout=0, allowed_updates=UPDATES)

    async def say(self, text: str, sender: int = 7001, **more: Any) -> Json:
        """Write as a person through the control API, not through the page."""
        message: Json = await self.control(
            "POST", "messages", {"from": sender, "text": text, **more}
        )
        return message

    async def topic(self, name: str = "Anna") -> int:
        """Open a topic as the bot."""
        topic = await self.bot("createForumTopic", chat_id=GROUP, name=name)
        return int(topic["message_thread_id"])

    async def open(self) -> None:
        await self.page.goto(self.url)
        await self.page.wait_for_selector("body[data-ready]")

    async def open_topic(self, name: str = "Anna") -> None:
        await self.topics.get_by_role("button", name=name).click()
        await expect(self.group.get_by_role("heading", name=name, exact=True)).to_be_visible()

    @property
    def phone(self) -> Locator:
        return self.page.locator("#customer .phone")

    @property
    def group(self) -> Locator:
        return self.page.locator("#group")

    @property
    def topics(self) -> Locator:
        return self.page.get_by_role("navigation", name="Topics")

    @property
    def people(self) -> Locator:
        return self.page.get_by_role("navigation", name="Phones")

    async def write(self, side: Locator, text: str) -> None:
        """Type into a side's box and press Enter."""
        await side.get_by_role("textbox", name="Message").fill(text)
        await side.get_by_role("textbox", name="Message").press("Enter")

    def bubble(self, side: Locator, text: str) -> Locator:
        return side.locator(".row", has=side.page.locator(".text", has_text=text))

    async def message_menu(self, side: Locator, text: str) -> Locator:
        """Open the menu of the bubble with this text."""
        bubble = self.bubble(side, text)
        await bubble.hover()
        await bubble.get_by_role("button", name="React and more").click()
        return side.page.get_by_role("menu")


async def new_page(browser: Browser, *, wide: bool = True) -> tuple[BrowserContext, Page]:
    """Return a new page with an empty storage."""
    size = WIDE if wide else PHONE
    context = await browser.new_context(viewport=size, has_touch=not wide, locale="en-GB")
    context.set_default_timeout(PATIENCE * 1000)
    return context, await context.new_page()
