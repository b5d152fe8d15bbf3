"""Tests that faults apply to the ordered calls, as often as ordered, and are recorded."""

import asyncio
import time

import aiohttp
import pytest

from sandbox.common.control_client import SandboxRequestError
from tests.sandbox.telegram.stage import TOKEN, Stage


async def texts(stage: Stage) -> list[str]:
    return [message["text"] for message in await stage.telegram.messages(stage.ann)]


async def test_an_error_fault_answers_and_does_nothing(stage: Stage) -> None:
    ann = stage.ann["id"]
    await stage.telegram.fail("sendMessage", code=429, retry_after=7, times=2)
    for _ in range(2):
        assert await stage.call("sendMessage", chat_id=ann, text="x") == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }
    await stage.ok("sendMessage", chat_id=ann, text="y")
    assert await texts(stage) == ["/start", "y"]


@pytest.mark.parametrize(
    ("fault", "code", "description"),
    [
        ({"code": 500}, 500, "Internal Server Error: restart"),
        ({}, 500, "Internal Server Error: restart"),
        ({"code": 400, "description": "TOPIC_DELETED"}, 400, "Bad Request: TOPIC_DELETED"),
        ({"code": 403, "description": "Forbidden: no"}, 403, "Forbidden: no"),
        (
            {"migrate_to_chat_id": -100},
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
        ),
    ],
)
async def test_errors_are_worded_as_telegrams(
    stage: Stage, fault: dict[str, object], code: int, description: str
) -> None:
    await stage.telegram.fail("sendMessage", **fault)  # type: ignore[arg-type]  # any of its keywords
    refusal = await stage.refused("sendMessage", chat_id=stage.ann["id"], text="x")
    assert refusal == (code, description)


async def test_a_proxy_may_answer_instead_of_telegram(stage: Stage) -> None:
    await stage.telegram.fail("getMe", code=502, body="<html>Bad Gateway</html>")
    async with stage.http.get(f"{stage.url}/bot{TOKEN}/getMe") as response:
        assert response.status == 502
        assert await response.text() == "<html>Bad Gateway</html>"


@pytest.mark.parametrize(("kind", "done"), [("drop_before", False), ("drop_after", True)])
async def test_a_dropped_connection(stage: Stage, kind: str, done: bool) -> None:
    await stage.telegram.fail("sendMessage", kind=kind)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await stage.call("sendMessage", chat_id=stage.ann["id"], text="x")
    assert await texts(stage) == (["/start", "x"] if done else ["/start"])
    await stage.ok("getMe")


async def test_a_late_answer_and_none_at_all(stage: Stage) -> None:
    ann = stage.ann["id"]
    await stage.telegram.fail("sendMessage", kind="late", seconds=0.05)
    began = time.monotonic()
    await stage.ok("sendMessage", chat_id=ann, text="late")
    assert time.monotonic() - began >= 0.05
    await stage.telegram.fail("sendMessage", kind="hang")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stage.call("sendMessage", chat_id=ann, text="never"), 0.05)
    assert await texts(stage) == ["/start", "late"]


async def test_faults_choose_their_calls(stage: Stage) -> None:
    group, ann = stage.group["id"], stage.ann["id"]
    await stage.telegram.fail("sendMessage", chat_id=group, times=5)
    number = await stage.telegram.fail("*", times=1, kind="error", code=500)
    await stage.ok("getUpdates")
    assert (await stage.refused("getMe"))[0] == 500
    await stage.ok("sendMessage", chat_id=ann, text="x")
    assert (await stage.refused("sendMessage", chat_id=group, text="x"))[0] == 500
    (left,) = await stage.telegram.faults()
    assert (left["times"], left["id"]) == (4, number - 1)
    await stage.telegram.clear_faults()
    await stage.ok("sendMessage", chat_id=group, text="x")
    with pytest.raises(SandboxRequestError, match="no method sendNothing"):
        await stage.telegram.fail("sendNothing")
    with pytest.raises(SandboxRequestError, match="kind must be"):
        await stage.telegram.fail("getMe", kind="explode")


async def test_calls_are_recorded_with_their_outcome(stage: Stage) -> None:
    telegram, ann = stage.telegram, stage.ann["id"]
    before = (await telegram.calls())[-1]["seq"]
    sent = await stage.ok("sendMessage", chat_id=str(ann), text="x")
    await telegram.fail("sendMessage", kind="drop_before")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await stage.call("sendMessage", chat_id=ann, text="y")
    await stage.refused("editMessageText", chat_id=ann, message_id=99, text="z")
    first, second, third = await telegram.calls(chat_id=ann, after=before)
    assert (first["ok"], first["params"], first["result"]) == (
        True,
        {"chat_id": ann, "text": "x"},
        sent,
    )
    assert (first["fault"], second["fault"]) == (None, "drop_before")
    assert (second["ok"], second["description"]) == (False, "drop_before")
    assert (third["error_code"], third["description"]) == (
        400,
        "Bad Request: message to edit not found",
    )
    assert [call["method"] for call in await telegram.calls("SENDMESSAGE", after=before)] == [
        "sendMessage",
        "sendMessage",
    ]
    await telegram.record_calls(record=False)
    await stage.ok("getMe")
    assert await telegram.calls(after=third["seq"]) == []
