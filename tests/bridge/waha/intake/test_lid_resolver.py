"""Hidden ids are looked up once, remembered, and never stand in the way."""

import asyncio

from bridge.waha.client.client import WahaClient
from bridge.waha.intake.lid_resolver import Lids
from db.ids import ChannelId
from tests.bridge.waha.waha_env import CHANNEL, SESSION, Stage, linked
from tests.services.process import free_port


def lids(stage: Stage) -> Lids:
    return Lids({CHANNEL: stage.client}.get)


async def test_a_hidden_id_is_asked_about_once_however_many_want_to_know() -> None:
    async with linked(by_lid=True) as stage:
        known, lid = lids(stage), stage.ann["address"]
        found = await asyncio.gather(*(known.phones_chat(CHANNEL, lid) for _ in range(20)))
        assert set(found) == {f"{stage.ann['phone']}@c.us"}
        assert await known.phones_chat(CHANNEL, lid) == found[0]
        assert len(await stage.waha.calls("lids.get")) == 1


async def test_who_hides_nothing_is_not_asked_about(stage: Stage) -> None:
    known = lids(stage)
    for chat in (stage.ann["address"], "1@g.us", "junk", None, 7):
        assert await known.phones_chat(CHANNEL, chat) is None
    assert await stage.waha.calls("lids.get") == []


async def test_whom_waha_does_not_know_stays_hidden_and_is_not_asked_about_at_once(
    stage: Stage,
) -> None:
    known = lids(stage)
    for _ in range(3):
        assert await known.phones_chat(CHANNEL, "123@lid") is None
    assert len(await stage.waha.calls("lids.get")) == 1


async def test_a_server_that_fails_or_is_away_hides_them(stage: Stage) -> None:
    await stage.waha.fail("lids.get", code=500)
    assert await lids(stage).phones_chat(CHANNEL, "123@lid") is None
    away = WahaClient(f"http://127.0.0.1:{free_port()}", "k", SESSION)
    assert await Lids(lambda _: away).phones_chat(CHANNEL, "123@lid") is None
    assert await lids(stage).phones_chat(ChannelId("X"), "123@lid") is None
    await away.close()
