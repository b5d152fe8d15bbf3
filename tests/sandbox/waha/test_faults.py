"""Tests that faults apply to the ordered calls, as often as ordered, and are recorded."""

import aiohttp
import pytest

from sandbox.common.control_client import SandboxRequestError
from tests.flows.eventually import eventually
from tests.sandbox.waha.stage import SESSION, Stage

TO = {"session": SESSION, "chatId": "49151000001@c.us", "text": "x"}


async def texts(stage: Stage) -> list[str]:
    return [message["text"] for message in await stage.waha.sees(SESSION, stage.ann)]


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ({}, 500, "The order of the sandbox"),
        ({"code": 502, "message": "bad"}, 502, "bad"),
        ({"code": 401}, 401, "Unauthorized"),
        ({"code": 422, "message": "No LID for user"}, 422, "No LID for user"),
        ({"code": 429, "message": "slow down"}, 429, "slow down"),
    ],
)
async def test_an_error_fault_answers_and_does_nothing(
    stage: Stage, fault: dict[str, object], status: int, words: str
) -> None:
    await stage.waha.fail("sendText", times=2, **fault)  # type: ignore[arg-type]  # any of its keywords
    for _ in range(2):
        answer = await stage.call("POST", "/api/sendText", TO)
        assert answer.status == status
        assert words in answer.body.decode()
    await stage.text("y")
    assert await texts(stage) == ["y"]


@pytest.mark.parametrize(("kind", "done"), [("drop_before", []), ("drop_after", ["x"])])
async def test_the_connection_drops(stage: Stage, kind: str, done: list[str]) -> None:
    await stage.waha.fail("sendText", kind=kind, session=SESSION)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await stage.call("POST", "/api/sendText", TO)
    assert await texts(stage) == done
    call = (await stage.waha.calls("sendText"))[0]
    assert call["ok"] is bool(done)


@pytest.mark.parametrize(("kind", "done"), [("html", []), ("html_after", ["x"])])
async def test_a_proxy_may_answer_200_with_a_page(stage: Stage, kind: str, done: list[str]) -> None:
    await stage.waha.fail("sendText", kind=kind)
    answer = await stage.call("POST", "/api/sendText", TO)
    assert (answer.status, answer.kind) == (200, "text/html")
    assert answer.body.startswith(b"<!DOCTYPE html>")
    assert await texts(stage) == done


async def test_a_proxys_error_page(stage: Stage) -> None:
    await stage.waha.fail("*", code=502, body="<html>Bad Gateway</html>")
    answer = await stage.call("GET", "/api/sessions")
    assert (answer.status, answer.body) == (502, b"<html>Bad Gateway</html>")


async def test_late_answers_and_those_that_never_come(stage: Stage) -> None:
    await stage.waha.fail("sendText", kind="late", seconds=0.2)
    await stage.waha.fail("sendText", kind="hang")
    short = aiohttp.ClientTimeout(total=0.1)

    async def is_done() -> bool:
        return await texts(stage) == ["x"]

    for _ in range(2):
        with pytest.raises(TimeoutError):
            await stage.call("POST", "/api/sendText", TO, timeout=short)
        await eventually(is_done, "the late one is done, the other one never")

    async def noted() -> bool:
        return [call["ok"] for call in await stage.waha.calls("sendText")] == [True, False]

    await eventually(noted, "both calls are noted")
    assert await texts(stage) == ["x"]


async def test_files_can_be_gone(stage: Stage) -> None:
    await stage.waha.sends(stage.ann, "image")
    url = (await stage.hook.until("message"))[0]["media"]["url"]
    await stage.waha.fail("files", code=404, message="File not found")
    async with stage.http.get(url) as response:
        assert response.status == 404
    async with stage.http.get(url) as response:
        assert response.status == 200


async def test_faults_are_listed_bound_to_a_session_and_forgotten(stage: Stage) -> None:
    await stage.waha.fail("reaction", session="other", code=503)
    await stage.waha.fail("*", session="other")
    assert [fault["operation"] for fault in await stage.waha.faults()] == ["reaction", "*"]
    await stage.text("untouched")
    await stage.waha.clear_faults()
    assert await stage.waha.faults() == []
    for order in ({"operation": "sendFax"}, {"operation": "*", "kind": "odd"}):
        with pytest.raises(SandboxRequestError, match="must be"):
            await stage.waha.fail(**order)


async def test_calls_are_recorded_without_the_bulk_of_files(stage: Stage) -> None:
    before = (await stage.waha.calls())[-1]["seq"]
    file = {"mimetype": "image/png", "data": "QUFB"}
    body = {"session": SESSION, "chatId": "49151000001@c.us", "file": file}
    sent = await stage.ok("POST", "/api/sendImage", body)
    await stage.call("POST", "/api/sendText", {**TO, "session": "none"})
    image, text = await stage.waha.calls(after=before)
    assert image["params"]["file"]["data"] == "<4 characters of base64>"
    assert (image["ok"], image["status"], image["result"]["id"]) == (True, 201, sent["id"])
    assert (text["operation"], text["session"], text["status"]) == ("sendText", "none", 404)
    assert await stage.waha.calls("sendText", session=SESSION) == []
