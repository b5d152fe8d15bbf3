"""Canned replies in the API: administrators write them, everyone lists and previews them."""

import asyncio
import json
from typing import Any

import pytest

from db.ids import new_id
from tests.api.stage import ApiStage
from tests.api.test_inbox_lists import done
from tests.flows.eventually import eventually

HELLO: dict[str, Any] = {"shortcut": "hello", "title": "A greeting", "text": "Hello {{name}}!"}


async def test_a_reply_is_written_changed_and_deleted(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    channel = await own_api.channel()
    made = await ada.post("/canned-replies", {**HELLO, "language": "id", "channel_id": channel})
    assert made.status == 201, made.body
    assert {name: made.body[name] for name in HELLO} == HELLO
    assert (made.body["language"], made.body["channel_id"]) == ("id", channel)
    path = f"/canned-replies/{made.body['id']}"
    assert (await mia.get(path)).body == made.body
    changes = {"shortcut": "halo", "text": "Halo {{name}}!", "language": None, "channel_id": None}
    changed = await ada.patch(path, changes)
    assert changed.status == 200, changed.body
    assert {name: changed.body[name] for name in changes} == changes
    assert changed.body["title"] == HELLO["title"]
    assert changed.body["updated_at"] > made.body["updated_at"]
    assert (await ada.patch(path, {})).body == changed.body
    assert (await ada.delete(path)).status == 204
    for answer in (await ada.get(path), await ada.patch(path, {}), await ada.delete(path)):
        assert (answer.status, answer.problem) == (404, "not-found")
    kinds = [len(await own_api.audit(f"canned_reply.{k}")) for k in ("created", "changed")]
    assert kinds == [1, 1]
    [entry] = await own_api.audit("canned_reply.changed")
    assert json.loads(entry["details"])["shortcut"] == {"from": "hello", "to": "halo"}
    assert len(await own_api.audit("canned_reply.deleted")) == 1


async def test_a_shortcut_is_there_once_for_each_channel_and_language(own_api: ApiStage) -> None:
    ada, channel = await own_api.admin(), await own_api.channel()
    places = [{}, {"language": "en"}, {"channel_id": channel}]
    for place in places:
        assert (await ada.post("/canned-replies", {**HELLO, **place})).status == 201
        again = await ada.post("/canned-replies", {**HELLO, **place})
        assert (again.status, again.problem) == (409, "conflict")
    other = (await ada.post("/canned-replies", {**HELLO, "shortcut": "other"})).body["id"]
    taken = await ada.patch(f"/canned-replies/{other}", {"shortcut": "hello"})
    assert (taken.status, taken.problem) == (409, "conflict")
    at_once = {**HELLO, "shortcut": "at-once"}
    answers = await asyncio.gather(*(ada.post("/canned-replies", at_once) for _ in range(4)))
    assert sorted(each.status for each in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"shortcut": "Hello"}, "shortcut"),
        ({"shortcut": "a b"}, "shortcut"),
        ({"shortcut": "-a"}, "shortcut"),
        ({"shortcut": "x" * 33}, "shortcut"),
        ({"shortcut": "\N{PILE OF POO}"}, "shortcut"),
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"text": ""}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "Hello {{who}}"}, "text"),
        ({"text": "Hello {{}}"}, "text"),
        ({"language": "xx"}, "language"),
        ({"channel_id": "x"}, "channel_id"),
        ({"channel_id": new_id()}, "channel_id"),
        ({"slot": "x"}, "slot"),
        ({"actions": {"end": True, "snooze_minutes": 5}}, "actions"),
        ({"actions": {"tags": ["a, b"]}}, "actions.tags"),
        ({"actions": {"agent_id": new_id()}}, "actions.agent_id"),
        ({"actions": {"snooze_minutes": 0}}, "actions.snooze_minutes"),
    ],
)
async def test_what_cannot_be_a_reply_is_refused(
    own_api: ApiStage, changes: dict[str, Any], field: str
) -> None:
    ada = await own_api.admin()
    answer = await ada.post("/canned-replies", {**HELLO, **changes})
    assert (answer.status, set(answer.faults)) == (422, {field}), answer.body
    reply = await own_api.canned_reply()
    answer = await ada.patch(f"/canned-replies/{reply}", changes)
    assert (answer.status, set(answer.faults)) == (422, {field}), answer.body
    assert len((await ada.get("/canned-replies")).body["items"]) == 1


async def test_a_reply_does_something_with_its_text_or_without_one(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person("Mia")
    nothing = {"priority": None, "agent_id": None, "snooze_minutes": None, "end": False}
    actions = {**nothing, "tags": ["Spam"], "priority": "low", "end": True}
    made = await ada.post("/canned-replies", {**HELLO, "text": "", "actions": actions})
    assert (made.status, made.body["actions"]) == (201, actions), made.body
    path = f"/canned-replies/{made.body['id']}"
    assert (await ada.patch(path, {"title": "Spam"})).body["actions"] == actions
    assert (await ada.patch(path, {"actions": None})).faults == {"text": "value_error"}
    session, other = await own_api.session(mia), await own_api.session(await own_api.person("Tom"))
    run = {"canned_reply_id": made.body["id"]}
    assert (await mia.post(f"/sessions/{other}/canned-reply", run)).problem == "not-found"
    ran = await done(lambda: mia.post(f"/sessions/{session}/canned-reply", run))
    assert ran is not None
    assert (ran.body["status"], ran.body["priority"]) == ("ENDED", "low")
    assert [each["name"] for each in ran.body["tags"]] == ["Spam"]
    assert (await mia.post(f"/sessions/{session}/canned-reply", run)).problem == "conflict"
    text_only = await ada.patch(path, {"text": "Hello", "actions": {}})
    assert text_only.body["actions"] is None


async def test_what_is_refused_leaves_nothing_half_done(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person("Mia")
    actions = {"tags": ["aside"], "snooze_minutes": 60}
    body = {**HELLO, "text": "", "actions": actions}
    run = {"canned_reply_id": (await ada.post("/canned-replies", body)).body["id"]}
    waiting = await own_api.session()
    refused = await mia.post(f"/sessions/{waiting}/canned-reply", run)
    assert (refused.status, refused.problem) == (409, "conflict")
    assert "claim it first" in refused.body["detail"]
    assert (await mia.get(f"/sessions/{waiting}")).body["tags"] == []
    held = await own_api.session(mia)
    ran = await done(lambda: mia.post(f"/sessions/{held}/canned-reply", run))
    assert ran is not None
    assert ran.body["snoozed_until"] is not None
    unknown = await mia.post(f"/sessions/{held}/canned-reply", {"canned_reply_id": new_id()})
    assert unknown.faults == {"canned_reply_id": "unknown"}


async def test_emoji_and_lines_are_kept(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    text = "Hello {{ first_name }}!\n\n\N{WAVING HAND SIGN} — {{agent}}"
    made = await ada.post("/canned-replies", {**HELLO, "text": text})
    assert (await ada.get(f"/canned-replies/{made.body['id']}")).body["text"] == text
    preview = await ada.post(f"/canned-replies/{made.body['id']}/preview", {})
    assert preview.body == {"text": "Hello Ann!\n\n\N{WAVING HAND SIGN} — Mia"}
    assert (await ada.post("/canned-replies/preview", {"text": text})).body == preview.body
    refused = await ada.post("/canned-replies/preview", {"text": "Hello {{who}}"})
    assert (refused.status, set(refused.faults)) == (422, {"text"})


async def test_replies_are_found_by_what_they_are(own_api: ApiStage) -> None:
    mia, channel = await own_api.person(), await own_api.channel()
    other = await own_api.channel()
    await own_api.canned_reply("100% yes", shortcut="yes")
    await own_api.canned_reply("No", shortcut="no", channel_id=channel)
    await own_api.canned_reply("Tidak", shortcut="no", language="id", channel_id=other)

    async def found(query: str = "") -> list[str]:
        items = (await mia.get(f"/canned-replies?{query}")).body["items"]
        return [each["text"] for each in items]

    assert await found() == ["Tidak", "No", "100% yes"]
    assert await found(f"channel_id={channel}") == ["No", "100% yes"]
    assert await found("language=id") == ["Tidak"]
    assert await found("shortcut=no") == ["Tidak", "No"]
    assert await found("q=100%25") == ["100% yes"]
    assert await found("q=TIDAK") == ["Tidak"]
    page = (await mia.get("/canned-replies?limit=2")).body
    assert await found(f"limit=2&cursor={page['next']}") == ["100% yes"]


async def test_a_preview_shows_nothing_of_anothers_customer(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    session = await own_api.session(mia)
    path = f"/canned-replies/{await own_api.canned_reply('{{name}} by {{agent}}')}/preview"

    async def shown() -> str | None:
        # The channel was created directly in the database: it is loaded within seconds.
        answer = await mia.post(path, {"session_id": session})
        assert answer.status in {200, 503}, answer.body
        return None if answer.status == 503 else str(answer.body["text"])

    assert (await eventually(shown, "the reply is filled in")).endswith(f"by {mia.name}")
    for wrong in (session, new_id()):
        answer = await tom.post(path, {"session_id": wrong})
        assert (answer.status, answer.problem) == (404, "not-found")
    waiting = await own_api.session()
    assert (await tom.post(path, {"session_id": waiting})).status == 200
