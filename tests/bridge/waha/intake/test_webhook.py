"""Tests of the webhook alone: it stores a signed event and then acknowledges it."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp.test_utils import TestServer
from aiohttp.web import Application
from sqlalchemy import select

from bridge.waha.intake.lid_resolver import LidResolver
from bridge.waha.intake.webhook import build_waha_routes
from db.database import Database
from db.ids import ChannelId
from db.queues.inbox import inbox
from db.tables import Channel, ChannelKind
from db.url import parse_database_url
from desk.limits.body_reader import BodyReader
from desk.telemetry.metrics import Metrics
from tests.bridge.waha.waha_env import CHANNEL
from tests.fixtures.intake import run_intake

KEY = "k" * 64
BODY = b'{"event": "message", "payload": {"id": "false_1@c.us_A", "from": "1@c.us", "body": "x"}}'
STATUS = b'{"event": "session.status", "id": "evt_1", "payload": {"status": "WORKING"}}'


@dataclass(slots=True)
class Hook:
    server: TestServer
    http: aiohttp.ClientSession
    told: list[ChannelId] = field(default_factory=list)

    async def post(
        self,
        body: bytes,
        *,
        key: str = KEY,
        channel: str = CHANNEL,
        signature: str | None = None,
        algorithm: str | None = "sha512",
    ) -> int:
        signed = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
        headers = {"X-Webhook-Hmac": signed if signature is None else signature}
        if algorithm is not None:
            headers["X-Webhook-Hmac-Algorithm"] = algorithm
        url = self.server.make_url(f"/waha/{channel}")
        async with self.http.post(url, data=body, headers=headers) as reply:
            return reply.status


@asynccontextmanager
async def hooked(database: Database, key: str = KEY) -> AsyncIterator[Hook]:
    app, told = Application(), list[ChannelId]()
    keys, lids = {CHANNEL: {"hmac_key": key}}, LidResolver(lambda _: None)
    async with run_intake(database) as intake:
        app.add_routes(
            build_waha_routes(
                keys, intake, Metrics(), BodyReader(), lids=lids, on_status=told.append
            )
        )
        async with TestServer(app) as server, aiohttp.ClientSession() as http:
            yield Hook(server, http, told)


async def kept(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return list(await tx.scalars(select(inbox.c.provider_id).order_by(inbox.c.id)))


async def prepared(url: str) -> Database:
    database = Database(parse_database_url(url))
    kind = ChannelKind.WHATSAPP_WAHA
    async with database.transaction() as tx:
        tx.add(Channel(id=CHANNEL, kind=kind, external_id="ch7@waha", name="Shop"))
    return database


async def test_a_signed_event_is_stored_once(migrated_url: str) -> None:
    database = await prepared(migrated_url)
    async with hooked(database) as hook:
        assert [await hook.post(BODY) for _ in range(3)] == [200] * 3
        assert hook.told == []
        assert await hook.post(STATUS, algorithm=None) == 200
        assert hook.told == [CHANNEL]
    assert await kept(database) == ["message:false_A", "session.status:evt_1"]
    await database.close()


async def test_an_unsigned_event_is_rejected(migrated_sqlite_url: str) -> None:
    database = await prepared(migrated_sqlite_url)
    async with hooked(database) as hook:
        assert await hook.post(BODY, key="wrong") == 403
        for signature in ("", "0" * 128, "ü", "sha512=abc", "x" * 5000):
            assert await hook.post(BODY, signature=signature) == 403
        assert await hook.post(BODY, algorithm="md5") == 403
        assert await hook.post(BODY, channel="X") == 503
    async with hooked(database, key="") as hook:  # no key: no body can be genuine
        assert await hook.post(BODY, key="") == 403
    assert await kept(database) == []
    await database.close()


async def test_an_event_that_is_not_stored_is_not_acknowledged(sqlite_url: str) -> None:
    database = Database(parse_database_url(sqlite_url))  # without any table
    async with hooked(database) as hook:
        assert await hook.post(BODY) == 503
    await database.close()
