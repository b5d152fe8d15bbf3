"""Tests of webhooks: the secret, the order per chat, the retries, and overtaking."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from sandbox.common.json_shapes import Json
from tests.flows.eventually import eventually
from tests.patience import PATIENCE
from tests.sandbox.telegram.stage import Stage


@dataclass
class Hook:
    """A webhook that gives the answers that are set, and keeps its updates."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    # Texts of the updates that are always refused.
    refused: set[str] = field(default_factory=set)
    got: list[Json | str] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        status = self.statuses.pop(0) if self.statuses else 200
        async with self.arrived:
            self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
            text = await request.text()
            self.got.append(await request.json() if text.startswith("{") else text)
            if status == 200 and self.refused.intersection(self.texts()[-1:]):
                status = 502
            self.arrived.notify_all()
        return web.Response(status=status)

    async def until_told(self, *texts: str) -> None:
        """Wait until all of these have arrived."""
        async with self.arrived, asyncio.timeout(PATIENCE):
            await self.arrived.wait_for(lambda: set(texts) <= set(self.texts()))

    async def until(self, count: int) -> list[Json | str]:
        async with self.arrived, asyncio.timeout(PATIENCE):
            await self.arrived.wait_for(lambda: len(self.got) >= count)
        return self.got

    def texts(self) -> list[str]:
        return [
            one["message"]["text"] if "message" in one else "callback"
            for one in self.got
            if isinstance(one, dict)
        ]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_updates_are_delivered_with_the_secret(stage: Stage, hook: Hook) -> None:
    await stage.telegram.say(stage.ann, "waited")
    await stage.ok("setWebhook", url=hook.url, secret_token="s3cret_-")
    await stage.telegram.say(stage.ann, "came")
    await hook.until(2)
    assert hook.texts() == ["waited", "came"]
    assert hook.secrets == ["s3cret_-"] * 2
    await stage.telegram.inject("no JSON at all")
    assert (await hook.until(3))[2] == "no JSON at all"

    async def settled() -> Json | None:
        info: Json = await stage.ok("getWebhookInfo")
        return info if info["pending_update_count"] == 0 else None

    info = await eventually(settled, "the bot knows that they were taken")
    assert info["url"] == hook.url
    assert "last_error_message" not in info


async def test_a_chat_waits_for_its_oldest_update_but_others_pass(stage: Stage, hook: Hook) -> None:
    await stage.telegram.webhook_retry_base(0.02)
    sent = await stage.ok(
        "sendMessage",
        chat_id=stage.ann["id"],
        text="press",
        reply_markup={"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]},
    )
    hook.statuses, hook.refused = [500], {"first"}
    await stage.ok("setWebhook", url=hook.url)
    await stage.telegram.say(stage.ann, "first")
    await hook.until(2)
    await stage.telegram.say(stage.ann, "second")
    await stage.telegram.say(stage.ben, "other chat", chat=stage.group)
    await stage.telegram.press(stage.ann, stage.ann, sent["message_id"], "a")
    await hook.until_told("other chat", "callback")
    assert "second" not in hook.texts()
    hook.refused.clear()
    await hook.until_told("second")
    texts = hook.texts()
    assert texts[:2] == ["first", "first"]
    assert texts[-2:] == ["first", "second"]
    assert sorted(set(texts[2:-2]) - {"first"}) == ["callback", "other chat"]
    assert [texts.count(each) for each in ("callback", "other chat", "second")] == [1, 1, 1]
    info = await stage.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 502 Bad Gateway"


async def test_a_dead_webhook_keeps_updates_until_it_is_removed(stage: Stage) -> None:
    await stage.telegram.webhook_retry_base(0.01)
    await stage.ok("setWebhook", url="http://127.0.0.1:9/hook", allowed_updates=["message"])
    await stage.telegram.say(stage.ann, "x")

    async def tried() -> Json | None:
        info: Json = await stage.ok("getWebhookInfo")
        return info if "last_error_message" in info else None

    info = await eventually(tried, "it was tried")
    assert info["pending_update_count"] == 1
    assert info["last_error_message"] == "Connection refused"
    assert info["allowed_updates"] == ["message"]
    await stage.ok("deleteWebhook")
    assert len(await stage.ok("getUpdates")) == 1


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"url": "nowhere"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://x.org", "secret_token": "ä"},
            "secret token contains unallowed characters",
        ),
    ],
)
async def test_a_bad_webhook_is_refused(stage: Stage, params: Json, text: str) -> None:
    assert await stage.refused("setWebhook", **params) == (400, f"Bad Request: {text}")
