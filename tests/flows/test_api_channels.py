"""Channels changed by the API while the desk runs: nothing is lost on the way."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.intake.webhook import derive_webhook_secret
from db.queues import inbox
from db.queues.inbox import InboundEvent
from scripts.private_servers.process import free_port
from tests.flows.api_agents import open_api
from tests.flows.eventually import eventually
from tests.flows.second_bot import ID, TOKEN, SecondBot, add_second_bot
from tests.flows.staff import Topic
from tests.flows.stage import BOT_ID, SECRET_KEY, prepare_stage, run_stage
from tests.flows.stage import TOKEN as OWN_TOKEN
from tests.patience import SOON


@asynccontextmanager
async def scene(url: str, **settings: Any) -> AsyncIterator[SecondBot]:
    async with run_stage(url, **settings) as stage, open_api(stage) as api:
        yield await add_second_bot(stage, api)


async def test_a_bot_that_is_added_relays_within_seconds(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        began = time.monotonic()
        made = await on.add()
        assert (made["name"], made["username"]) == ("Second", "second_bot")
        assert made["staff_groups"][0]["last_check"]["mark"] == "good"
        bea, mia = await on.customer(), await on.agent()
        await bea.says("hello, second")
        topic = await on.topic(bea)
        await topic.wait_for("hello, second")
        assert time.monotonic() - began < SOON
        await mia.writes(topic, "hello from Mia")
        await bea.wait_for("hello from Mia")
        # The first bot goes on as before.
        ann = await on.customer("Ann", of=BOT_ID)
        await ann.says("and the first?")
        await (await on.topic(ann, on.stage.group)).wait_for("and the first?")
        for table in ("channels", "audit_log"):
            rows = await on.stage.rows(f"SELECT * FROM {table}")  # noqa: S608 a name of ours
            assert TOKEN not in json.dumps(rows, default=str)


async def test_a_channel_that_is_switched_off_keeps_its_queue_and_goes_on_in_order(
    migrated_url: str,
) -> None:
    async with scene(migrated_url) as on:
        await on.add()
        bea, mia = await on.customer(), await on.agent()
        await bea.says("before")
        topic = await on.topic(bea)
        await topic.wait_for("before")
        await on.stage.telegram.fail("sendMessage", chat_id=int(bea.address), times=99, code=500)
        await mia.writes(topic, "answer that waits")
        await wait_for_failed_attempt(on)
        await on.change(is_active=False)
        await on.wait_until_served(served=False)
        await on.stage.telegram.clear_faults()
        heard, shown = await bea.list_received(), await topic.texts()
        for number in range(5):
            await bea.says(f"question {number}")
            await mia.writes(topic, f"answer {number}")
        await add_inbox_row(on, bea.user, "kept here")
        await first_bot_still_relays(on)
        assert (await bea.list_received(), await topic.texts()) == (heard, shown)
        # Updates of the last poll, if any, wait too.
        waiting = await on.stage.rows(
            "SELECT * FROM inbox WHERE state = 'pending' AND lane NOT LIKE 'timer:%'"
        )
        assert {(row["attempts"], row["error"]) for row in waiting} == {(0, None)}
        await on.change(is_active=True)
        await bea.wait_for("answer 4")
        await topic.wait_for("question 4")
        await topic.wait_for("kept here")
        questions = [each for each in await topic.texts() if each.startswith("question")]
        assert questions == [f"question {number}" for number in range(5)]
        answers = [
            each.text for each in await bea.list_received() if each.text.startswith("answer ")
        ]
        assert answers == ["answer that waits", *(f"answer {number}" for number in range(5))]
        assert (
            await on.stage.rows(
                "SELECT * FROM inbox WHERE state <> 'done' AND lane NOT LIKE 'timer:%'"
            )
            == []
        )


async def wait_for_failed_attempt(on: SecondBot) -> None:
    """Wait until sending an answer was tried and failed."""

    async def failed() -> bool:
        return bool(await on.stage.rows("SELECT id FROM outbox WHERE attempts > 0"))

    await eventually(failed, "an answer was tried")


async def add_inbox_row(on: SecondBot, user: dict[str, Any], text: str) -> None:
    """Put an update into the inbox, as if it had arrived a moment before the switch."""
    update = {
        "update_id": 1,
        "message": {
            "message_id": 9_000_001,
            "date": 1,
            "text": text,
            "from": user,
            "chat": {"id": user["id"], "type": "private", "first_name": user["first_name"]},
        },
    }
    lane = f"tg:{on.channel}:{user['id']}"
    arrival = InboundEvent(on.channel, "1", lane, json.dumps(update))
    await on.stage.database.run(lambda tx: inbox.put(tx, [arrival]))


async def first_bot_still_relays(on: SecondBot) -> None:
    ann = await on.customer("Ann", of=BOT_ID)
    await ann.says("is anybody there?")
    await (await on.topic(ann, on.stage.group)).wait_for("is anybody there?")


async def test_several_bots_in_one_staff_group_each_mind_their_own(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        shared = on.stage.group
        await on.stage.telegram.member(shared, ID, "administrator", RIGHTS)
        on.group = shared
        made = await on.add()
        assert made["staff_groups"][0]["last_check"]["mark"] == "good"
        ann, bea = await on.customer("Ann", of=BOT_ID), await on.customer("Bea")
        mia = await on.stage.agent("Mia")
        await ann.says("to the first")
        await bea.says("to the second")
        to_ann, to_bea = await on.topic(ann), await on.topic(bea)
        await to_ann.wait_for("to the first")
        await to_bea.wait_for("to the second")
        await mia.writes(to_ann, "for Ann")
        sent = await mia.writes(to_bea, "for Bea")
        await mia.writes(on.stage.general, "/status")
        await ann.wait_for("for Ann")
        await bea.wait_for("for Bea")
        await mia.edits(sent, "for Bea, corrected")
        await bea.wait_for("corrected")
        await on.stage.general.wait_for("Open sessions: 2")
        # Both bots got everything: give the other one time to do something wrong.
        await nothing_waits(on)
        assert [each.text for each in await ann.list_received()].count("for Ann") == 1
        assert [each.text for each in await bea.list_received()].count("for Bea, corrected") == 1
        general = [each for each in await on.stage.general.texts() if "Open sessions" in each]
        assert len(general) == 1


RIGHTS = {"can_manage_topics": True, "can_pin_messages": True, "can_delete_messages": True}


async def nothing_waits(on: SecondBot) -> None:
    async def settled() -> bool:
        [row] = await on.stage.rows(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'pending'"
            " AND lane NOT LIKE 'timer:%')"
            " + (SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'sending')) AS n"
        )
        return int(row["n"]) == 0

    await eventually(settled, "everything is settled")


async def test_a_group_that_is_removed_hands_its_conversations_to_another(
    migrated_url: str,
) -> None:
    async with scene(migrated_url) as on:
        await on.add()
        bea = await on.customer()
        await bea.says("hello")
        await (await on.topic(bea)).wait_for("hello")
        old = f"{on.path}/staff-groups/{on.group['id']}"
        refused = await on.ada.delete(old)
        assert (refused.status, refused.problem) == (409, "conflict")
        owner = await on.stage.telegram.add_user("Third owner")
        other = await on.stage.telegram.add_group("Third staff", admins=[owner], bots=[ID])
        await on.stage.telegram.member(other, ID, "administrator", RIGHTS)
        added = await on.ada.post(f"{on.path}/staff-groups", {"id": str(other["id"])})
        assert (added.status, added.body["last_check"]["mark"]) == (201, "good")
        assert (await on.ada.delete(old)).status == 204
        await Topic(on.stage.telegram, on.group, 1).wait_for("I no longer serve this group")
        mia = await on.agent("Mia", other)
        await bea.says("are you still there?")
        topic = await on.topic(bea, other)
        await topic.wait_for("are you still there?")
        await mia.writes(topic, "yes, here")
        await bea.wait_for("yes, here")
        listed = (await on.ada.get(f"{on.path}/staff-groups")).body["items"]
        assert [each["id"] for each in listed] == [str(other["id"])]


async def test_other_settings_are_followed_within_seconds(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        await on.add()
        await on.change(name="Shop", language="id")
        week = {"monday": []}
        hours = {"time_zone": "Asia/Jakarta", "week": week}
        assert (await on.ada.put(f"{on.path}/hours", hours)).status == 200

        async def told() -> bool:
            bea = await on.customer(language="")
            await bea.says("halo?")
            await bea.wait_for("antrean")
            return "Saat ini kami sedang tutup" in "".join(
                each.text for each in await bea.list_received()
            )

        await eventually(told, "customers are told the hours, in the channel's language")
        assert (await on.ada.get(on.path)).body["name"] == "Shop"


async def test_the_environments_channel_keeps_what_the_environment_says(
    migrated_url: str,
) -> None:
    async with scene(migrated_url) as on:
        [own] = (await on.ada.get("/channels")).body["items"]
        assert own["from_environment"] is True
        path = f"/channels/{own['id']}"
        token = await on.ada.put(f"{path}/credentials", {"token": TOKEN})
        assert (token.status, token.problem) == (409, "conflict")
        assert "TELEGRAM_BOT_TOKEN" in token.body["detail"]
        for answer in (
            await on.ada.post(f"{path}/staff-groups", {"id": "-1005"}),
            await on.ada.delete(f"{path}/staff-groups/{on.stage.group['id']}"),
            await on.ada.patch(path, {"staff_groups": []}),
        ):
            assert (answer.status, answer.problem) == (409, "conflict")
            assert "TELEGRAM_STAFF_GROUP" in answer.body["detail"]
        twice = await on.ada.post("/channels", {"credentials": {"token": OWN_TOKEN}})
        assert (twice.status, twice.problem) == (409, "conflict")
        checked = await on.ada.post(f"{path}/test")
        assert (checked.status, checked.body["ok"]) == (200, True)
        assert [each["id"] for each in checked.body["staff_groups"]] == [str(on.stage.group["id"])]


async def test_what_was_set_holds_after_a_restart(migrated_url: str) -> None:
    async with prepare_stage(migrated_url) as stage:
        async with stage.desk() as stage.address, open_api(stage) as api:
            on = await add_second_bot(stage, api)
            await on.add(name="Back desk")
            listed = (await on.ada.get("/channels")).body["items"]
            [own] = [each for each in listed if each["from_environment"]]
            changes = {"name": "Front desk", "language": "id", "is_active": False}
            assert (await on.ada.patch(f"/channels/{own['id']}", changes)).status == 200
        async with stage.desk() as stage.address, open_api(stage) as api:
            on.api = api
            on.ada.stage = api
            listed = (await on.ada.get("/channels")).body["items"]
            assert {each["name"]: each["is_active"] for each in listed} == {
                "Front desk": False,
                "Back desk": True,
            }
            bea = await on.customer()
            await bea.says("hello again")
            await (await on.topic(bea)).wait_for("hello again")


async def test_a_token_that_was_revoked_is_renewed(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        await on.add()
        bea, mia = await on.customer(), await on.agent()
        await bea.says("before")
        topic = await on.topic(bea)
        await topic.wait_for("before")
        renewed = TOKEN.replace("B", "C")
        path = f"{on.path}/credentials"
        refused = await on.ada.put(path, {"token": renewed})
        assert (refused.status, refused.faults) == (422, {"credentials.token": "value_error"})
        await on.stage.telegram.add_bot(renewed, renew=True)
        other = await on.ada.put(path, {"token": OWN_TOKEN})
        assert (other.status, other.problem) == (409, "conflict")
        assert (await on.ada.put(path, {"token": renewed})).status == 200
        await bea.says("after")
        await topic.wait_for("after")
        await mia.writes(topic, "heard")
        await bea.wait_for("heard")
        audit = json.dumps(await on.stage.rows("SELECT * FROM audit_log"), default=str)
        assert "channel.credentials_changed" in audit
        assert "CCCC" not in audit


async def test_by_webhook(migrated_url: str) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with scene(migrated_url, public_url=address, port=port) as on:
        await on.stage.telegram.webhook_retry_base(0.05)
        await on.add()
        bea = await on.customer()
        await bea.says("hello")
        topic = await on.topic(bea)
        await topic.wait_for("hello")
        await on.change(is_active=False)
        await on.wait_until_served(served=False)
        assert await post(on, address) == 503
        for number in range(3):
            await bea.says(f"question {number}")
        await on.change(is_active=True)
        await topic.wait_for("question 2")
        shown = [each for each in await topic.texts() if each.startswith("question")]
        assert shown == ["question 0", "question 1", "question 2"]
        assert await post(on, address) == 200


async def find_webhook(on: SecondBot, token: str) -> str:
    """Ask Telegram for the address of a bot's webhook; empty: it has none."""
    async with on.api.http.get(f"{on.stage.url}/bot{token}/getWebhookInfo") as reply:
        return str((await reply.json())["result"]["url"])


async def test_a_deleted_bot_has_no_webhook_any_more(migrated_url: str) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with scene(migrated_url, public_url=address, port=port) as on:
        await on.add()

        async def is_set() -> bool:
            return await find_webhook(on, TOKEN) == f"{address}/telegram/{on.channel}"

        await eventually(is_set, "the webhook is set")
        # Telegram does not answer: nothing is deleted, and the bot is served as before.
        await on.stage.telegram.fail("deleteWebhook", times=99, code=500)
        refused = await on.ada.delete(on.path)
        assert refused.problem == "provider-away", refused.body
        await on.stage.telegram.clear_faults()
        bea = await on.customer()
        await bea.says("still there?")
        await (await on.topic(bea)).wait_for("still there?")
        assert "1 open sessions" in (await on.ada.delete(on.path)).body["detail"]
        assert await is_set()
        assert (await on.ada.delete(f"{on.path}?force=true")).status == 204
        assert await find_webhook(on, TOKEN) == ""
        assert await post(on, address) != 200
        # The other bot keeps its own, and relays.
        assert await find_webhook(on, OWN_TOKEN) != ""
        ann = await on.customer("Ann", of=BOT_ID)
        await ann.says("and here?")
        await (await on.topic(ann, on.stage.group)).wait_for("and here?")


async def post(on: SecondBot, address: str) -> int:
    """Post an update to the second bot's webhook, with its secret."""
    secret = derive_webhook_secret(SECRET_KEY, on.channel)
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    url = f"{address}/telegram/{on.channel}"
    async with on.api.http.post(url, json={"update_id": 1}, headers=headers) as reply:
        return reply.status


@pytest.mark.parametrize("is_active", [True, False])
async def test_changes_at_once_end_as_the_last_one_says(
    migrated_url: str, *, is_active: bool
) -> None:
    async with scene(migrated_url) as on:
        await on.add()
        for _ in range(5):
            await on.change(is_active=not is_active)
            await on.change(is_active=is_active)
        await on.wait_until_served(served=is_active)
        if is_active:
            bea = await on.customer()
            await bea.says("hello")
            await (await on.topic(bea)).wait_for("hello")
