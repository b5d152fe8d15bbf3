"""A scene for tests of the console: a running desk, customers at Telegram, agents in browsers."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp
import bcrypt
from playwright.async_api import Browser, BrowserContext, Request, ViewportSize, expect

from db.tables import Role
from sandbox.telegram import mini_app
from tests.console.visitor import Visitor
from tests.flows.customers import TelegramCustomer
from tests.flows.stage import BOT_ID, Json, Stage, prepare_stage
from tests.patience import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)
PASSWORD = "a long sentence for tests"
_HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()

PHONE = ViewportSize(width=360, height=740)
TABLET = ViewportSize(width=768, height=1024)
DESKTOP = ViewportSize(width=1440, height=900)


@dataclass(slots=True)
class Scene:
    """The desk with its stage, and the pages that tests opened."""

    stage: Stage
    browser: Browser
    _boss: str = ""
    _contexts: list[BrowserContext] = field(default_factory=list)
    _visitors: list[Visitor] = field(default_factory=list)

    async def agent(self, name: str = "Mia", *, role: Role = Role.CS, online: bool = False) -> str:
        """Add an agent with a password, who is away unless asked; return their e-mail address."""
        agent_id = await self.stage.make_agent(name, online=online, role=role)
        status = "online" if online else "away"
        await self.stage.change(
            "UPDATE agents SET status = :status WHERE id = :id", status=status, id=agent_id
        )
        email = f"{agent_id.lower()}@example.com"
        await self.stage.change(
            "UPDATE users SET email = :email, password_hash = :hash"
            " WHERE id = (SELECT user_id FROM agents WHERE id = :id)",
            email=email,
            hash=_HASH,
            id=agent_id,
        )
        return email

    async def bound_agent(self, name: str, *, role: Role = Role.CS) -> tuple[str, Json]:
        """Add an agent who has started the bot; return their e-mail address and account."""
        email = await self.agent(name, role=role)
        user = (await self.stage.member(name)).user
        await self.stage.change(
            "UPDATE users SET telegram_id = :id WHERE email = :email",
            id=str(user["id"]),
            email=email,
        )
        await self.stage.telegram.say(user, "/start", bot=BOT_ID)
        return email, user

    async def open_telegram(self, user: Json, size: ViewportSize = PHONE) -> Visitor:
        """Open the sandbox's page, which plays Telegram's client, at this person's phone."""
        visitor = await self._open(self.stage.url, size, touch=size is PHONE)
        await expect(visitor.page.locator("body[data-ready]")).to_be_visible()
        phones = visitor.page.get_by_role("navigation", name="Phones")
        name = re.compile(rf"^{user['first_name']}'s phone(,|$)")
        await visitor.press(phones.get_by_role("button", name=name))
        return visitor

    async def waiting_customer(self, *texts: str, name: str = "Ann") -> TelegramCustomer:
        """Add a customer whose session waits, because nobody is online."""
        customer = await self.stage.customer(name)
        assert isinstance(customer, TelegramCustomer)
        customer.bot = BOT_ID  # a test may have connected another one
        await customer.begins()
        for each in texts:
            await customer.says(each)
        await self.stage.wait_for_state(customer, texts[-1], "received")
        return customer

    async def open(
        self,
        size: ViewportSize = DESKTOP,
        *,
        touch: bool = False,
        locale: str = "en-GB",
        dark: bool = False,
        address: str | None = None,
        has_clock: bool = False,
    ) -> Visitor:
        """Open the console in a browser of its own; with `has_clock` its time can be changed."""
        visitor = await self._open(
            address or self.stage.address,
            size,
            touch=touch,
            locale=locale,
            dark=dark,
            has_clock=has_clock,
        )
        await expect(visitor.page.locator(".shell, .login")).to_be_visible()
        return visitor

    async def _open(
        self,
        address: str,
        size: ViewportSize,
        *,
        touch: bool = False,
        locale: str = "en-GB",
        dark: bool = False,
        has_clock: bool = False,
    ) -> Visitor:
        context = await self.browser.new_context(
            viewport=size,
            has_touch=touch,
            is_mobile=touch,
            locale=locale,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE * 1000)
        if has_clock:
            await context.clock.install()
        # As over plain http on another machine, where browsers lack it.
        await context.add_init_script("delete Crypto.prototype.randomUUID")
        visitor = Visitor(await context.new_page(), address, is_touch=touch)
        self._contexts.append(context)
        self._visitors.append(visitor)
        await visitor.open()
        return visitor

    async def enter(self, email: str, size: ViewportSize = DESKTOP, **how: object) -> Visitor:
        """Open the console and log in."""
        visitor = await self.open(size, **how)  # type: ignore[arg-type]
        await visitor.log_in(email, PASSWORD)
        await expect(visitor.page.locator(".shell")).to_be_visible()
        return visitor

    async def administrator(self) -> str:
        """Return the e-mail address of an administrator, who is added first."""
        self._boss = self._boss or await self.agent("Boss", role=Role.ADMIN)
        return self._boss

    async def another_tab(self, visitor: Visitor, on_request: Callable[[Request], None]) -> Visitor:
        """Open the console in another tab of a visitor's browser, where they are logged in."""
        page = await visitor.page.context.new_page()
        page.on("request", on_request)
        other = Visitor(page, visitor.address)
        self._visitors.append(other)
        await other.open()
        await expect(page.locator(".shell")).to_be_visible()
        return other

    async def call(
        self, method: str, path: str, body: Json | None = None, *, email: str | None = None
    ) -> Any:
        """Call the API as this user; None: the administrator."""
        email = email or await self.administrator()
        given = {"email": email, "password": PASSWORD}
        address = f"{self.stage.address}/api/v1"
        async with aiohttp.ClientSession() as http:
            async with http.post(f"{address}/auth/login", json=given) as answer:
                token = (await answer.json())["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            asked = http.request(method, address + path, json=body, headers=headers)
            async with asked as answer:
                assert answer.ok, await answer.text()
                return None if answer.status == HTTPStatus.NO_CONTENT else await answer.json()

    async def channel(self) -> str:
        """Return the id of the channel of the stage's bot; tests may have added others."""
        found = (await self.call("GET", "/channels"))["items"]
        return next(str(each["id"]) for each in found if each["from_environment"])

    async def clear(self) -> None:
        """End the sessions that an earlier test left waiting, and leave no agent online."""
        await self.stage.change("UPDATE agents SET status = 'offline'")
        await self.end_waiting()

    async def end_waiting(self) -> None:
        """End the sessions that wait."""
        for each in (await self.call("GET", "/queue"))["items"]:
            await self.call("POST", f"/sessions/{each['id']}/end")

    async def close_pages(self) -> list[str]:
        """Close all pages; return what they complained about.

        An answer that a test still changes is finished first: without its page it would fail, in
        the midst of the next test.
        """
        troubles = [each for visitor in self._visitors for each in visitor.troubles]
        for context in self._contexts:
            for page in context.pages:
                await page.unroute_all(behavior="wait")
            await context.close()
        self._contexts.clear()
        self._visitors.clear()
        return troubles


@asynccontextmanager
async def run_scene(browser: Browser, database_url: str) -> AsyncIterator[Scene]:
    """Run a desk with its stage, which also opens the console as a Mini App."""
    key = mini_app.PUBLIC_KEY
    async with (
        prepare_stage(database_url, telegram_mini_app_key=key) as stage,
        stage.desk() as address,
    ):
        stage.address = address
        await stage.wait_for_console()
        yield Scene(stage, browser)
