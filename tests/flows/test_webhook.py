"""The webhook: false or malformed calls are rejected; stored updates are acknowledged."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from bot.intake.webhook import derive_webhook_secret
from db.ids import ChannelId
from scripts.private_servers.process import free_port
from tests.flows.eventually import eventually
from tests.flows.stage import SECRET_KEY, Stage, run_stage
from tests.services.mariadb import MariaDB

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(slots=True)
class Hook:
    """The desk's webhook, as Telegram or somebody else calls it."""

    stage: Stage
    url: str
    secret: str
    http: aiohttp.ClientSession

    async def post(self, body: bytes | str, *, url: str | None = None, **headers: str) -> int:
        headers = {HEADER: self.secret, "Content-Type": "application/json"} | headers
        data = io.BytesIO(body.encode() if isinstance(body, str) else body)
        async with self.http.post(url or self.url, data=data, headers=headers) as reply:
            return reply.status

    async def load_messages(self) -> int:
        [row] = await self.stage.rows(
            "SELECT COUNT(*) AS n FROM inbox WHERE lane NOT LIKE 'timer:%'"
        )
        return int(row["n"])


@asynccontextmanager
async def hooked(database_url: str, **settings: str) -> AsyncIterator[Hook]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with (
        run_stage(database_url, public_url=address, port=port, **settings) as stage,
        aiohttp.ClientSession() as http,
    ):
        [channel] = await stage.rows("SELECT id FROM channels")
        channel_id = ChannelId(channel["id"])
        secret = derive_webhook_secret(SECRET_KEY, channel_id)
        await stage.telegram.webhook_retry_base(0.05)
        yield Hook(stage, f"{address}/telegram/{channel_id}", secret, http)


def update(number: int, text: str = "by hand") -> str:
    person = {"id": 901, "is_bot": False, "first_name": "Hanna"}
    message = {"message_id": number, "date": 1, "text": text, "from": person}
    chat = {"id": 901, "type": "private", "first_name": "Hanna"}
    return json.dumps({"update_id": number, "message": message | {"chat": chat}})


async def test_conversations_travel_by_webhook(migrated_url: str) -> None:
    async with hooked(migrated_url) as hook:
        stage = hook.stage
        mia, ann = await stage.agent("Mia"), await stage.customer()
        for number in range(5):
            await ann.says(f"message {number}")
        await ann.sends_album("photo", "photo", "photo", caption="an album")
        topic = await stage.topic(ann)
        await topic.wait_for("an album")
        await ann.says("the end")
        await topic.wait_for("the end")
        *texts, one, two, three, _ = await topic.list_messages()
        assert [each.text for each in texts] == [f"message {number}" for number in range(5)]
        assert one.album is not None
        assert one.album == two.album == three.album
        await mia.writes(topic, album=[{"kind": "photo"}, {"kind": "video"}])
        await mia.writes(topic, "seen")
        await ann.wait_for("seen")
        album = [each.album for each in await ann.list_received() if each.kind != "text"]
        assert len(album) == 2
        assert album[0] == album[1] is not None
        info = await stage.telegram.calls("setWebhook")
        assert "message_reaction" in info[0]["params"]["allowed_updates"]


async def test_a_raw_body_that_is_no_update_is_refused(migrated_url: str) -> None:
    async with hooked(migrated_url) as hook:
        before = await hook.load_messages()
        bodies: list[str | bytes] = [
            "",
            "no json",
            "[]",
            "5",
            "null",
            '"text"',
            "{}",
            '{"update_id": "7"}',
            "{'a': 1}",
        ]
        bodies += ['{"update_id": 1', "[" * 100_000, b"\xff\xfe\x00", b'{"update_id": \xff}']
        for body in bodies:
            assert await hook.post(body) == 400, body[:40]
        assert await hook.load_messages() == before
        assert await hook.post("x" * (5 * 1024 * 1024)) == 413
        await hook.stage.telegram.inject("not an update")  # as the sandbox posts it
        ann = await hook.stage.customer()
        await ann.says("still here")
        await (await hook.stage.topic(ann)).wait_for("still here")


async def test_updates_with_the_secret_of_the_old_key_are_accepted(
    migrated_sqlite_url: str,
) -> None:
    async with hooked(migrated_sqlite_url, secret_key_old="o" * 40) as hook:
        channel = ChannelId(hook.url.rpartition("/")[2])
        for number, key in enumerate((SECRET_KEY, "o" * 40), 1):
            secret = derive_webhook_secret(key, channel)
            assert await hook.post(update(number), **{HEADER: secret}) == 200
        stranger = derive_webhook_secret("x" * 40, channel)
        assert await hook.post(update(3), **{HEADER: stranger}) == 403
        # Telegram is told the new one.
        [told] = await hook.stage.telegram.calls("setWebhook")
        assert told["params"]["secret_token"] == hook.secret


@pytest.mark.parametrize("secret", ["", "wrong", "секрет", "a" * 5000, "é"])
async def test_a_wrong_secret_is_refused(migrated_sqlite_url: str, secret: str) -> None:
    async with hooked(migrated_sqlite_url) as hook:
        assert await hook.post(update(1), **{HEADER: secret}) == 403
        assert await hook.load_messages() == 0


async def test_a_missing_secret_and_an_unknown_channel_are_refused(
    migrated_sqlite_url: str,
) -> None:
    async with hooked(migrated_sqlite_url) as hook:
        async with hook.http.post(hook.url, data=update(1)) as reply:
            assert reply.status == 403
        elsewhere = hook.url.rpartition("/")[0]
        for name in ("nobody", "%D0%BA", "01" * 13, "'%20OR%201=1", "x" * 500):
            assert await hook.post(update(1), url=f"{elsewhere}/{name}") == 403
        assert await hook.stage.get(hook.url) == 405
        assert await hook.load_messages() == 0


async def test_a_repeated_update_is_handled_once(migrated_url: str) -> None:
    async with hooked(migrated_url) as hook:
        ann = await hook.stage.customer("Hanna", id=901)
        statuses = [await hook.post(update(5_000_001)) for _ in range(3)]
        statuses += await asyncio.gather(*(hook.post(update(5_000_001)) for _ in range(5)))
        assert statuses == [200] * 8
        await hook.post(update(5_000_002, "the next"))

        async def both() -> bool:
            return len(await hook.stage.load_messages(ann)) >= 2

        await eventually(both, "both messages are kept")
        assert [row["message"] for row in await hook.stage.load_messages(ann)] == [
            "by hand",
            "the next",
        ]


async def test_while_the_database_is_away_nothing_is_acknowledged(
    migrated_mariadb_url: str, mariadb: MariaDB
) -> None:
    async with hooked(migrated_mariadb_url) as hook:
        ann = await hook.stage.customer()
        await ann.says("before")
        topic = await hook.stage.topic(ann)
        await topic.wait_for("before")
        await asyncio.to_thread(mariadb.stop)
        try:
            assert await hook.post(update(9_000_001)) == 503
            await ann.says("meanwhile")  # the sandbox delivers it again and again
        finally:
            await asyncio.to_thread(mariadb.start)
        await topic.wait_for("meanwhile")
        assert await topic.texts() == ["before", "meanwhile"]
