"""Tests of a webhook with a locked database: it answers in time, and nothing is lost."""

import sqlite3
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from aiohttp.web import Application
from sqlalchemy import select

from bot.intake import webhook
from db.database import Database
from db.ids import ChannelId, new_id
from db.queues.inbox import inbox
from db.tables import Channel, ChannelKind
from db.url import parse_database_url
from desk.limits.body_reader import BodyReader
from desk.telemetry.metrics import Metrics
from tests.fixtures.intake import run_intake


async def test_a_locked_file_is_answered_in_time_and_the_repeated_update_is_kept(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_STORE_TIMEOUT", 0.3)
    channel_id = ChannelId(new_id())
    database = Database(parse_database_url(migrated_sqlite_url))
    async with database.transaction() as tx:
        tx.add(Channel(id=channel_id, kind=ChannelKind.TELEGRAM, external_id="1", name="Bot"))
    app = Application()
    somebody = sqlite3.connect(migrated_sqlite_url.partition("///")[2], isolation_level=None)
    somebody.execute("BEGIN IMMEDIATE")
    async with run_intake(database) as intake, AsyncExitStack() as stack:
        serves = {channel_id}.__contains__
        app.add_routes(
            webhook.build_webhook_routes(
                lambda _: ["secret"], serves, intake, Metrics(), BodyReader()
            )
        )
        server = await stack.enter_async_context(TestServer(app))
        http = await stack.enter_async_context(aiohttp.ClientSession())

        async def post() -> int:
            headers = {"X-Telegram-Bot-Api-Secret-Token": "secret"}
            url = server.make_url(f"/telegram/{channel_id}")
            async with http.post(url, json={"update_id": 7}, headers=headers) as reply:
                return reply.status

        assert await post() == 503
        somebody.execute("ROLLBACK")
        somebody.close()
        monkeypatch.setattr(webhook, "_STORE_TIMEOUT", 20.0)
        assert await post() == 200
    async with database.transaction() as tx:
        assert (await tx.scalars(select(inbox.c.provider_id))).all() == ["7"]
    await database.close()
