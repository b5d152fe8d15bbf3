"""A running sandbox, an HTTP caller for WAHA's API, and a webhook that keeps its events."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.app import serve
from sandbox.common.json_shapes import Json
from sandbox.waha.client import WahaSandbox
from tests.patience import PATIENCE

KEY = "webhook-key"
EVENTS = [
    "session.status",
    "message",
    "message.any",
    "message.ack",
    "message.reaction",
    "message.edited",
    "message.revoked",
]
SESSION = "ch7"


@dataclass
class Hook:
    """A webhook that gives the answers that are set; every body must have the right signature."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    forged: int = 0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        right = hmac.new(KEY.encode(), body, hashlib.sha512).hexdigest()
        status = self.statuses.pop(0) if self.statuses else 200
        async with self.arrived:
            self.forged += request.headers.get("X-Webhook-Hmac") != right
            self.headers.append(dict(request.headers))
            self.bodies.append(body)
            if body.startswith(b"{"):
                self.got.append(json.loads(body))
            self.arrived.notify_all()
        return web.Response(status=status)

    def of(self, event: str) -> list[Json]:
        return [one["payload"] for one in self.got if one["event"] == event]

    async def until(self, event: str, count: int = 1) -> list[Json]:
        """Wait for that many events of a kind, and return their payloads."""
        async with self.arrived, asyncio.timeout(PATIENCE):
            await self.arrived.wait_for(lambda: len(self.of(event)) >= count)
        return self.of(event)

    async def until_bodies(self, count: int) -> list[bytes]:
        async with self.arrived, asyncio.timeout(PATIENCE):
            await self.arrived.wait_for(lambda: len(self.bodies) >= count)
        return self.bodies


@dataclass(slots=True)
class Answer:
    status: int
    kind: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Stage:
    url: str
    http: aiohttp.ClientSession
    waha: WahaSandbox
    hook: Hook
    ann: Json

    async def call(self, verb: str, path: str, body: object = None, **options: Any) -> Answer:
        """Call WAHA; a body is sent as JSON, unless it is bytes."""
        options["data" if isinstance(body, bytes) else "json"] = body
        async with self.http.request(verb, f"{self.waha.waha_url}{path}", **options) as response:
            return Answer(response.status, response.content_type, await response.read())

    async def ok(self, verb: str, path: str, body: object = None, **options: Any) -> Any:
        answer = await self.call(verb, path, body, **options)
        assert answer.status in {200, 201}, answer
        return answer.json if answer.body else None

    async def text(self, words: str = "Hello", **more: object) -> Json:
        """Send a text to Ann."""
        body = {"session": SESSION, "chatId": f"{self.ann['phone']}@c.us", "text": words, **more}
        sent: Json = await self.ok("POST", "/api/sendText", body)
        return sent

    def config(self, **hook: object) -> Json:
        facts = {"url": self.hook.url, "events": EVENTS, "hmac": {"key": KEY}, **hook}
        return {"metadata": {"channel": "7"}, "webhooks": [facts]}

    async def create(self, **hook: object) -> Json:
        body = {"name": SESSION, "config": self.config(**hook)}
        made: Json = await self.ok("POST", "/api/sessions", body)
        await self.waha.until(SESSION, "SCAN_QR_CODE")
        return made

    async def link(self, **hook: object) -> None:
        """Create the session and scan its code."""
        await self.create(**hook)
        await self.waha.scan(SESSION)


@asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    hook, app = Hook(), web.Application()
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield hook
    finally:
        await runner.cleanup()


@asynccontextmanager
async def staged(state_file: Path | None = None) -> AsyncIterator[Stage]:
    headers = {"X-Api-Key": WahaSandbox.API_KEY}
    async with (
        hooked() as hook,
        serve(state_file=state_file) as running,
        WahaSandbox(running.url) as waha,
        aiohttp.ClientSession(headers=headers) as http,
    ):
        ann = await waha.add_customer("Ann", phone="49151000001", lid="200000000000001")
        yield Stage(running.url, http, waha, hook, ann)
