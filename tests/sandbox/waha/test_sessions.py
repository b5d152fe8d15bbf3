"""Tests of sessions: their statuses, and what remains after stop, unlink and delete."""

import pytest

from sandbox.common.control_client import SandboxRequestError
from sandbox.common.json_shapes import Json
from tests.sandbox.waha.stage import SESSION, Stage

PATH = f"/api/sessions/{SESSION}"


def statuses(stage: Stage) -> list[str]:
    return [payload["status"] for payload in stage.hook.of("session.status")]


async def test_a_session_starts_and_works_once_scanned(bare: Stage) -> None:
    made = await bare.create()
    assert (made["name"], made["status"], made["me"]) == (SESSION, "STARTING", None)
    assert made["config"]["metadata"] == {"channel": "7"}
    await bare.waha.scan(SESSION, phone="+49 30".replace(" ", ""), name="Shop")
    await bare.hook.until("session.status", 3)
    assert statuses(bare) == ["STARTING", "SCAN_QR_CODE", "WORKING"]
    told = bare.hook.got[-1]
    assert (told["session"], told["metadata"]) == (SESSION, {"channel": "7"})
    assert [one["status"] for one in told["payload"]["statuses"]] == statuses(bare)
    me = await bare.ok("GET", f"{PATH}/me")
    assert (me["id"], me["pushName"]) == ("4930@c.us", "Shop")
    assert (await bare.ok("GET", PATH))["me"] == me


async def test_stop_and_start_keep_the_phone_logout_does_not(stage: Stage) -> None:
    assert (await stage.ok("POST", f"{PATH}/stop"))["status"] == "STOPPED"
    assert (await stage.ok("POST", f"{PATH}/stop"))["status"] == "STOPPED"
    assert await stage.ok("GET", "/api/sessions") == []
    assert len(await stage.ok("GET", "/api/sessions", params={"all": "true"})) == 1
    await stage.ok("POST", f"{PATH}/start")
    await stage.waha.until(SESSION, "WORKING")
    assert (await stage.ok("POST", f"{PATH}/start"))["status"] == "WORKING"
    await stage.ok("POST", f"{PATH}/restart")
    await stage.waha.until(SESSION, "WORKING")
    await stage.ok("POST", f"{PATH}/logout")
    assert (await stage.waha.until(SESSION, "SCAN_QR_CODE"))["me"] is None


async def test_put_changes_the_configuration_and_restarts(stage: Stage) -> None:
    config = stage.config(events=["message"])
    assert (await stage.ok("PUT", PATH, {"config": config}))["config"] == config
    await stage.waha.until(SESSION, "WORKING")
    before = len(stage.hook.of("session.status"))
    await stage.waha.says(stage.ann, "Hi")
    await stage.hook.until("message")
    assert len(stage.hook.of("session.status")) == before
    assert stage.hook.of("message.any") == []


async def test_a_session_can_wait_and_be_deleted_twice(bare: Stage) -> None:
    made = await bare.ok("POST", "/api/sessions", {"name": SESSION, "start": False})
    assert made["status"] == "STOPPED"
    again = await bare.call("POST", "/api/sessions", {"name": SESSION})
    assert (again.status, again.json["message"]) == (
        422,
        f"Session '{SESSION}' already exists. Use PUT to update it.",
    )
    for _ in range(2):
        assert (await bare.call("DELETE", PATH)).status == 200
    gone = await bare.call("GET", PATH)
    assert (gone.status, gone.json["message"]) == (404, "Session not found")


async def test_a_session_without_a_name_gets_one(bare: Stage) -> None:
    made = await bare.ok("POST", "/api/sessions", {})
    assert made["name"].startswith("session_")


async def test_the_phone_unlinks_and_links_again(stage: Stage) -> None:
    await stage.text("before")
    await stage.waha.unlink(SESSION)
    await stage.waha.until(SESSION, "SCAN_QR_CODE")
    await stage.waha.says(stage.ann, "lost")
    await stage.waha.scan(SESSION)
    await stage.waha.says(stage.ann, "heard")
    await stage.hook.until("message")
    assert [one["body"] for one in stage.hook.of("message")] == ["heard"]
    await stage.waha.unlink(SESSION, fails=True)
    assert (await stage.waha.session(SESSION))["status"] == "FAILED"
    with pytest.raises(SandboxRequestError, match="no phone is linked"):
        await stage.waha.unlink(SESSION)


async def test_what_comes_while_a_linked_session_is_stopped_waits(stage: Stage) -> None:
    await stage.ok("POST", f"{PATH}/stop")
    await stage.waha.says(stage.ann, "one")
    await stage.waha.says(stage.ann, "two")
    assert stage.hook.of("message") == []
    await stage.ok("POST", f"{PATH}/start")
    await stage.hook.until("message", 2)
    assert [one["body"] for one in stage.hook.of("message")] == ["one", "two"]


@pytest.mark.parametrize("status", ["PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED", "FAILED"])
async def test_any_status_can_be_forced_and_nothing_is_sent_in_it(
    stage: Stage, status: str
) -> None:
    await stage.waha.force_status(SESSION, status)
    await stage.hook.until("session.status", 4)
    assert statuses(stage)[-1] == status
    body = {"session": SESSION, "chatId": "49151000001@c.us", "text": "x"}
    refused = await stage.call("POST", "/api/sendText", body)
    assert (refused.status, refused.json) == (422, _unexpected(status, "WORKING"))
    assert (await stage.call("GET", f"/api/{SESSION}/auth/qr")).status == 422


def _unexpected(status: str, expected: str) -> Json:
    return {
        "error": "Session status is not as expected. Try again later or restart the session",
        "session": SESSION,
        "status": status,
        "expected": [expected],
    }


async def test_a_wrong_key_is_refused_everywhere_but_for_ping(stage: Stage) -> None:
    for key in ("", "wrong"):
        headers = {"X-Api-Key": key}
        refused = await stage.call("GET", "/api/sessions", headers=headers)
        assert (refused.status, refused.json) == (
            401,
            {"message": "Unauthorized", "statusCode": 401},
        )
        assert (await stage.call("GET", "/ping", headers=headers)).status == 200
    await stage.waha.tune(api_key="another")
    assert (await stage.call("GET", "/api/sessions")).status == 401
