"""Tests that answers and webhooks conform to the schema, and that allowed requests are accepted."""

import pytest

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.sample_files import SAMPLES, png
from tests.sandbox.graph.message_bodies import BODY, BUTTONS, CONTACTS, LIST, LOCATION, TEMPLATE
from tests.sandbox.graph.schema_check import (
    find_reply_errors,
    find_request_errors,
    find_status_errors,
    load_schema,
)
from tests.sandbox.graph.stage import PHONE, Stage

MESSAGES = "{Phone-Number-ID}/messages"
FILES = {
    "image": ("image/png", png()),
    "document": ("text/plain", SAMPLES["document"][2]),
    "video": ("video/mp4", SAMPLES["video"][2]),
    "audio": ("audio/mpeg", SAMPLES["audio"][2]),
    "sticker": ("image/webp", SAMPLES["sticker"][2]),
}
PLAIN: list[Json] = [
    {"type": "text", "text": {"body": "Hello", "preview_url": True}},
    {"type": "location", "location": LOCATION},
    {"type": "contacts", "contacts": CONTACTS},
    {"type": "interactive", "interactive": BUTTONS},
    {"type": "interactive", "interactive": LIST},
    {"type": "template", "template": TEMPLATE},
]


async def _send(stage: Stage, body: Json) -> Json:
    whole = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": PHONE, **body}
    assert find_request_errors(whole) == []
    reply = await stage.ok(**body)
    assert find_reply_errors(MESSAGES, "post", reply) == []
    assert reply["contacts"] == [{"input": PHONE, "wa_id": PHONE}]
    return reply


@pytest.mark.parametrize("body", PLAIN, ids=lambda body: str(body["type"]))
async def test_plain_kinds_are_accepted_and_reported(stage: Stage, body: Json) -> None:
    await stage.graph.add_template("order_ready", [BODY], language="en_US")
    reply = await _send(stage, body)
    assert ("message_status" in reply["messages"][0]) == (body["type"] == "template")
    assert await stage.graph.wait_until_settled()
    assert [status for _, status in stage.hook.told()] == ["sent", "delivered"]
    for value in stage.hook.values():
        assert find_status_errors(value) == []


@pytest.mark.parametrize("kind", FILES)
async def test_files_are_accepted_by_id(stage: Stage, kind: str) -> None:
    mime, data = FILES[kind]
    media_id = await stage.uploaded(data, mime, "a.bin")
    await _send(stage, {"type": kind, kind: {"id": media_id}})
    last = (await stage.graph.messages(stage.ann))[-1]
    assert await stage.graph.wait_until_settled()
    last = (await stage.graph.messages(stage.ann))[-1]
    assert (last["type"], last["status"]) == (kind, "delivered")
    assert await stage.graph.media(last["media"]) == data


async def test_a_reaction_and_a_reply(stage: Stage) -> None:
    first = await stage.text("First")
    await _send(stage, {"type": "reaction", "reaction": {"message_id": first, "emoji": "👍"}})
    body = {"type": "text", "text": {"body": "x"}, "context": {"message_id": first}}
    await _send(stage, body)
    seen = await stage.graph.messages(stage.ann)
    assert seen[1]["reactions"] == {"business": "👍"}
    assert seen[3]["reply_to"] == first


async def test_media_calls_answer_as_published(stage: Stage) -> None:
    status, uploaded = await stage.upload(png(), "image/png", "a.png")
    assert status == 200
    assert find_reply_errors("{Phone-Number-ID}/media", "post", uploaded) == []
    path = f"{uploaded['id']}?phone_number_id={stage.number['id']}"
    _, resolved = await stage.call("GET", path)
    # Meta's answers have the size as a number, its schema as a text.
    assert isinstance(resolved["file_size"], int)
    resolved["file_size"] = str(resolved["file_size"])
    assert find_reply_errors("{Media-ID}", "get", resolved) == []
    _, deleted = await stage.call("DELETE", path)
    assert deleted == {"success": True}
    assert find_reply_errors("{Media-ID}", "delete", deleted) == []


async def test_template_calls_answer_as_published(stage: Stage) -> None:
    edge = f"{stage.number['account']}/message_templates"
    body = {"name": "hello", "language": "en_US", "category": "UTILITY", "components": [BODY]}
    _, made = await stage.call("POST", edge, json=body)
    assert find_reply_errors("{WABA-ID}/message_templates", "post", made) == []
    _, listed = await stage.call("GET", edge)
    assert find_reply_errors("{WABA-ID}/message_templates", "get", listed) == []
    assert listed["data"][0]["id"] == made["id"]
    _, gone = await stage.call("DELETE", f"{edge}?name=hello")
    assert find_reply_errors("{WABA-ID}/message_templates", "delete", gone) == []


async def test_every_published_call_is_served(stage: Stage) -> None:
    places = {
        "{Phone-Number-ID}": stage.number["id"],
        "{WABA-ID}": stage.number["account"],
        "{Media-ID}": await stage.uploaded(png(), "image/png"),
    }
    for path, verbs in load_schema()["paths"].items():
        if "{Media-URL}" in path:
            continue
        for verb in [one for one in ("get", "post", "delete") if one in verbs]:
            where = path.removeprefix("/{Version}/")
            for name, value in places.items():
                where = where.replace(name, value)
            status, content = await stage.call(verb.upper(), where)
            assert status == 200 or content["error"].get("error_subcode") != 33, (verb, path)


def test_the_corrected_schema_still_refuses() -> None:
    whole: Json = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "1"}
    right = whole | {"type": "text", "text": {"body": "x"}}
    assert find_request_errors(right) == []
    assert find_request_errors(right | {"text": {"body": 1}})
    assert find_request_errors(right | {"sticker": {}})
    assert find_request_errors(whole | {"type": "audio", "audio": {"id": "1", "link": "x"}})
    assert find_request_errors(whole | {"type": "telepathy"}) == ["no type 'telepathy'"]
    assert find_status_errors({"messaging_product": "whatsapp", "metadata": {}})
