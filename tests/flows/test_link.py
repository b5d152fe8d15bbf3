"""The link of a number to a phone: created, shown, lost, restored; admins know, nothing is lost."""

import json
from http import HTTPStatus
from typing import Any

import aiohttp

from tests.flows.eventually import eventually
from tests.flows.linked_number import LinkedNumber, run_linked_number, run_waha_stage

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n"


async def code(on: LinkedNumber, accept: str) -> tuple[int, str, bytes, str]:
    url = f"{on.stage.address}/api/v1/channels/{on.channel}/link/qr"
    headers = {"Authorization": f"Bearer {on.admin.token}", "Accept": accept}
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as reply:
        kind, cache = reply.content_type, reply.headers.get("Cache-Control", "")
        return reply.status, kind, await reply.read(), cache


async def wait_for_code(on: LinkedNumber) -> str:
    """Wait until the API shows the code that can be scanned now."""

    async def found() -> str | None:
        status, _, body, _ = await code(on, "text/plain")
        session = await on.waha.session(on.session)
        return body.decode() if status == 200 and body.decode() == session["qr"] else None

    return await eventually(found, "the API shows the code of now")


async def test_a_number_is_linked_by_the_code_that_the_api_shows(migrated_url: str) -> None:
    async with run_waha_stage(migrated_url) as on:
        made = await on.add()
        assert made["kind"] == "whatsapp_waha"
        await on.until("SCAN_QR_CODE")
        first = await wait_for_code(on)
        status, kind, body, cache = await code(on, "*/*")
        assert (status, kind, cache) == (200, "image/png", "no-store")
        assert body.startswith(PNG)
        status, kind, body, _ = await code(on, "application/json")
        assert (status, kind) == (200, "application/json")
        assert first in body.decode()
        await on.waha.next_code(on.session)
        second = await wait_for_code(on)
        assert second != first
        await on.waha.scan(on.session, value=second, phone="4915550000007", name="Shop phone")
        await on.wait_for_status("WORKING")

        async def named() -> dict[str, Any] | None:
            # The event that the session works comes before the check that asks whose phone it is.
            link = await on.get_link()
            return link if link["phone"] else None

        shown = await eventually(named, "the API shows the phone")
        assert (shown["phone"], shown["name"]) == ("+4915550000007", "Shop phone")
        assert not shown["has_code"]
        assert (await code(on, "*/*"))[0] == 404
        await on.stage.general.wait_for("is linked to WhatsApp: +4915550000007")
        session = await on.waha.session(on.session)
        [hook] = session["config"]["webhooks"]
        assert hook["url"].endswith(f"/waha/{on.channel}")
        assert "message.any" in hook["events"]


async def test_a_number_is_linked_by_a_code_that_is_typed(migrated_sqlite_url: str) -> None:
    async with run_waha_stage(migrated_sqlite_url) as on:
        await on.add()
        await on.until("SCAN_QR_CODE")
        path = f"/channels/{on.channel}/link/code"
        answer = await on.admin.post(path, {"phone": "+4915550000001"})
        assert answer.status == 200
        await on.waha.scan(on.session, code=answer.body["code"])
        await on.wait_for_status("WORKING")
        assert (await on.admin.post(path, {"phone": "+4915550000001"})).status == 409


async def test_a_lost_link_is_told_and_made_again_and_conversations_go_on(
    migrated_url: str,
) -> None:
    async with run_linked_number(migrated_url) as on:
        mia, ann = await on.stage.agent("Mia"), await on.customer()
        await ann.says("before")
        topic = await on.topic(ann)
        await topic.wait_for("before")
        await on.waha.unlink(on.session)
        await on.stage.general.wait_for("has lost its link")
        shown = await on.wait_for_status("SCAN_QR_CODE")
        assert shown["phone"] is None
        assert shown["error"]
        await mia.writes(topic, "while it was lost")
        await on.link()
        assert (await on.get_link())["error"] is None
        await on.stage.fast_forward(ann.wait_for("while it was lost"))
        await ann.says("after")
        await topic.wait_for("after")
        assert len(await on.stage.rows("SELECT id FROM conversations")) == 1


async def test_a_session_that_failed_or_stopped_by_itself_is_started_again(
    migrated_sqlite_url: str,
) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        for status in ("FAILED", "STOPPED"):
            await on.waha.force_status(on.session, status)
            await on.until("WORKING")
            await on.wait_for_status("WORKING")


async def test_a_session_that_fails_as_soon_as_it_is_linked_is_started_again(
    migrated_sqlite_url: str,
) -> None:
    async with run_waha_stage(migrated_sqlite_url) as on:
        await on.add()
        await on.until("SCAN_QR_CODE")
        await on.waha.scan(on.session, phone="4915550000001")
        await on.waha.force_status(on.session, "FAILED")
        await on.wait_for_status("WORKING")


async def test_a_server_that_forgot_the_session_gets_it_again(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        await on.waha.reset()
        await on.stage.rows("SELECT 1")
        await on.until("SCAN_QR_CODE")
        await on.stage.general.wait_for("has lost its link")
        await on.link()


async def test_what_an_admin_stops_stays_stopped_until_it_is_started(
    migrated_sqlite_url: str,
) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        shown = await on.send_command("stop")
        assert shown["stopped_by_admin"]
        await on.wait_for_status("STOPPED")
        await on.waha.force_status(on.session, "FAILED")
        await on.wait_for_status("STOPPED")
        await on.send_command("start")
        shown = await on.wait_for_status("WORKING")
        assert not shown["stopped_by_admin"]
        [stopped] = await on.api.audit("link_stop")
        assert stopped["subject"] == f"channel:{on.channel}"


async def test_who_logs_out_is_shown_a_code_and_nobody_is_alarmed(
    migrated_sqlite_url: str,
) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        await on.send_command("logout")
        await on.until("SCAN_QR_CODE")
        await wait_for_code(on)
        assert (await on.get_link())["phone"] is None
        await on.link()
        assert not [text for text in await on.stage.general.texts() if "lost its link" in text]


async def test_a_server_that_is_away_at_first_is_told_once_and_waited_for(
    migrated_sqlite_url: str,
) -> None:
    async with run_waha_stage(migrated_sqlite_url) as on:
        await on.waha.fail("sessions.get", times=4, code=503, message="starting up")
        await on.add()
        await on.stage.general.wait_for("cannot get its status from WAHA")
        await on.until("SCAN_QR_CODE")
        await on.stage.general.wait_for("answers again")
        texts = await on.stage.general.texts()
        assert sum("cannot get its status from WAHA" in text for text in texts) == 1


async def pictures(on: LinkedNumber) -> list[Json]:
    messages = await on.stage.telegram.messages(on.stage.group, 1)
    return [each for each in messages if "photo" in each]


async def test_an_admin_sees_the_code_in_the_group_as_long_as_it_is_one(migrated_url: str) -> None:
    async with run_waha_stage(migrated_url) as on:
        boss = await on.stage.agent("Boss")
        await on.stage.change("UPDATE users SET role = 'ADMIN' WHERE name = :name", name=boss.name)
        mia = await on.stage.agent("Mia")
        await on.add()
        await on.until("SCAN_QR_CODE")
        await wait_for_code(on)
        await mia.writes(on.stage.general, "/qr")
        await on.stage.general.wait_for("shown to admins only")
        assert await pictures(on) == []
        await boss.writes(on.stage.general, "/qr")

        async def shown() -> list[Json] | None:
            return await pictures(on) or None

        [first] = await eventually(shown, "the code is shown")
        assert "Shop" in first["caption"]
        await on.waha.next_code(on.session)

        async def changed() -> bool:
            found = await pictures(on)
            return [each["photo"] != first["photo"] for each in found] == [True]

        await eventually(changed, "the picture follows the code")
        await on.waha.scan(on.session)

        async def gone() -> bool:
            return await pictures(on) == []

        await eventually(gone, "the picture is withdrawn")
        [row] = await on.stage.rows("SELECT qr_messages, qr FROM whatsapp_sessions")
        assert row["qr"] is None
        assert row["qr_messages"] in {"[]", b"[]"}
        await boss.writes(on.stage.general, "/qr")
        await on.stage.general.wait_for("There is nothing to scan")


async def test_a_code_that_nobody_scanned_goes_and_another_is_asked_for(
    migrated_sqlite_url: str,
) -> None:
    async with run_waha_stage(migrated_sqlite_url) as on:
        boss = await on.stage.agent("Boss")
        await on.stage.change("UPDATE users SET role = 'ADMIN'")
        await on.add()
        await on.until("SCAN_QR_CODE")
        await boss.writes(on.stage.general, "/qr")

        async def shown() -> list[Json] | None:
            return await pictures(on) or None

        async def learned() -> bool:
            [row] = await on.stage.rows("SELECT qr_messages FROM whatsapp_sessions")
            places = json.loads(row["qr_messages"])
            return bool(places) and places[0]["message"] is not None

        await eventually(shown, "the code is shown")
        await eventually(learned, "it is known where")
        for _ in range(6):
            await on.waha.next_code(on.session)
            if (await on.waha.session(on.session))["status"] == "FAILED":
                break
        await on.wait_for_status("FAILED")
        await on.stage.general.wait_for("the code was not scanned in time")
        await boss.writes(on.stage.general, "/qr")
        await on.until("SCAN_QR_CODE")
        await eventually(shown, "another code is shown")


async def test_a_deleted_channel_leaves_no_session_at_waha(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:

        async def is_deleted() -> bool:
            # What WAHA reported may have to be handled first.
            return (
                await on.admin.delete(f"/channels/{on.channel}")
            ).status == HTTPStatus.NO_CONTENT

        await eventually(is_deleted, "the channel is deleted")

        async def is_gone() -> bool:
            state = await on.waha.state()
            return on.session not in [each["name"] for each in state["sessions"]]

        await eventually(is_gone, "WAHA has no such session")
        # The same session can be connected again, as a new channel.
        before = on.channel
        made = await on.add()
        assert made["id"] != before
        await on.until("SCAN_QR_CODE")


async def test_a_client_is_created_before_they_write(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        given = {"name": "Andi", "phone": "+49 155 50000123", "channel_id": on.channel}
        made = await on.admin.post("/clients", given)
        assert made.status == 201, made.body
        [contact] = made.body["contacts"]
        assert contact["channel_id"] == on.channel
        again = await on.admin.post("/clients", given)
        assert again.status == 409
        assert made.body["id"] in again.body["detail"]
        without = {"name": "Andi", "channel_id": on.channel}
        assert (await on.admin.post("/clients", without)).faults == {"phone": "missing"}
        ann = await on.customer("Andi's phone", phone="4915550000123")
        await ann.says("Hello")

        async def wrote() -> Json | None:
            shown = await on.admin.get(f"/clients/{made.body['id']}/sessions")
            return shown.body["items"][0] if shown.body["items"] else None

        session = await eventually(wrote, "the message is in the client's conversation")
        assert session["conversation_id"] == contact["conversation_id"]
        assert (await on.admin.get(f"/clients/{made.body['id']}")).body["name"] == "Andi"
