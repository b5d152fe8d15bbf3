"""Holds connections with unfinished bodies at a webhook, as an attacker without a signature can.

Each connection announces the largest body that the webhook takes, sends all of it but the last
byte, and waits. It ends by itself: after the desk has answered, or after a fixed time.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import aiohttp

from db.database import Database
from scripts.bench.processes import MeasuredProcess
from scripts.bench.stage import run_stage, wait_until
from scripts.bench.webhooks.scenario import SERVED_WITHIN, add_channels, is_served, run_desk

_BODY_BYTES = 3 * 1024 * 1024
_CHUNK = b"x" * 65_536
_GIVE_UP_AFTER = 60.0
_NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class SlowBodyFigures:
    """The desk's memory, and how it got rid of the connections."""

    before_megabytes: float
    peak_megabytes: float
    after_megabytes: float
    # HTTP status: connections; 0: closed, or held until the end, without an answer.
    statuses: Mapping[int, int]
    # Until the last one was answered.
    seconds: float
    # Whether another request was answered meanwhile.
    was_serving: bool


async def run_slow_bodies(url: str, database: Database, *, connections: int) -> SlowBodyFigures:
    """Measure on a fresh, migrated database."""
    channel_id = await database.run(add_channels)
    async with run_stage(0) as play, run_desk(play.url, url) as (desk, address):
        hook = f"{address}/whatsapp/{channel_id}"
        async with aiohttp.ClientSession() as http:
            await wait_until(partial(is_served, http, hook), seconds=SERVED_WITHIN)
            return await _attack(http, hook, desk, connections)


async def _attack(
    http: aiohttp.ClientSession, hook: str, desk: MeasuredProcess, connections: int
) -> SlowBodyFigures:
    loop = asyncio.get_running_loop()
    before, began = desk.megabytes(), loop.time()
    async with asyncio.TaskGroup() as group:
        held = [group.create_task(_hold(hook)) for _ in range(connections)]
        await asyncio.sleep(1)
        was_serving = await is_served(http, hook)
    seconds = loop.time() - began
    return SlowBodyFigures(
        before_megabytes=before,
        peak_megabytes=desk.peak_megabytes(),
        after_megabytes=desk.megabytes(),
        statuses=Counter(each.result() for each in held),
        seconds=seconds,
        was_serving=was_serving,
    )


async def _hold(hook: str) -> int:
    """Send a body but for its last byte; return the status of the answer."""
    target = urlsplit(hook)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    head = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.netloc}",
        f"Content-Length: {_BODY_BYTES}",
        f"X-Hub-Signature-256: sha256={'0' * 64}",
    ]
    try:
        async with asyncio.timeout(_GIVE_UP_AFTER):
            answer = asyncio.ensure_future(reader.readline())
            writer.write("\r\n".join([*head, "", ""]).encode())
            left = _BODY_BYTES - 1
            while left > 0 and not answer.done():
                writer.write(_CHUNK[:left])
                await writer.drain()
                left -= len(_CHUNK)
            line = await answer
    except (OSError, TimeoutError):
        return _NO_ANSWER
    finally:
        writer.close()
    return int(line.split()[1]) if line else _NO_ANSWER
