"""Bodies at webhooks, which nobody has signed yet: bounded on every kind of channel."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from api.http.graceful_shutdown import GracefulShutdown
from bot.intake.webhook import build_webhook_routes
from bridge.cloud.intake.webhook import build_cloud_routes
from bridge.waha.intake.lid_resolver import LidResolver
from bridge.waha.intake.webhook import build_waha_routes
from db.database import Database
from db.ids import ChannelId, new_id
from desk.limits.body_reader import BodyReader
from desk.telemetry.metrics import Metrics
from scripts.application.http_server import HttpServer
from tests.fixtures.intake import run_intake
from tests.flows.eventually import eventually
from tests.patience import PATIENCE

KEY = "k" * 64
CHANNEL = ChannelId(new_id())
HEADERS: Mapping[str, Mapping[str, str]] = {
    "telegram": {"X-Telegram-Bot-Api-Secret-Token": KEY},
    "whatsapp": {"X-Hub-Signature-256": "sha256=" + hmac.new(b"", b"", hashlib.sha256).hexdigest()},
    "waha": {"X-Webhook-Hmac": "0" * 128},
}


@dataclass(slots=True)
class Webhooks:
    """The webhooks of all kinds of channels, called over plain sockets."""

    port: int

    async def post(
        self, kind: str, channel: str, *, size: int, sent: bytes
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Announce a body of `size` bytes and send these of it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"POST /{kind}/{channel} HTTP/1.1", "Host: x", f"Content-Length: {size}"]
        lines += [f"{name}: {value}" for name, value in HEADERS[kind].items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + sent)
        return reader, writer


async def read_status(reader: asyncio.StreamReader) -> int:
    line = await asyncio.wait_for(reader.readline(), PATIENCE)
    return int(line.split()[1])


@asynccontextmanager
async def serving(database: Database, bodies: BodyReader) -> AsyncIterator[Webhooks]:
    app, metrics = web.Application(), Metrics()
    credentials = {CHANNEL: {"hmac_key": KEY, "app_secret": KEY, "phone_number_id": "1"}}
    is_known = {CHANNEL}.__contains__
    async with run_intake(database) as intake:
        services = intake, metrics, bodies
        app.add_routes(build_webhook_routes(lambda _: [KEY], is_known, *services))
        app.add_routes(build_cloud_routes(credentials, *services, is_known=is_known))
        app.add_routes(build_waha_routes(credentials, *services, lids=LidResolver(lambda _: None)))
        server = HttpServer(app, GracefulShutdown(), "127.0.0.1", 0)
        address = await server.start()
        yield Webhooks(int(address.rpartition(":")[2]))
        await server.close()


@pytest.mark.parametrize("kind", HEADERS)
async def test_a_slow_body_is_ended(database: Database, kind: str) -> None:
    async with serving(database, BodyReader(seconds=0.2)) as webhooks:
        reader, writer = await webhooks.post(kind, CHANNEL, size=1000, sent=b"{")
        assert await read_status(reader) == 408
        writer.close()


@pytest.mark.parametrize("kind", HEADERS)
async def test_a_large_body_is_refused_before_it_comes(database: Database, kind: str) -> None:
    async with serving(database, BodyReader()) as webhooks:
        reader, writer = await webhooks.post(kind, CHANNEL, size=3 * 1024 * 1024 + 1, sent=b"")
        assert await read_status(reader) == 413
        writer.close()


@pytest.mark.parametrize("kind", HEADERS)
async def test_an_unknown_channel_is_refused_before_its_body_comes(
    database: Database, kind: str
) -> None:
    async with serving(database, BodyReader()) as webhooks:
        reader, writer = await webhooks.post(kind, new_id(), size=1000, sent=b"")
        assert await read_status(reader) == 503
        writer.close()


@pytest.mark.parametrize("kind", HEADERS)
async def test_only_so_many_bodies_are_read_at_once(database: Database, kind: str) -> None:
    async with serving(database, BodyReader(max_bodies=2)) as webhooks:
        calls = [await webhooks.post(kind, CHANNEL, size=9, sent=b"{") for _ in range(5)]
        answers = [asyncio.ensure_future(read_status(reader)) for reader, _ in calls]
        await eventually_done(answers, 3)
        assert [each.result() for each in answers if each.done()] == [408] * 3
        for each in answers:
            each.cancel()
        for _, writer in calls:
            writer.close()


async def eventually_done(answers: list[asyncio.Task[int]], count: int) -> None:
    async def enough() -> bool:
        await asyncio.sleep(0.01)
        return sum(each.done() for each in answers) >= count

    await eventually(enough, f"{count} of them are answered")


@pytest.mark.parametrize("kind", HEADERS)
async def test_a_body_that_is_broken_off_leaves_no_traceback(database: Database, kind: str) -> None:
    bodies = BodyReader()
    with capture_logs() as logs:
        async with serving(database, bodies) as webhooks:
            _, writer = await webhooks.post(kind, CHANNEL, size=1000, sent=b"{")
            await eventually(lambda: asyncio.sleep(0.01, bool(bodies._under_way)), "it is read")
            writer.transport.abort()

            async def refused() -> bool:
                await asyncio.sleep(0.01)
                return any(each["event"] == "webhook.refused" for each in logs)

            await eventually(refused, "the body is given up")
    assert not [each for each in logs if each["log_level"] == "error" or "exc_info" in each]
