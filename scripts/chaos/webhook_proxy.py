"""A proxy between the providers and the desk's webhooks that delivers some calls more than once."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

_TWICE, _DENIED, _LATE = 0.05, 0.10, 0.15
_SLOWEST = 4.0
_ANSWER_WITHIN = 40


@dataclass(slots=True)
class WebhookProxy:
    """Forwards webhook calls to the desk on `port`."""

    port: int
    chance: random.Random
    http: aiohttp.ClientSession
    repeats_calls: bool = True
    repeats: int = 0
    url: str = ""
    _later: set["asyncio.Task[int]"] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.Response:
        """Forward one call, and sometimes repeat it: at once, later, or by reporting a failure."""
        body, headers = await request.read(), dict(request.headers)
        status = await self._post(request.path, body, headers)
        drawn = self.chance.random()
        if status != web.HTTPOk.status_code or not self.repeats_calls or drawn > _LATE:
            return web.Response(status=status)
        self.repeats += 1
        if drawn < _TWICE:
            await self._post(request.path, body, headers)
        elif drawn < _DENIED:  # the desk accepted it, but the provider gets an error and retries
            status = web.HTTPBadGateway.status_code
        else:
            self._post_later(request.path, body, headers)
        return web.Response(status=status)

    async def forward_verification(self, request: web.Request) -> web.Response:
        """Forward the verification request that Meta sends when a webhook is set."""
        url = f"http://127.0.0.1:{self.port}{request.path_qs}"
        try:
            async with self.http.get(url) as reply:
                return web.Response(status=reply.status, text=await reply.text())
        except (aiohttp.ClientError, TimeoutError, OSError):
            return web.Response(status=web.HTTPBadGateway.status_code)

    def _post_later(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        async def late() -> int:
            await asyncio.sleep(self.chance.uniform(0.2, _SLOWEST))
            return await self._post(path, body, headers)

        task = asyncio.create_task(late())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        url = f"http://127.0.0.1:{self.port}{path}"
        try:
            async with self.http.post(url, data=body, headers=headers) as reply:
                await reply.read()
                return reply.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return web.HTTPBadGateway.status_code

    async def drain(self) -> None:
        """Wait for the delayed repeats."""
        self.repeats_calls = False
        await asyncio.gather(*self._later, return_exceptions=True)


@asynccontextmanager
async def run_webhook_proxy(port: int, chance: random.Random) -> AsyncIterator[WebhookProxy]:
    """Run a proxy to the desk on `port` while the block lasts."""
    limit = aiohttp.ClientTimeout(total=_ANSWER_WITHIN)
    async with aiohttp.ClientSession(timeout=limit) as http:
        webhook_proxy = WebhookProxy(port, chance, http)
        app = web.Application()
        every = "/{path:.*}"
        app.add_routes(
            [
                web.post(every, webhook_proxy.handle),
                web.get(every, webhook_proxy.forward_verification),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            webhook_proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield webhook_proxy
        finally:
            await runner.cleanup()
