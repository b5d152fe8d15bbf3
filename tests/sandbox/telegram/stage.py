"""A running sandbox with a bot, two people and a forum, and an HTTP caller for the bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.app import serve
from sandbox.common.json_shapes import Json
from sandbox.telegram.client import TelegramSandbox
from sandbox.telegram.state.app_key import WORLD
from sandbox.telegram.state.world import World

TOKEN = "4242:sandbox-token"


@dataclass(slots=True)
class Stage:
    url: str
    http: aiohttp.ClientSession
    telegram: TelegramSandbox
    bot: Json
    ann: Json
    ben: Json
    group: Json
    world: World

    def waits_for_update(self) -> bool:
        """Check whether a long poll of the bot waits; nobody outside is told."""
        return self.world.bots[self.bot["id"]].queue.waiter is not None

    async def call(self, method: str, /, **params: object) -> Json:
        url = f"{self.url}/bot{TOKEN}/{method}"
        async with self.http.post(url, json=params) as response:
            reply: Json = await response.json()
            assert reply["ok"] == (response.status == 200)
            return reply

    async def ok(self, method: str, /, **params: object) -> Any:
        reply = await self.call(method, **params)
        assert reply["ok"], reply
        return reply["result"]

    async def refused(self, method: str, /, **params: object) -> tuple[int, str]:
        reply = await self.call(method, **params)
        assert not reply["ok"], reply
        return reply["error_code"], reply["description"]

    async def updates(self, **params: object) -> list[Json]:
        """Return the queued updates and confirm them."""
        found: list[Json] = await self.ok("getUpdates", **params)
        if found:
            await self.ok("getUpdates", offset=found[-1]["update_id"] + 1)
        return found

    async def topic(self, name: str = "Ann") -> int:
        made = await self.ok("createForumTopic", chat_id=self.group["id"], name=name)
        return int(made["message_thread_id"])


@asynccontextmanager
async def staged(state_file: Path | None = None) -> AsyncIterator[Stage]:
    async with (
        serve(state_file=state_file) as running,
        TelegramSandbox(running.url) as telegram,
        aiohttp.ClientSession() as http,
    ):
        bot = await telegram.add_bot(TOKEN)
        ann = await telegram.add_user("Ann", id=1001, username="ann", language_code="en")
        ben = await telegram.add_user("Ben", id=1002)
        group = await telegram.add_group(
            "Staff", id=-1001234567890, admins=[ben], members=[ann], bots=[bot]
        )
        yield Stage(running.url, http, telegram, bot, ann, ben, group, running.app[WORLD])
