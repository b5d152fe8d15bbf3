"""A receiver of webhooks: a real server that remembers what came and answers what it is told."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.flows.eventually import PATIENCE, eventually

Json = dict[str, Any]


@dataclass(frozen=True)
class Came:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> Json:
        found: Json = json.loads(self.body)
        return found

    @property
    def kind(self) -> str:
        return str(self.data["type"])

    @property
    def text(self) -> str | None:
        return (self.data.get("message") or {}).get("message")

    def is_signed_with(self, secret: str) -> bool:
        """Check the signature as the specification's page tells a receiver to, and no other way."""
        key = base64.b64decode(secret.split("_", 1)[1])
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return self.headers["webhook-signature"] == f"v1,{expected}"


@dataclass
class Receiver:
    """What came, and how the next requests are answered: a status each; the last one stays."""

    came: list[Came] = field(default_factory=list)
    answers: list[int] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    # Which requests are refused, whatever `answers` says.
    refuses: Callable[[Came], bool] = lambda _: False
    hangs: asyncio.Event | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        came = Came(request.path, headers, await request.read())
        self.came.append(came)
        if self.hangs is not None:
            await self.hangs.wait()
        if self.refuses(came):
            return web.Response(status=400)
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, headers=self.headers)

    def texts(self) -> list[str | None]:
        return [each.text for each in self.came if each.kind == "message.new"]

    async def receives(self, kind: str, within: float = PATIENCE, **wanted: Any) -> Came:
        """Wait for an event of this kind, with these values in its body or as its text."""

        async def found() -> Came | None:
            for each in self.came:
                has = {**each.data, "text": each.text}
                if each.kind == kind and all(has.get(n) == value for n, value in wanted.items()):
                    return each
            return None

        return await eventually(found, f"{kind} {wanted} comes", within)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Serve a receiver until the block ends."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        if receiver.hangs is not None:
            receiver.hangs.set()
        await runner.cleanup()
