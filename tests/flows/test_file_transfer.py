"""File transfer between channels that cannot copy from each other.

A bot's staff is served by another bot. As between WhatsApp and Telegram, a file of one side is
downloaded and sent again on the other.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.model.sample_files import SAMPLES
from tests.flows.api_agents import log_in_agent, open_api
from tests.flows.chat_message import ChatMessage
from tests.flows.customers import TelegramCustomer
from tests.flows.eventually import eventually
from tests.flows.files import download_from_telegram, list_media_files
from tests.flows.second_bot import SecondBot, add_second_bot
from tests.flows.staff import Person, Topic
from tests.flows.stage import BOT_ID, Stage, prepare_stage, run_stage

MB = 1024 * 1024


@dataclass
class Scene:
    on: SecondBot
    bea: TelegramCustomer
    mia: Person
    topic: Topic

    async def download(self, chat: Any, heard: ChatMessage) -> bytes:
        found = await self.on.stage.telegram.messages(chat)
        there = next(each for each in found if each["message_id"] == int(heard.id))
        return await download_from_telegram(self.on.stage, there[heard.kind])


@asynccontextmanager
async def run_scene(url: str) -> AsyncIterator[Scene]:
    async with run_stage(url) as stage:
        yield await scene(stage)


async def scene(stage: Stage) -> Scene:
    """Add a customer of a second bot, who talks with the staff of the first."""
    async with open_api(stage) as api:
        on = await add_second_bot(stage, api)
        await on.add()
        [own] = await stage.rows("SELECT id FROM channels WHERE external_id = :id", id=str(BOT_ID))
        await stage.change(
            "UPDATE channels SET staff_channel_id = :own, staff_groups = :groups WHERE id = :id",
            own=own["id"],
            groups=json.dumps([str(stage.group["id"])]),
            id=on.channel,
        )
        await on.change(name="Served by another")  # every process reloads its channels
    bea, mia = await on.customer(), await stage.agent()
    await bea.says("hello")
    topic = await on.topic(bea, stage.group)
    await topic.wait_for("hello")
    return Scene(on, bea, mia, topic)


async def test_files_go_both_ways(migrated_url: str) -> None:
    async with run_scene(migrated_url) as at:
        for kind in ("photo", "document", "voice", "video", "audio"):
            await at.bea.sends(kind, caption=f"my {kind}")
            shown = await at.topic.wait_for(f"my {kind}")
            assert (shown.kind, shown.by_desk) == (kind, True)
            media = {"kind": kind}
            written = await at.mia.writes(at.topic, caption=f"our {kind}", media=media)
            heard = await at.bea.wait_for(f"our {kind}")
            assert heard.kind == kind
            # Its caption, and replies to it, are delivered as with any other copy.
            await at.on.stage.wait_for_state(at.bea, f"our {kind}", "sent")
            await at.bea.says(f"thanks for the {kind}", reply_to=heard)
            assert (await at.topic.wait_for(f"thanks for the {kind}")).reply_to == written.id
            assert await at.download(at.on.stage.group, shown) == SAMPLES[kind][2]
        assert await at.on.stage.calls("copyMessage") == []
        kept = await at.on.stage.wait_for_state(at.bea, "my photo", "received")
        async with open_api(at.on.stage) as api:
            caller = await log_in_agent(api, at.mia)
            fetched = await caller.get(f"/messages/{kept['id']}/file")
        assert (fetched.status, fetched.raw) == (200, SAMPLES["photo"][2])


async def test_order_is_kept_around_files(migrated_url: str) -> None:
    async with run_scene(migrated_url) as at:
        for number in range(4):
            await at.bea.says(f"text {number}")
            await at.bea.sends("photo", caption=f"photo {number}")
        await at.bea.says("the end")
        await at.topic.wait_for("the end")
        wanted = [f"{what} {number}" for number in range(4) for what in ("text", "photo")]
        assert [each for each in await at.topic.texts() if each[-1].isdigit()] == wanted
        assert len(list_media_files(at.on.stage)) == 4


async def test_places_contacts_and_what_has_no_like(migrated_url: str) -> None:
    async with run_scene(migrated_url) as at:
        for kind in ("location", "venue", "contact"):
            await at.bea.sends(kind)
            await shows_kind(at.topic, kind)
        await at.bea.sends("poll")
        await shows_kind(at.topic, "poll")
        await at.bea.sends("dice")
        assert (await at.topic.wait_for("🎲")).text == "🎲 4"


async def shows_kind(topic: Topic, kind: str) -> None:
    async def shown() -> bool:
        return any(each.kind == kind for each in await topic.list_messages())

    await eventually(shown, f"a {kind} in the topic")


async def test_an_album_goes_one_by_one(migrated_url: str) -> None:
    async with run_scene(migrated_url) as at:
        await at.bea.sends_album("photo", "video", "photo", caption="three")
        await at.bea.says("that is all")
        await at.topic.wait_for("that is all")
        kinds = [each.kind for each in await at.topic.list_messages()]
        assert kinds[-4:] == ["photo", "video", "photo", "text"]


async def test_a_file_that_is_too_large_is_told_to_both(migrated_url: str) -> None:
    async with run_scene(migrated_url) as at:
        await at.on.stage.telegram.fail(
            "getFile", code=400, description="Bad Request: file is too big"
        )
        await at.bea.sends("document", caption="the whole archive")
        told = await at.topic.wait_for("cannot be shown here")
        assert "up to 20 MB" in told.text
        assert "the whole archive" in told.text
        sorry = await at.bea.wait_for("could not open the file")
        assert sorry.by_desk
        # An agent's file: only the agent is notified.
        await at.on.stage.telegram.fail(
            "getFile", code=400, description="Bad Request: file is too big"
        )
        await at.mia.writes(at.topic, caption="our archive", media={"kind": "document"})
        await at.topic.wait_for("Not delivered: the file is too large to download")
        await at.on.stage.wait_for_state(at.bea, "our archive", "failed")
        said = [each.text for each in await at.bea.list_received() if each.by_desk]
        assert len([each for each in said if "archive" in each or "could not open" in each]) == 1


async def test_a_stop_while_a_file_is_fetched_leaves_nothing_uncertain(migrated_url: str) -> None:
    async with prepare_stage(migrated_url) as stage:
        async with stage.desk() as stage.address:
            at = await scene(stage)
            await stage.telegram.fail("getFile", kind="hang")
            await at.mia.writes(at.topic, caption="once", media={"kind": "photo"})

            async def asked() -> bool:
                return bool(await stage.calls("getFile"))

            await eventually(asked, "the file is being fetched")
        async with stage.desk():
            await stage.fast_forward(at.bea.wait_for("once"))
            await stage.wait_for_state(at.bea, "once", "sent")
            assert [each.text for each in await at.bea.list_received()].count("once") == 1
            assert not [each for each in await at.topic.texts() if "may or may not" in each]


async def test_a_provider_that_hands_nothing_out_for_a_while(migrated_url: str) -> None:
    async with run_scene(migrated_url) as at:
        await at.on.stage.telegram.fail("getFile", code=500, description="restart", times=3)
        await at.bea.sends("photo", caption="patience")
        await at.bea.says("after it")
        await at.on.stage.fast_forward(at.topic.wait_for("after it"))
        assert (await at.topic.texts())[-2:] == ["patience", "after it"]
