"""Tests that faults apply to the ordered calls, as often as ordered, and are recorded."""

import asyncio
import time

import aiohttp
import pytest

from tests.sandbox.graph.message_bodies import BUTTONS
from tests.sandbox.graph.stage import PHONE, Stage

TEXT = {"type": "text", "text": {"body": "x"}}
ANY = [
    (4, 400),
    (10, 403),
    (80007, 400),
    (130429, 400),
    (131000, 500),
    (131016, 500),
    (131031, 403),
    (131042, 400),
    (131048, 400),
    (131056, 400),
    (131057, 500),
    (132001, 404),
    (133010, 400),
    (190, 401),
    (294, 403),
    (368, 403),
    (99, 400),
]


@pytest.mark.parametrize(("code", "status"), ANY)
async def test_any_code_with_its_status(stage: Stage, code: int, status: int) -> None:
    await stage.graph.fail(code=code)
    assert (await stage.refused(**TEXT))[:2] == (status, code)
    await stage.ok(**TEXT)
    assert [call["code"] for call in await stage.graph.calls("messages")] == [code, None]


async def test_status_subcode_and_retry_after_may_be_ordered(stage: Stage) -> None:
    await stage.graph.fail(code=4, status=429, subcode=17, message="Slow", retry_after=7)
    url = f"{stage.graph.api_url}/v23.0/{stage.number['id']}/messages"
    headers = {"Authorization": "Bearer EAAtoken"}
    body = {"messaging_product": "whatsapp", "to": PHONE, **TEXT}
    async with stage.http.post(url, json=body, headers=headers) as response:
        error = (await response.json())["error"]
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
        assert (error["error_subcode"], error["message"]) == (17, "Slow")


async def test_faults_apply_only_to_the_named_calls_and_so_many_times(stage: Stage) -> None:
    await stage.graph.fail("messages", to="+1 (650) 555-1234", times=2)
    await stage.graph.fail("read", code=131009)
    await stage.graph.add_customer("Ben", phone="16505559999")
    await stage.text(to="16505559999")
    waiting = await stage.graph.faults()
    assert [(one["call"], one["times"]) for one in waiting] == [("messages", 2), ("read", 1)]
    assert (await stage.refused(**TEXT))[:2] == (500, 131000)
    assert (await stage.refused(**TEXT))[:2] == (500, 131000)
    await stage.text()
    first = (await stage.graph.messages(stage.ann))[0]["id"]
    assert (await stage.refused(status="read", message_id=first))[1] == 131009
    await stage.graph.fail("*", times=3)
    await stage.graph.clear_faults()
    await stage.ok(status="read", message_id=first)


async def test_html_instead_of_json(stage: Stage) -> None:
    await stage.graph.fail(kind="html")
    await stage.graph.fail(kind="html", status=502, body="<p>Bad")
    url = f"{stage.graph.api_url}/v23.0/{stage.number['id']}/messages"
    headers = {"Authorization": "Bearer EAAtoken"}
    for status, words in ((200, "went wrong"), (502, "<p>Bad")):
        async with stage.http.post(url, json={}, headers=headers) as response:
            assert (response.status, response.content_type) == (status, "text/html")
            assert words in await response.text()
    assert len(await stage.graph.messages(stage.ann)) == 1


@pytest.mark.parametrize(("kind", "taken"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_connection_that_drops(stage: Stage, kind: str, taken: int) -> None:
    await stage.graph.fail(kind=kind)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await stage.text("lost?", biz_opaque_callback_data="outbox 9")
    assert await stage.graph.wait_until_settled()
    seen = (await stage.graph.messages(stage.ann))[1:]
    assert [one["text"] for one in seen] == ["lost?"] * taken
    assert [status for _, status in stage.hook.told()] == ["sent", "delivered"] * taken
    marks = [one["statuses"][0]["biz_opaque_callback_data"] for one in stage.hook.values()]
    assert marks == ["outbox 9"] * 2 * taken


async def test_late_answers_and_none_at_all(stage: Stage) -> None:
    await stage.graph.fail(kind="late", seconds=0.15)
    began = time.monotonic()
    await stage.text()
    assert time.monotonic() - began >= 0.15
    await stage.graph.fail(kind="hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await stage.text()
    assert len(await stage.graph.messages(stage.ann)) == 2


async def test_other_calls_fail_as_well(stage: Stage) -> None:
    await stage.graph.fail("upload", code=131053)
    assert (await stage.upload(b"x", "image/png"))[0] == 400
    await stage.graph.fail("templates", code=200)
    edge = f"{stage.number['account']}/message_templates"
    assert (await stage.call("GET", edge))[0] == 403
    await stage.graph.fail("number", kind="error", code=2)
    assert (await stage.call("GET", str(stage.number["id"])))[0] == 503


@pytest.mark.parametrize("body", [{"call": "telepathy"}, {"kind": "odd", "call": "*"}, {}])
async def test_invalid_faults_are_refused(stage: Stage, body: dict[str, str]) -> None:
    async with stage.http.post(f"{stage.url}/control/graph/faults", json=body) as response:
        assert response.status == 400


async def test_calls_are_recorded(stage: Stage) -> None:
    await stage.sent(type="interactive", interactive=BUTTONS)
    await stage.upload(b"x", "image/png", "x.png")
    await stage.call("GET", "me", token="nobody")
    message, upload, me = await stage.graph.calls()
    assert (message["call"], message["to"], message["status"]) == ("messages", PHONE, 200)
    assert message["path"] == f"/{stage.number['id']}/messages"
    assert message["body"]["interactive"] == BUTTONS
    assert message["result"]["messages"]
    assert upload["body"]["file"] == {"name": "x.png", "mime": "image/png", "size": 1}
    assert (me["status"], me["code"]) == (401, 190)
    assert await stage.graph.calls("upload", after=message["seq"]) == [upload]
    assert await stage.graph.calls(to="1") == []
    await stage.graph.record_calls(record=False)
    await stage.text()
    assert len(await stage.graph.calls()) == 3
