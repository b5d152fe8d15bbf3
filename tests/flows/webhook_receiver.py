"""A receiver of webhooks: a real server that records requests and answers as the test decides."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.flows.eventually import PATIENCE, eventually

Json = dict[str, Any]


@dataclass(frozen=True)
class ReceivedRequest:
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
        """Check the signature exactly as the specification tells a receiver to."""
        key = base64.b64decode(secret.split("_", 1)[1])
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return self.headers["webhook-signature"] == f"v1,{expected}"


@dataclass
class Receiver:
    """The received requests, and the statuses of the next answers; the last status stays."""

    requests: list[ReceivedRequest] = field(default_factory=list)
    answers: list[int] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    # Requests to reject, whatever `answers` says.
    should_refuse: Callable[[ReceivedRequest], bool] = lambda _: False
    hang_until: asyncio.Event | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        came = ReceivedRequest(request.path, headers, await request.read())
        self.requests.append(came)
        if self.hang_until is not None:
            await self.hang_until.wait()
        if self.should_refuse(came):
            return web.Response(status=400)
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, headers=self.headers)

    def texts(self) -> list[str | None]:
        return [each.text for each in self.requests if each.kind == "message.new"]

    async def wait_for(self, kind: str, within: float = PATIENCE, **wanted: Any) -> ReceivedRequest:
        """Wait for an event of this kind, with these values in its body or as its text."""

        async def found() -> ReceivedRequest | None:
            for each in self.requests:
                has = {**each.data, "text": each.text}
                if each.kind == kind and all(has.get(n) == value for n, value in wanted.items()):
                    return each
            return None

        return await eventually(found, f"{kind} {wanted} comes", within)


@asynccontextmanager
async def run_receiver() -> AsyncIterator[Receiver]:
    """Run a receiver until the block ends."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    receiver.port = listening.getsockname()[1]
    await web.SockSite(runner, listening).start()
    try:
        yield receiver
    finally:
        if receiver.hang_until is not None:
            receiver.hang_until.set()
        # A connection that was accepted when asyncio's server closes is never closed (its
        # transport cannot be attached): accept no more, and wait until those are attached.
        asyncio.get_running_loop().remove_reader(listening)
        for _ in range(3):
            await asyncio.sleep(0)
        await runner.cleanup()
