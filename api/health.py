"""`/healthz`: the process is up. `/readyz`: everything that it needs answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Check = Callable[[], Awaitable[None]]
_PATIENCE = 2.0


def health_routes(
    checks: Mapping[str, Check], *, patience: float = _PATIENCE
) -> list[web.RouteDef]:
    """Build both routes; a check that raises or is not done in time makes `/readyz` answer 503.

    `patience` is in seconds.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        names = list(checks)
        found = await asyncio.gather(*(_ask(checks[name], patience) for name in names))
        ready = all(answer == "ok" for answer in found)
        body = {"status": "ok" if ready else "away", **dict(zip(names, found, strict=True))}
        return web.json_response(body, status=200 if ready else 503)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]


async def _ask(check: Check, patience: float) -> str:
    try:
        async with asyncio.timeout(patience):
            await check()
    except Exception as error:
        return type(error).__name__
    return "ok"
