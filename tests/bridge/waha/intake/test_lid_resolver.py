"""Tests that lids are resolved once, cached, and never delay an event for long."""

import asyncio

from bridge.waha.client.client import WahaClient
from bridge.waha.intake.lid_resolver import LidResolver
from db.ids import ChannelId
from scripts.private_servers.process import free_port
from tests.bridge.waha.waha_env import CHANNEL, SESSION, WahaEnv, open_env


def lids(env: WahaEnv) -> LidResolver:
    return LidResolver({CHANNEL: env.client}.get)


async def test_concurrent_lookups_of_a_lid_ask_once() -> None:
    async with open_env(by_lid=True) as env:
        known, lid = lids(env), env.ann["address"]
        found = await asyncio.gather(*(known.resolve_chat(CHANNEL, lid) for _ in range(20)))
        assert set(found) == {f"{env.ann['phone']}@c.us"}
        assert await known.resolve_chat(CHANNEL, lid) == found[0]
        assert len(await env.waha.calls("lids.get")) == 1


async def test_a_visible_phone_is_not_looked_up(env: WahaEnv) -> None:
    known = lids(env)
    for chat in (env.ann["address"], "1@g.us", "junk", None, 7):
        assert await known.resolve_chat(CHANNEL, chat) is None
    assert await env.waha.calls("lids.get") == []


async def test_an_unknown_lid_is_not_looked_up_again_at_once(
    env: WahaEnv,
) -> None:
    known = lids(env)
    for _ in range(3):
        assert await known.resolve_chat(CHANNEL, "123@lid") is None
    assert len(await env.waha.calls("lids.get")) == 1


async def test_a_server_that_fails_or_is_away_hides_them(env: WahaEnv) -> None:
    await env.waha.fail("lids.get", code=500)
    assert await lids(env).resolve_chat(CHANNEL, "123@lid") is None
    away = WahaClient(f"http://127.0.0.1:{free_port()}", "k", SESSION)
    assert await LidResolver(lambda _: away).resolve_chat(CHANNEL, "123@lid") is None
    assert await lids(env).resolve_chat(ChannelId("X"), "123@lid") is None
    await away.close()
