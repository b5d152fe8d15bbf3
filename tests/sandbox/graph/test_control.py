"""Tests of the control API: what pages read, the stream of changes, and mistakes."""

import asyncio
import json

import pytest

from sandbox.common.control_client import SandboxRequestError
from sandbox.common.json_shapes import Json
from tests.patience import PATIENCE
from tests.sandbox.graph.stage import PHONE, SECRET, TOKEN, VERIFY, Stage


async def test_the_state_lists_all_people(stage: Stage) -> None:
    await stage.graph.add_template("hello", [{"type": "BODY", "text": "x"}])
    state = await stage.graph.state()
    assert [one["name"] for one in state["customers"]] == ["Änn"]
    assert [one["phone"] for one in state["numbers"]] == ["15550783881"]
    assert state["numbers"][0]["webhook"] == stage.hook.url
    assert [one["name"] for one in state["accounts"][0]["templates"]] == ["hello"]
    assert state["chats"][0]["messages"] == 1
    assert TOKEN not in json.dumps(state)
    assert SECRET not in json.dumps(state)


async def test_an_existing_record_is_not_added_again(stage: Stage) -> None:
    assert (await stage.graph.add_customer("Ann", phone=PHONE))["id"] == stage.ann["id"]
    by_id = await stage.graph.add_customer("Ann", user_id=stage.ann["user_id"])
    assert by_id["id"] == stage.ann["id"]
    again = await stage.graph.add_number("15550783881", id=stage.number["id"])
    assert again["id"] == stage.number["id"]
    assert (stage.number["token"], "token" in again) == (TOKEN, False)
    fresh = await stage.graph.add_number("4930123456")
    assert (await stage.call("GET", "me", token=fresh["token"]))[0] == 200


async def test_changes_are_streamed(stage: Stage) -> None:
    last = (await stage.graph.state())["last_event_id"]
    url = f"{stage.url}/control/graph/events?after={last}"
    async with stage.http.get(url) as response:
        assert response.content_type == "text/event-stream"
        sent = await stage.text()
        await stage.graph.wait_until_settled()
        seen: list[Json] = []
        async with asyncio.timeout(PATIENCE):
            while len(seen) < 3:
                line = (await response.content.readline()).decode()
                if line.startswith("data: "):
                    seen.append(json.loads(line[6:]))
    assert [one["kind"] for one in seen] == ["message", "status", "status"]
    assert {one["message_id"] for one in seen} == {sent}
    assert {one["customer"] for one in seen} == {stage.ann["id"]}


async def test_files_are_shown_without_risk(stage: Stage) -> None:
    data = b"<script>alert(1)</script>"
    sent = await stage.graph.sends_media(stage.ann, "document", data, mime="text/html")
    async with stage.http.get(stage.url + sent["media"]["url"]) as response:
        assert await response.read() == data
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
    async with stage.http.get(f"{stage.url}/control/graph/media/1") as response:
        assert response.status == 404


async def test_messages_after_a_known_one(stage: Stage) -> None:
    second = await stage.graph.says(stage.ann, "Second")
    third = await stage.graph.says(stage.ann, "Third")
    place = f"chats/{stage.number['phone']}/{PHONE}/messages"
    found = await stage.graph.ask("GET", place, after=second["id"])
    assert [one["id"] for one in found] == [third["id"]]


async def test_two_numbers_must_be_named(stage: Stage) -> None:
    other = await stage.graph.add_number("4930123456", token="EAAother", account=None)
    with pytest.raises(SandboxRequestError, match="there are 2 numbers"):
        await stage.graph.says(stage.ann, "To whom?")
    await stage.graph.says(stage.ann, "To you", number=other)
    assert [one["text"] for one in await stage.graph.messages(stage.ann, other)] == ["To you"]
    assert await stage.graph.reads(stage.ann, number=other) == []
    with pytest.raises(SandboxRequestError, match="there are 2 accounts"):
        await stage.graph.add_template("x", [])


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", "numbers", {}),
        ("POST", "numbers", {"phone": "none"}),
        ("POST", "numbers", {"phone": "1", "id": "x"}),
        ("POST", "numbers/1", {}),
        ("POST", "customers", {"phone": "1"}),
        ("POST", "customers", {"name": "X", "user_id": ""}),
        ("POST", "customers", {"name": "X", "user_id": "lower.case"}),
        ("POST", "customers/nobody", {}),
        ("POST", "templates", {"name": "x"}),
        ("POST", "templates", {"name": "x", "components": [], "status": "FINE"}),
        ("POST", "templates/1", {"status": "PAUSED"}),
        ("POST", "tokens", {"token": "x", "state": "odd"}),
        ("POST", "tokens", {}),
        ("POST", "messages", {"customer": PHONE}),
        ("POST", "messages", {"customer": "nobody", "text": "x"}),
        ("POST", "messages", {"customer": PHONE, "media": {"kind": "smell"}}),
        ("POST", "messages", {"customer": PHONE, "media": {"data": "%%"}}),
        ("POST", "messages", {"customer": PHONE, "media": "x"}),
        ("PATCH", "messages/wamid.x", {"text": "x"}),
        ("POST", "messages/wamid.x/reaction", {}),
        ("POST", "settings", {"delay": 1, "nothing": 2}),
        ("POST", "clock", {"advance": "soon"}),
        ("POST", "release", {"order": "random"}),
        ("POST", "release", {"grouping": "none"}),
        ("POST", "webhooks", {}),
        ("GET", "calls?after=x", None),
        ("GET", "chats/1/2/messages", None),
    ],
)
async def test_mistakes_are_explained(
    stage: Stage, verb: str, path: str, body: Json | None
) -> None:
    url = f"{stage.url}/control/graph/{path}"
    async with stage.http.request(verb, url, json=body) as response:
        assert response.status in {400, 404}
        assert (await response.json())["error"]


async def test_a_customer_changes_own_messages_only(stage: Stage) -> None:
    ours = await stage.text()
    with pytest.raises(SandboxRequestError, match="is the business's"):
        await stage.graph.edits(ours, "x")
    theirs = await stage.graph.says(stage.ann, "x")
    with pytest.raises(SandboxRequestError, match="not the business's"):
        await stage.graph.status(theirs, "read")
    with pytest.raises(SandboxRequestError, match="status must be one of"):
        await stage.graph.status(ours, "eaten")


async def test_junk_for_the_control_api(stage: Stage) -> None:
    url = f"{stage.url}/control/graph/customers"
    for junk in (b"[]", b"{", b"\xff", b"1"):
        async with stage.http.post(url, data=junk) as response:
            assert response.status == 400


async def test_a_reset_forgets_everything(stage: Stage) -> None:
    await stage.graph.settings(window="off", copies=3)
    await stage.graph.limits(True)
    await stage.graph.fail(times=5)
    await stage.graph.hold()
    await stage.graph.advance(100)
    await stage.graph.reset()
    state = await stage.graph.state()
    assert (state["numbers"], state["customers"], state["chats"]) == ([], [], [])
    assert (await stage.graph.faults(), await stage.graph.calls()) == ([], [])
    assert (await stage.call("GET", "me"))[0] == 401
    await stage.graph.add_number(
        "15550783881", token=TOKEN, app_secret=SECRET, webhook=stage.hook.url, verify_token=VERIFY
    )
    ann = await stage.graph.add_customer("Ann", phone=PHONE)
    await stage.graph.says(ann, "New start")
    await stage.hook.until(1)
    assert len(stage.hook.bodies) == 1
