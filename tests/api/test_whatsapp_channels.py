"""WhatsApp numbers in the API with the stand-ins: accepted values, one-time secrets, checks.

tests/flows tests that they are served.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from desk.accounts.encryption import Encryptor
from sandbox.app import serve
from sandbox.graph.client import GraphSandbox
from sandbox.telegram.client import TelegramSandbox
from sandbox.waha.client import WahaSandbox
from tests.api.channel_scene import TOKEN, Scene
from tests.api.stage import SECRET_KEY, Answer, run_api
from tests.flows.eventually import eventually

PUBLIC = "https://desk.example"
Json = dict[str, Any]


@dataclass(slots=True)
class Numbers(Scene):
    """The scene with a number at the Graph API and a WAHA server."""

    graph: GraphSandbox
    waha: WahaSandbox
    number: Json

    @property
    def cloud(self) -> Json:
        """Return the number's credentials."""
        return {
            "access_token": self.number["token"],
            "phone_number_id": self.number["id"],
            "app_secret": self.number["app_secret"],
            "waba_id": self.number["account"],
        }

    async def add_cloud(self, **more: Any) -> Answer:
        body = {"kind": "whatsapp_cloud", "credentials": self.cloud, **more}
        return await self.ada.post("/channels", body)

    async def add_waha(self, credentials: Json | None = None, **more: Any) -> Answer:
        given = {"url": self.waha.waha_url, "api_key": self.waha.API_KEY, **(credentials or {})}
        body = {"kind": "whatsapp_waha", "credentials": given, **more}
        return await self.ada.post("/channels", body)

    async def sealed(self, channel_id: str) -> Json:
        """Decrypt the stored credentials of a channel."""
        [row] = await self.api.rows(
            "SELECT credentials FROM channels WHERE id = :id", id=channel_id
        )
        found: Json = Encryptor(SECRET_KEY).decrypt(row["credentials"])
        return found


@pytest.fixture
async def numbers(migrated_url: str) -> AsyncIterator[Numbers]:
    async with (
        serve() as sandbox,
        TelegramSandbox(sandbox.url) as telegram,
        GraphSandbox(sandbox.url) as graph,
        WahaSandbox(sandbox.url) as waha,
        run_api(
            migrated_url,
            telegram_api_url=sandbox.url,
            whatsapp_api_url=graph.api_url,
            public_url=PUBLIC,
        ) as api,
    ):
        await telegram.add_bot(TOKEN, "second_bot", "Second")
        number = await graph.add_number()
        yield Numbers(api, telegram, await api.admin(), graph, waha, number)


async def test_a_number_of_meta_is_made_and_its_verify_token_told_once(numbers: Numbers) -> None:
    group = await numbers.group(654321)
    bot = (await numbers.added(staff_groups=[group])).rpartition("/")[2]
    answer = await numbers.add_cloud()
    assert answer.status == 201, answer.body
    made = answer.body
    assert (made["kind"], made["external_id"]) == ("whatsapp_cloud", numbers.number["id"])
    # Without staff settings, the existing bot and its groups are used.
    assert made["staff_channel_id"] == bot
    assert [(each["id"], each["last_check"]["mark"]) for each in made["staff_groups"]] == [
        (group, "good")
    ]
    path = f"/whatsapp/{made['id']}"
    token = made["webhook"]["verify_token"]
    assert made["webhook"] == {"url": PUBLIC + path, "path": path, "verify_token": token}
    assert len(token) >= 32
    assert await numbers.sealed(made["id"]) == {**numbers.cloud, "verify_token": token}

    # The data for Meta is right: the handshake works as soon as the channel is served.
    async def shaken() -> bool:
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "42"}
        async with numbers.api.http.get(numbers.api.address + path, params=query) as reply:
            return (reply.status, await reply.text()) == (200, "42")

    await eventually(shaken, "the handshake")
    later = (await numbers.ada.get(f"/channels/{made['id']}")).body
    assert later == {**made, "webhook": {**made["webhook"], "verify_token": None}}
    everything = [
        (await numbers.ada.get("/channels")).raw,
        (await numbers.ada.get("/audit-log")).raw,
        (await numbers.ada.post(f"/channels/{made['id']}/test")).raw,
        json.dumps(await numbers.api.rows("SELECT * FROM channels"), default=str).encode(),
    ]
    secrets = [token, numbers.number["token"], numbers.number["app_secret"]]
    assert not any(each.encode() in told for each in secrets for told in everything)


async def test_agents_are_told_what_each_channel_can_do(numbers: Numbers) -> None:
    await numbers.added()
    for answer in (await numbers.add_cloud(), await numbers.add_waha()):
        assert answer.status == 201, answer.body
    mia = await numbers.api.person()

    async def all_served() -> dict[str, Json] | None:
        answer = await mia.get("/channel-abilities")
        found = {each["kind"]: each for each in answer.body["items"]}
        return found if len(found) == 3 else None

    found = await eventually(all_served, "the channels are served")
    telegram, cloud, waha = (
        found[each] for each in ("telegram", "whatsapp_cloud", "whatsapp_waha")
    )
    can = ("can_edit", "can_delete", "can_react", "has_templates", "can_write_first")
    assert [telegram[each] for each in can] == [True, True, True, False, False]
    assert [cloud[each] for each in can] == [False, False, True, True, True]
    assert [waha[each] for each in can] == [True, True, True, False, True]
    windows = [each["reply_window_hours"] for each in (telegram, cloud, waha)]
    assert windows == [None, 24.0, None]
    megabyte = 1024 * 1024
    assert (telegram["max_file_bytes"]["IMAGE"], cloud["max_file_bytes"]["IMAGE"]) == (
        10 * megabyte,
        5 * megabyte,
    )
    # No more than can be uploaded here.
    assert cloud["max_file_bytes"]["FILE"] == 50 * megabyte
    assert not {"credentials", "external_id", "staff_groups"} & set(telegram)


async def test_a_new_verify_token_is_told_once_too(numbers: Numbers) -> None:
    made = (await numbers.add_cloud()).body
    path = f"/channels/{made['id']}/webhook-secret"
    answer = await numbers.ada.post(path)
    assert answer.status == 201, answer.body
    token = answer.body["verify_token"]
    assert token != made["webhook"]["verify_token"]
    assert answer.body["url"] == made["webhook"]["url"]
    assert await numbers.sealed(made["id"]) == {**numbers.cloud, "verify_token": token}
    [entry] = await numbers.api.audit("channel.webhook_secret_changed")
    assert token not in str(entry)
    # Nothing needs to be entered for a bot, or where the desk configures the provider itself.
    for other in (await numbers.added(), f"/channels/{(await numbers.add_waha()).body['id']}"):
        refused = await numbers.ada.post(f"{other}/webhook-secret")
        assert (refused.status, refused.problem) == (409, "conflict")


async def test_other_credentials_of_a_number_leave_its_webhook_alone(numbers: Numbers) -> None:
    made = (await numbers.add_cloud()).body
    path = f"/channels/{made['id']}/credentials"
    changed = {**numbers.cloud, "app_secret": "another-app-secret"}
    answer = await numbers.ada.put(path, changed)
    assert (answer.status, answer.body["webhook"]["verify_token"]) == (200, None)
    token = made["webhook"]["verify_token"]
    assert await numbers.sealed(made["id"]) == {**changed, "verify_token": token}
    other = await numbers.graph.add_number("4930123456")
    another = {**numbers.cloud, "phone_number_id": other["id"], "access_token": other["token"]}
    refused = await numbers.ada.put(path, another)
    assert (refused.status, refused.problem) == (409, "conflict")
    # Credentials of another kind are refused.
    refused = await numbers.ada.put(path, {"token": TOKEN})
    assert (refused.status, refused.faults) == (422, {"": "other_kind"})


async def test_what_meta_refuses_makes_nothing(numbers: Numbers) -> None:
    for field, value in (("access_token", "EAAwrong"), ("phone_number_id", "999999999999")):
        answer = await numbers.add_cloud(credentials={**numbers.cloud, field: value})
        assert (answer.status, answer.problem) == (422, "invalid"), answer.body
        assert set(answer.faults) <= {"credentials.access_token", "credentials.phone_number_id"}
        assert b"EAAwrong" not in answer.raw
    assert await numbers.channels() == 0
    assert [(await numbers.add_cloud()).status for _ in range(2)] == [201, 409]


async def test_a_number_of_waha_is_made_with_what_we_make_ourselves(numbers: Numbers) -> None:
    answer = await numbers.add_waha()
    assert answer.status == 201, answer.body
    made = answer.body
    kept = await numbers.sealed(made["id"])
    place = numbers.waha.base_url.partition("//")[2]
    assert made["external_id"] == f"{kept['session']}@{place}"
    assert len(kept["hmac_key"]) >= 32
    path = f"/waha/{made['id']}"
    # The desk configures WAHA's webhook itself.
    assert made["webhook"] == {"url": PUBLIC + path, "path": path, "verify_token": None}
    assert (made["staff_channel_id"], made["staff_groups"]) == (None, [])
    group = await numbers.ada.post(f"/channels/{made['id']}/staff-groups", {"id": "-1001"})
    assert (group.status, group.problem) == (409, "conflict")
    # The server moves with its sessions, and the conversations stay.
    moved = {"url": numbers.waha.waha_url.replace("127.0.0.1", "localhost")}
    answer = await numbers.ada.put(
        f"/channels/{made['id']}/credentials", {**moved, "api_key": numbers.waha.API_KEY}
    )
    assert answer.status == 200, answer.body
    here = place.replace("127.0.0.1", "localhost")
    assert answer.body["external_id"] == f"{kept['session']}@{here}"
    assert await numbers.sealed(made["id"]) == {**kept, **moved}
    wrong = await numbers.add_waha({"api_key": "wrong"})
    assert (wrong.status, wrong.faults) == (422, {"credentials.api_key": "value_error"})


async def test_where_waha_cannot_be_is_not_asked(numbers: Numbers) -> None:
    """tests/desk/urls/test_servers.py tests which addresses these are."""
    for url in ("ftp://waha", "http://u:secret@waha", "http://169.254.169.254", "http://waha\n"):
        answer = await numbers.add_waha({"url": url})
        assert (answer.status, set(answer.faults)) == (422, {"credentials.url"})
        assert b"secret" not in answer.raw
    assert await numbers.channels() == 0


async def test_what_cannot_be_credentials_is_refused_by_name(numbers: Numbers) -> None:
    wrong: list[Json] = [
        {"access_token": None},
        {"access_token": "a\nb"},
        {"phone_number_id": "+49 30"},
        {"waba_id": ""},
        {"verify_token": "x" * 300},
        {"token": TOKEN},
    ]
    for changes in wrong:
        answer = await numbers.add_cloud(credentials={**numbers.cloud, **changes})
        [field] = changes
        assert (answer.status, set(answer.faults)) == (422, {f"credentials.{field}"})
        assert numbers.number["app_secret"].encode() not in answer.raw


async def test_who_serves_its_staff_is_chosen_while_nobody_stands_there(numbers: Numbers) -> None:
    path = f"/channels/{(await numbers.add_cloud()).body['id']}"
    assert (await numbers.ada.get(path)).body["staff_channel_id"] is None
    bot = (await numbers.added()).rpartition("/")[2]
    for wrong in (path.rpartition("/")[2], "01KAPQ4M6Q9Y0JX7T0ZV3F9B2D"):
        answer = await numbers.ada.patch(path, {"staff_channel_id": wrong})
        assert (answer.status, set(answer.faults)) == (422, {"staff_channel_id"})
    of_bot = await numbers.ada.patch(f"/channels/{bot}", {"staff_channel_id": bot})
    assert (of_bot.status, set(of_bot.faults)) == (422, {"staff_channel_id"})
    group = await numbers.group(654321)
    answer = await numbers.ada.patch(path, {"staff_channel_id": bot, "staff_groups": [group]})
    assert (answer.status, answer.body["staff_channel_id"]) == (200, bot)
    checked = (await numbers.ada.post(f"{path}/test")).body
    assert [each["last_check"]["mark"] for each in checked["staff_groups"]] == ["good"]
    # The number is checked at Meta, the group at Telegram.
    assert {"number", "webhook"} <= {each["subject"] for each in checked["channel"]}
    unknown = await numbers.ada.post(f"{path}/staff-groups", {"id": "-1009999999999"})
    assert (unknown.status, unknown.body["last_check"]["mark"]) == (201, "bad")
    off = await numbers.ada.patch(path, {"is_active": False})
    assert (off.status, off.body["is_active"]) == (200, False)


async def test_no_groups_without_a_bot(numbers: Numbers) -> None:
    answer = await numbers.add_cloud(staff_groups=["-1001"])
    assert (answer.status, answer.problem) == (409, "conflict")
    assert await numbers.channels() == 0
    path = f"/channels/{(await numbers.add_cloud()).body['id']}"
    for answer in (
        await numbers.ada.patch(path, {"staff_groups": ["-1001"]}),
        await numbers.ada.post(f"{path}/staff-groups", {"id": "-1001"}),
    ):
        assert (answer.status, answer.problem) == (409, "conflict")
        assert "staff_channel_id" in answer.body["detail"]


async def test_a_group_that_the_bot_serves_for_others_too_is_left_quietly(
    numbers: Numbers,
) -> None:
    groups = [await numbers.group(654321), await numbers.group(654321)]
    bot = await numbers.added(staff_groups=groups)
    number = f"/channels/{(await numbers.add_cloud()).body['id']}"

    async def told() -> int:
        rows = await numbers.api.rows("SELECT payload FROM outbox WHERE kind = 'general'")
        return len([row for row in rows if groups[0] in str(row["payload"])])

    assert (await numbers.ada.delete(f"{number}/staff-groups/{groups[0]}")).status == 204
    assert await told() == 0
    # No other channel needs the group: it is told, for people who still write there.
    assert (await numbers.ada.delete(f"{bot}/staff-groups/{groups[0]}")).status == 204
    assert await told() == 1


async def test_a_provider_that_is_away_makes_nothing(numbers: Numbers) -> None:
    # The caller names WAHA's address, so an unreachable server is an invalid address.
    answer = await numbers.add_waha({"url": "http://127.0.0.1:1"})
    assert (answer.status, set(answer.faults)) == (422, {"credentials.url"})
    await numbers.graph.fail("*", times=3, kind="html", status=500)
    answer = await numbers.add_cloud()
    assert (answer.status, answer.problem) == (424, "provider-away")
    assert await numbers.channels() == 0
