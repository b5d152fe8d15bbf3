"""Tests that all calls are in WAHA's schema; requests, answers and events conform to it."""

import base64
from typing import Any

import pytest

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.sample_files import png
from sandbox.waha.operations.table import TABLE
from sandbox.waha.schema.schema import (
    body_shape,
    find_schema_errors,
    operation,
    schema,
    schema_reference,
    success_status,
)
from tests.sandbox.waha.stage import EVENTS, SESSION, Stage

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Ben\nTEL;type=CELL;waid=4930:+49 30\nEND:VCARD"


def test_every_call_served_is_wahas() -> None:
    for verb, path, *_ in TABLE:
        assert operation(verb, path)
        assert success_status(verb, path) in {200, 201}


def file(mimetype: str, name: str | None = None) -> Json:
    data = base64.b64encode(png()).decode()
    return {"mimetype": mimetype, "data": data, **({"filename": name} if name else {})}


def examples(to: str, incoming: str, own: str) -> list[tuple[str, str, Json | None]]:
    """Return (verb, path of the schema, body) for calls that all succeed in this order."""
    chat: Json = {"session": SESSION, "chatId": to}
    return [
        ("POST", "/api/sendText", {**chat, "text": "Hi", "reply_to": incoming}),
        ("POST", "/api/sendImage", {**chat, "file": file("image/png", "a.png"), "caption": "A"}),
        ("POST", "/api/sendFile", {**chat, "file": file("application/pdf", "a.pdf")}),
        ("POST", "/api/sendVideo", {**chat, "file": file("video/mp4", "a.mp4"), "convert": False}),
        (
            "POST",
            "/api/sendVoice",
            {**chat, "file": file("audio/ogg; codecs=opus", "v.oga"), "convert": False},
        ),
        ("POST", "/api/sendLocation", {**chat, "latitude": 1.5, "longitude": 2, "title": "Here"}),
        ("POST", "/api/sendContactVcard", {**chat, "contacts": [{"vcard": CARD}]}),
        ("POST", "/api/sendSeen", {**chat, "messageIds": [incoming]}),
        ("POST", "/api/startTyping", chat),
        ("POST", "/api/stopTyping", chat),
        ("PUT", "/api/reaction", {"session": SESSION, "messageId": incoming, "reaction": "👍"}),
        ("PUT", "/api/{session}/chats/{chatId}/messages/{messageId}", {"text": "New"}),
        ("GET", "/api/{session}/chats/{chatId}/messages/{messageId}", None),
        ("GET", "/api/{session}/chats/{chatId}/messages", None),
        ("POST", "/api/{session}/chats/{chatId}/messages/read", None),
        ("DELETE", "/api/{session}/chats/{chatId}/messages/{messageId}", None),
        ("DELETE", "/api/{session}/chats/{chatId}/messages", None),
        ("GET", "/api/{session}/lids", None),
        ("GET", "/api/{session}/lids/count", None),
        ("GET", "/api/{session}/lids/{lid}", None),
        ("GET", "/api/{session}/lids/pn/{phoneNumber}", None),
        ("GET", "/api/sessions", None),
        ("GET", "/api/sessions/{session}", None),
        ("GET", "/api/sessions/{session}/me", None),
        ("PUT", "/api/sessions/{session}", {"config": {"metadata": {"channel": "7"}}}),
        ("POST", "/api/sessions/{session}/start", None),
        ("POST", "/api/sessions/{session}/stop", None),
        ("POST", "/api/sessions/{session}/restart", None),
        ("POST", "/api/sessions/{session}/logout", None),
        ("DELETE", "/api/sessions/{session}", None),
        ("GET", "/ping", None),
        ("GET", "/health", None),
    ]


def answer_shape(verb: str, path: str) -> Json | None:
    content = operation(verb, path)["responses"][str(success_status(verb, path))].get("content", {})
    shape: Json | None = content.get("application/json", {}).get("schema")
    return shape


async def test_every_call_conforms(stage: Stage) -> None:
    said = await stage.waha.says(stage.ann, "Hi")
    own = await stage.text("Mine")
    named_things = {"session": SESSION, "chatId": own["to"], "messageId": own["id"]}
    named_things |= {"lid": f"{stage.ann['lid']}@lid", "phoneNumber": stage.ann["phone"]}
    wrong, seen = {}, {("GET", "/api/{session}/auth/qr"), ("POST", "/api/sessions")}
    for verb, path, body in examples(own["to"], said["id"], own["id"]):
        seen.add((verb, path))
        if body is not None:
            assert find_schema_errors(body_shape(verb, path) or {}, body, strict=True) == []
        answer = await stage.call(verb, path.format(**named_things), body)
        assert answer.status == success_status(verb, path), (verb, path, answer)
        shape = answer_shape(verb, path)
        if shape and (found := find_schema_errors(shape, answer.json, asked=False)):
            wrong[path] = found
    assert wrong == {}
    seen.add(("POST", "/api/{session}/auth/request-code"))
    assert seen == {(verb, path) for verb, path, *_ in TABLE}


async def test_the_answers_of_linking_conform(bare: Stage) -> None:
    made = await bare.create()
    assert find_schema_errors(schema_reference("SessionDTO"), made, asked=False) == []
    shape = answer_shape("GET", "/api/{session}/auth/qr")
    assert shape is not None
    for options in ({"headers": {"Accept": "application/json"}}, {"params": {"format": "raw"}}):
        assert (
            find_schema_errors(shape, await bare.ok("GET", f"/api/{SESSION}/auth/qr", **options))
            == []
        )
    asked = {"phoneNumber": "491715550"}
    code = await bare.ok("POST", f"/api/{SESSION}/auth/request-code", asked)
    assert len(code["code"]) == len("ABCD-EFGH")


async def test_messages_have_no_field_that_the_schema_does_not_know(stage: Stage) -> None:
    await stage.waha.sends(stage.ann, "image", text="Look")
    sent = await stage.text(reply_to=(await stage.waha.says(stage.ann, "Hi"))["id"])
    path = f"/api/{SESSION}/chats/{sent['to']}/messages"
    listed = await stage.ok("GET", path, params={"limit": "100"})
    assert len(listed) == 3
    for message in [sent, *listed]:
        assert (
            find_schema_errors(schema_reference("WAMessage"), message, strict=True, asked=False)
            == []
        )


async def everything_happens(stage: Stage) -> None:
    """Cause every kind of event."""
    waha, ann, hook = stage.waha, stage.ann, stage.hook
    said = await waha.says(ann, "Hi")
    for kind in ("image", "file", "video", "audio", "voice", "sticker"):
        await waha.sends(ann, kind, reply_to=said)
    await waha.says(ann, location={"latitude": 1.5, "longitude": 2.5, "name": "Here"})
    await waha.says(ann, vcards=[CARD])
    sent = await stage.text()
    await waha.reacts(SESSION, ann, sent["id"], "🙏")
    await waha.reacts(SESSION, ann, sent["id"], "")
    await waha.edits(SESSION, ann, said, "Hi!")
    await waha.revokes(SESSION, ann, said)
    await waha.reads(SESSION, ann)
    await hook.until("message.revoked")
    await hook.until("message.ack", 3)
    await waha.unlink(SESSION)
    await hook.until("session.status", 4)


@pytest.mark.parametrize("tuned", [{}, {"engine": "GOWS", "float_timestamps": True}])
async def test_every_event_conforms(stage: Stage, tuned: Json) -> None:
    await stage.waha.tune(**tuned)
    await everything_happens(stage)
    wrong = []
    for event in stage.hook.got:
        body = schema()["webhooks"][event["event"]]["post"]["requestBody"]
        shape = body["content"]["application/json"]["schema"]
        wrong += [
            (event, one) for one in find_schema_errors(shape, event, strict=True, asked=False)
        ]
    assert wrong == []
    assert {event["event"] for event in stage.hook.got} == set(EVENTS)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (schema_reference("MeInfo"), {"id": "1"}),
        (schema_reference("MessageTextRequest"), {"chatId": "1@c.us", "text": None}),
        (schema_reference("SessionDTO"), {"name": "a", "status": "WELL"}),
        ({"type": "array", "items": schema_reference("MeInfo")}, {}),
        (schema_reference("MessageVoiceRequest"), {"chatId": "1", "convert": 1, "file": {}}),
    ],
)
def test_the_check_itself_finds_mistakes(shape: Json, value: Any) -> None:
    assert find_schema_errors(shape, value) != []
