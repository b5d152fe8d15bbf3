"""Auto-reply rules in the API: administrators write them, everyone lists and tries them."""

import json
from typing import Any

import pytest

from db.ids import new_id
from tests.api.stage import ApiStage

GREETING: dict[str, Any] = {
    "name": "greeting",
    "match_kind": "word",
    "trigger_keywords": ["halo", "hai", "hello"],
    "reply_message": "Hello {{name}}!",
}


async def test_a_rule_is_written_changed_and_deleted(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    channel = await own_api.channel()
    template = await own_api.template(channel)
    made = await ada.post("/auto-reply-rules", {**GREETING, "channel_id": channel})
    assert made.status == 201, made.body
    assert {name: made.body[name] for name in GREETING} == GREETING
    path = f"/auto-reply-rules/{made.body['id']}"
    assert (await mia.get(path)).body == made.body
    changes = {"reply_message": None, "reply_template_id": template, "priority": 5}
    changed = await ada.patch(path, {**changes, "name": None})
    assert changed.status == 200, changed.body
    assert {name: changed.body[name] for name in changes} == changes
    assert changed.body["name"] == "greeting"
    listed = await mia.get(f"/auto-reply-rules?channel_id={channel}&is_active=true")
    assert listed.body["items"] == [changed.body]
    assert (await mia.get(f"/auto-reply-rules?channel_id={new_id()}")).body["items"] == []
    [entry] = await own_api.audit("auto_reply_rule.changed")
    assert json.loads(entry["details"])["priority"] == {"from": 0, "to": 5}
    assert (await ada.delete(path)).status == 204
    for answer in (await ada.get(path), await ada.patch(path, {}), await ada.delete(path)):
        assert (answer.status, answer.problem) == (404, "not-found")
    for action in ("created", "deleted"):
        assert len(await own_api.audit(f"auto_reply_rule.{action}")) == 1


async def test_what_does_not_fit_together_is_refused(own_api: ApiStage) -> None:
    ada, channel = await own_api.admin(), await own_api.channel()
    elsewhere = await own_api.template(await own_api.channel())
    path = f"/auto-reply-rules/{await own_api.auto_reply_rule(channel)}"
    for changes, field in (
        ({"trigger_keywords": []}, "trigger_keywords"),
        ({"trigger_keywords": [" "]}, "trigger_keywords"),
        ({"match_kind": "pattern"}, "pattern"),
        ({"match_kind": "pattern", "pattern": "("}, "pattern"),
        ({"match_kind": "pattern", "pattern": "((a{1,30}){1,30}){1,30}"}, "pattern"),
        ({"match_kind": "pattern", "pattern": "x" * 501}, "pattern"),
        ({"match_kind": "unanswered"}, "delay_seconds"),
        ({"match_kind": "sometimes"}, "match_kind"),
        ({"reply_message": "{{password}}"}, "reply_message"),
        ({"reply_message": None}, "reply_message"),
        ({"reply_template_id": elsewhere}, "reply_message"),
        ({"reply_message": None, "reply_template_id": elsewhere}, "reply_template_id"),
        ({"agent_id": new_id()}, "agent_id"),
        ({"delay_seconds": -1}, "delay_seconds"),
        ({"limit_count": 0}, "limit_count"),
        ({"languages": ["xx"]}, "languages"),
        ({"reply_message": "x" * 5000}, "reply_message"),
    ):
        answers = [await ada.patch(path, changes)]
        if field != "reply_template_id":
            body = {**GREETING, "channel_id": channel, **changes}
            answers.append(await ada.post("/auto-reply-rules", body))
        for answer in answers:
            assert answer.status == 422, (changes, answer.body)
            assert field in json.dumps(answer.body["errors"]), (changes, answer.body)
    nowhere = await ada.post("/auto-reply-rules", {**GREETING, "channel_id": new_id()})
    assert nowhere.status == 422
    assert (await ada.get(path)).body["reply_message"] == "Hello {{name}}!"


@pytest.mark.parametrize(
    ("body", "outcome", "text"),
    [
        ({"text": "HALO kak"}, "answers", "Hello Ann Smith!"),
        ({"text": "x" * 5000}, "no_match", None),
        ({"text": "halo", "language": "id"}, "answers", "Hello Ann Smith!"),
    ],
)
async def test_rules_can_be_tried(
    own_api: ApiStage, body: dict[str, Any], outcome: str, text: str | None
) -> None:
    mia, channel = await own_api.person(), await own_api.channel()
    await own_api.auto_reply_rule(channel, trigger_keywords=["halo"])
    await own_api.auto_reply_rule(channel, is_active=False)
    tried = await mia.post("/auto-reply-rules/test", {"channel_id": channel, **body})
    assert tried.status == 200, tried.body
    [rule] = tried.body["rules"]
    assert (rule["outcome"], rule["text"]) == (outcome, text)
    assert await own_api.rows("SELECT id FROM auto_reply_firings") == []
