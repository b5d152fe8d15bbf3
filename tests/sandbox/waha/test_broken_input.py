"""Tests that broken requests are refused with a reason, by the API and by the control API."""

from typing import Any

import pytest

from sandbox.common.control_client import SandboxRequestError
from tests.sandbox.waha.stage import SESSION, Stage

CHAT = {"session": SESSION, "chatId": "49151000001@c.us"}
FILE = {"mimetype": "image/png", "data": "QUFB"}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/api/sendText", b"{", "Expecting"),
        ("/api/sendText", b"\xff\xfe", "Expecting"),
        ("/api/sendText", [1], "expected a JSON object"),
        ("/api/sendText", {}, "chatId should not be empty"),
        ("/api/sendText", {**CHAT, "text": 5}, "text is no string"),
        ("/api/sendText", {**CHAT, "text": "x", "chatId": "all"}, "neither"),
        ("/api/sendText", {**CHAT, "text": "x", "chatId": "120363@g.us"}, "neither"),
        ("/api/sendText", {**CHAT, "text": "x", "chatId": "٣@c.us"}, "neither"),
        ("/api/sendText", {**CHAT, "text": "x", "chatId": "999@lid"}, "neither"),
        ("/api/sendImage", {**CHAT, "file": {"mimetype": "image/png"}}, "should not be empty"),
        ("/api/sendImage", {**CHAT, "file": {**FILE, "data": "***"}}, "base64"),
        ("/api/sendVoice", {**CHAT, "file": FILE}, "convert should not be empty"),
        ("/api/sendContactVcard", {**CHAT, "contacts": []}, "contacts should not be empty"),
        ("/api/sendLocation", {**CHAT, "latitude": "1", "longitude": 2, "title": "x"}, "no number"),
        ("/api/sessions", {"name": "not/a name"}, "alphanumeric"),
        (
            "/api/sessions",
            {"name": "x", "config": {"webhooks": [{"url": 1}]}},
            "webhooks.0.url is no string",
        ),
    ],
)
async def test_the_api_refuses_it(stage: Stage, path: str, body: Any, words: str) -> None:
    answer = await stage.call("POST", path, body)
    assert answer.status == 400
    assert words in str(answer.json["message"])
    assert await stage.waha.sees(SESSION, stage.ann) == []


@pytest.mark.parametrize("message_id", ["AAA", "true_49151000001@c.us_NONE", "true_x_y"])
async def test_a_reaction_needs_a_message(stage: Stage, message_id: str) -> None:
    body = {"session": SESSION, "messageId": message_id, "reaction": "👍"}
    assert (await stage.call("PUT", "/api/reaction", body)).status in {400, 404}


async def test_a_missing_session_is_not_found(stage: Stage) -> None:
    for verb, path, body in (
        ("GET", "/api/sessions/none", None),
        ("POST", "/api/sessions/none/start", None),
        ("GET", "/api/none/auth/qr", None),
        ("GET", "/api/none/chats/1@c.us/messages", None),
        ("POST", "/api/sendText", {**CHAT, "session": None, "text": "to `default`"}),
    ):
        answer = await stage.call(verb, path, body)
        assert (answer.status, answer.json["message"]) == (404, "Session not found")


async def test_a_control_mistake_is_explained(stage: Stage) -> None:
    waha, ann = stage.waha, stage.ann
    for asked, words in (
        (waha.says("1", "x"), "no customer 1"),
        (waha.says(ann), "give text, media"),
        (waha.says(ann, "x", session="none"), "no session none"),
        (waha.says(ann, "x", reply_to="NONE"), "no message NONE"),
        (waha.says(ann, media={"kind": "hologram"}), "unknown kind"),
        (waha.says(ann, media={"kind": "image", "data": "***"}), "malformed"),
        (waha.says(ann, "x", at="noon"), "malformed"),
        (waha.ack(SESSION, ann, "NONE", 9), "no message"),
        (waha.force_status(SESSION, "TIRED"), "status must be"),
        (waha.scan(SESSION), "no code to scan"),
        (waha.add_customer("Ben", phone="one"), "digits"),
        (waha.tune(weather="bad"), "no setting weather"),
        (waha.tune(acks="SOMETIMES"), "acks must be"),
        (waha.tune(tempo="fast"), "malformed"),
        (waha.ask("POST", "messages", {}), "missing field"),
        (waha.ask("POST", f"chats/{SESSION}/1/read", {}), "no customer"),
    ):
        with pytest.raises(SandboxRequestError, match=words):
            await asked


async def test_a_reset_forgets_everything_but_serves_on(stage: Stage) -> None:
    await stage.text("before")
    await stage.waha.tune(acks="NONE")
    await stage.waha.reset()
    assert await stage.waha.state() == {"sessions": [], "people": [], "chats": []}
    again = await stage.waha.add_customer("Ann", phone=stage.ann["phone"])
    assert again["phone"] == stage.ann["phone"]
    await stage.create()
