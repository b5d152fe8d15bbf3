"""Broadcasts in the API: what is refused, who may do it, and that nothing is done twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.ids import new_id
from tests.api.broadcast_rows import add_broadcast
from tests.api.reply_file_rows import add_reply_file
from tests.api.stage import ApiStage
from tests.api.tag_rows import add_tag

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEWS: dict[str, Any] = {"name": "News", "text": "Hi {{first_name}}!"}

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"text": "x" * 4097}, "text", "4097 characters, and the limit is 4096"),
    ({"text": "Hi {{nmae}}"}, "text", "the variables are {{name}}, {{first_name}}, {{channel}}"),
    ({"text": "Hi {name}"}, "text", "double braces: {{name}}"),
    ({"text": "\u2800"}, "text", "the text is empty"),
    ({"text": None}, "text", "is needed for customers who do not get a template"),
    ({"name": ""}, "name", ""),
    ({"entities": [{"type": "bold", "offset": 0, "length": 99}]}, "entities", "more than the text"),
    ({"file_id": new_id()}, "file_id", "does not exist"),
    ({"template": {"name": "sale"}}, "template", "none of these channels has templates"),
    ({"audience": {"channel_ids": [new_id()]}}, "channel_ids", "is no channel of customers"),
    ({"audience": {"tag_ids": [new_id()]}}, "tag_ids", "is no tag of the desk"),
    ({"audience": {"languages": ["fr"]}}, "audience.languages.0", ""),
    (
        {
            "audience": {
                "wrote_since": "2026-02-01T00:00:00Z",
                "silent_since": "2026-01-01T00:00:00Z",
            }
        },
        "silent_since",
        "nobody can match both",
    ),
    ({"audience": {"wrote_since": "yesterday"}}, "audience.wrote_since", ""),
]


async def test_what_cannot_be_sent_is_refused_and_nothing_is_stored(api: ApiStage) -> None:
    ada = await api.admin()
    for wrong, field, reason in WRONG:
        answer = await ada.post("/broadcasts", {**NEWS, **wrong})
        assert answer.status == 422, (wrong, answer.body)
        [error] = answer.body["errors"]
        assert error["field"] == field, (wrong, answer.body)
        assert reason in error["message"], error
    with_file = {**NEWS, "text": "x" * 1025, "file_id": await add_reply_file(api)}
    answer = await ada.post("/broadcasts", with_file)
    assert "the limit is 1024" in answer.body["errors"][0]["message"]
    assert await api.rows("SELECT id FROM broadcasts") == []


async def test_a_broadcast_is_made_once_started_and_changed(api: ApiStage) -> None:
    ada, bob = await api.admin(), await api.admin("Bob")
    tag, channel = await add_tag(api), await api.channel(staff_groups=["-1009"])
    body = {
        **NEWS,
        "text": "x" * 4096,
        "audience": {"channel_ids": [channel], "tag_ids": [tag], "languages": ["id"]},
    }
    key = {"headers": {"Idempotency-Key": new_id()}}
    made, again = [await ada.post("/broadcasts", body, **key) for _ in range(2)]
    assert made.status == again.status == 201
    assert made.body == again.body
    assert made.body["state"] == "draft"
    assert made.body["audience"]["channel_ids"] == [channel]
    path = f"/broadcasts/{made.body['id']}"
    assert (await ada.get(f"{path}/preview")).body == {
        "people": 0,
        "channels": [],
        "skipped": {},
        "example_text": "x" * 4096,
    }
    # A draft cannot be paused; a time must be in the future.
    paused = await ada.post(f"{path}/pause")
    assert (paused.status, paused.problem) == (409, "conflict")
    assert "the broadcast is draft" in paused.body["detail"]
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    late = await ada.post(f"{path}/start", {"at": past})
    assert late.faults.keys() == {"at"}
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    started = await ada.post(f"{path}/start", {"at": soon})
    assert started.body["state"] == "scheduled"
    # It may get another time; of two administrators who cancel at once, one does.
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    assert (await bob.post(f"{path}/start", {"at": later})).status == 200
    answers = await asyncio.gather(ada.post(f"{path}/cancel"), bob.post(f"{path}/cancel"))
    assert sorted(each.status for each in answers) == [200, 409]
    shown = (await ada.get(path)).body
    assert (shown["state"], shown["counts"]) == ("canceled", {})
    assert shown["ended_at"] is not None
    listed = (await ada.get("/broadcasts?state=canceled")).body["items"]
    assert [each["id"] for each in listed] == [made.body["id"]]
    assert (await ada.get("/broadcasts?state=done")).body["items"] == []
    assert (await ada.get(f"{path}/recipients")).body["items"] == []
    actions = {row["action"] for row in await api.rows("SELECT action FROM audit_log")}
    assert actions >= {"broadcast.created", "broadcast.started", "broadcast.canceled"}


async def test_a_broadcast_is_changed_until_it_begins(api: ApiStage) -> None:
    ada, bob = await api.admin(), await api.admin("Bob")
    bold = [{"type": "bold", "offset": 0, "length": 2}]
    made = await ada.post("/broadcasts", {**NEWS, "entities": bold})
    path = f"/broadcasts/{made.body['id']}"
    for wrong, field, reason in WRONG:
        answer = await ada.patch(path, {"text": NEWS["text"], **wrong})
        assert [each["field"] for each in answer.body["errors"]] == [field], (wrong, answer.body)
        assert reason in answer.body["errors"][0]["message"]
    assert (await ada.patch(path, {"entities": bold})).faults.keys() == {"entities"}
    assert (await ada.patch(path, {"state": "running"})).status == 422
    assert (await ada.get(path)).body == made.body
    # What is not named stays; a text has the formatting that comes with it.
    renamed = await ada.patch(path, {"name": "Old news"})
    assert renamed.body == {**made.body, "name": "Old news"}
    tag, file_id = await add_tag(api), await add_reply_file(api)
    parts = {"text": "Bye", "file_id": file_id, "audience": {"tag_ids": [tag]}}
    answers = await asyncio.gather(ada.patch(path, parts), bob.patch(path, {"name": "News"}))
    assert [each.status for each in answers] == [200, 200]
    shown = (await ada.get(path)).body
    assert (shown["name"], shown["text"], shown["entities"]) == ("News", "Bye", None)
    assert (shown["file_id"], shown["audience"]["tag_ids"]) == (file_id, [tag])
    without = await ada.patch(path, {"text": None, "audience": {}})
    assert (without.body["text"], without.body["audience"]["tag_ids"]) == (None, [])
    # A scheduled one may still be changed, one that was canceled may not.
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await ada.post(f"{path}/start", {"at": soon})
    assert (await ada.patch(path, {"text": "Later"})).body["state"] == "scheduled"
    await ada.post(f"{path}/cancel")
    late = await ada.patch(path, {"text": "Too late"})
    assert (late.status, late.problem) == (409, "conflict")
    assert "the broadcast is canceled" in late.body["detail"]
    assert (await ada.patch(f"/broadcasts/{new_id()}", {"name": "News"})).status == 404
    rows = await api.rows("SELECT details FROM audit_log WHERE action = 'broadcast.changed'")
    assert len(rows) == 5
    assert any("Old news" in str(each["details"]) for each in rows)


async def test_a_test_needs_somewhere_to_go(api: ApiStage) -> None:
    ada = await api.admin()
    path = f"/broadcasts/{await add_broadcast(api)}/test"
    answer = await ada.post(path, {})
    assert answer.status == 409
    assert "not linked to Telegram" in answer.body["detail"]
    answer = await ada.post(path, {"conversation_id": new_id()})
    assert answer.faults.keys() == {"conversation_id"}
