"""Tests of webhooks: handshake, signature, batches, duplicates, order, retries, parts left out."""

import json

import pytest

from sandbox.common.control_client import SandboxRequestError
from sandbox.graph.model.shapes import encode_escaped
from sandbox.graph.webhooks.delivery import sign
from tests.sandbox.graph.stage import PHONE, SECRET, VERIFY, Stage


async def test_bodies_are_signed_as_they_are_written(stage: Stage) -> None:
    await stage.graph.says(stage.ann, "Straße 1/2 👋")
    await stage.hook.until(1)
    raw = stage.hook.bodies[0]
    assert stage.hook.genuine == [True]
    assert raw.isascii()
    assert rb"Stra\u00dfe 1\/2 \ud83d\udc4b" in raw
    assert stage.hook.messages()[0]["text"] == {"body": "Straße 1/2 👋"}
    # Encoding the JSON again before the check would give another signature.
    anew = json.dumps(json.loads(raw)).encode()
    assert sign(SECRET, anew) != sign(SECRET, raw)


def test_the_signature_is_a_keyed_digest_of_the_bytes() -> None:
    # Computed by openssl dgst -sha256 -hmac s.
    said = "sha256=15c544482af51adcbb3fcf6b7172e3a83048f9d071440528512969a430423e99"
    assert encode_escaped({"a": "ä"}) == b'{"a":"\\u00e4"}'
    assert sign("s", encode_escaped({"a": "ä"})) == said


async def test_a_message_has_the_form_of_metas(stage: Stage) -> None:
    sent = await stage.graph.says(stage.ann, "Hello")
    [body] = await stage.hook.until(1)
    entry = body["entry"][0]
    value = entry["changes"][0]["value"]
    assert body["object"] == "whatsapp_business_account"
    assert (entry["id"], entry["changes"][0]["field"]) == (stage.number["account"], "messages")
    assert value["metadata"] == {
        "display_phone_number": "15550783881",
        "phone_number_id": stage.number["id"],
    }
    user_id = stage.ann["user_id"]
    contact = {"profile": {"name": "Änn"}, "wa_id": PHONE, "user_id": user_id}
    assert value["contacts"] == [contact]
    message = value["messages"][0]
    assert message["timestamp"].isdigit()
    assert {name: message[name] for name in ("from", "from_user_id", "id", "type")} == {
        "from": PHONE,
        "from_user_id": user_id,
        "id": sent["id"],
        "type": "text",
    }


async def test_a_webhook_must_pass_the_handshake(stage: Stage) -> None:
    for url, token in ((stage.hook.url, "wrong"), ("http://127.0.0.1:9/hook", VERIFY), ("x", "")):
        with pytest.raises(SandboxRequestError, match="Callback verification failed"):
            await stage.graph.set_webhook(stage.number, url, token)
    await stage.graph.set_webhook(stage.number, None)
    await stage.graph.says(stage.ann, "unheard")
    shaken = await stage.graph.set_webhook(stage.number, stage.hook.url, VERIFY)
    assert shaken["webhook"] == stage.hook.url
    await stage.graph.says(stage.ann, "heard")
    await stage.hook.until(1)
    assert [one["text"]["body"] for one in stage.hook.messages()] == ["heard"]


async def test_a_failed_webhook_is_retried_and_overtaken(stage: Stage) -> None:
    await stage.graph.settings(retry_base=0.05)
    stage.hook.statuses = [500, 200, 302]
    await stage.graph.says(stage.ann, "first")
    await stage.graph.says(stage.ann, "second")
    assert await stage.graph.wait_until_settled()
    texts = [one["text"]["body"] for one in stage.hook.messages()]
    assert texts == ["first", "second", "first", "first"]
    tries = [(post["try"], post["status"]) for post in await stage.graph.posts()]
    assert tries[-4:] == [(1, 500), (1, 200), (2, 302), (3, 200)]


@pytest.mark.parametrize(
    ("grouping", "entries", "changes"), [("items", 1, 1), ("changes", 1, 4), ("entries", 4, 1)]
)
async def test_batches(stage: Stage, grouping: str, entries: int, changes: int) -> None:
    await stage.graph.hold()
    ben = await stage.graph.add_customer("Ben", phone="16505559999")
    await stage.graph.says(stage.ann, "a")
    await stage.graph.says(ben, "b")
    await stage.graph.says(stage.ann, "c")
    await stage.graph.settings(ladder=["sent"])
    sent = await stage.text("d")
    await stage.graph.wait_until_settled()
    assert stage.hook.bodies == []
    assert await stage.graph.release(grouping=grouping, per_body=0) == 4
    [body] = await stage.hook.until(1)
    assert len(body["entry"]) == entries
    assert {len(entry["changes"]) for entry in body["entry"]} == {changes}
    assert [one["text"]["body"] for one in stage.hook.messages()] == ["a", "b", "c"]
    assert stage.hook.told() == [(sent, "sent")]
    names = [one["profile"]["name"] for value in stage.hook.values() for one in value["contacts"]]
    assert names == (["Änn", "Ben"] if grouping == "items" else ["Änn", "Ben", "Änn", "Änn"])


async def test_two_numbers_in_one_body(stage: Stage) -> None:
    other = await stage.graph.add_number(
        "4930123456", account=stage.number["account"], webhook=stage.hook.url, verify_token=VERIFY
    )
    await stage.graph.hold()
    await stage.graph.says(stage.ann, "a", number=stage.number)
    await stage.graph.says(stage.ann, "b", number=other)
    await stage.graph.release(per_body=0)
    [body] = await stage.hook.until(1)
    ids = [one["value"]["metadata"]["phone_number_id"] for one in body["entry"][0]["changes"]]
    assert ids == [stage.number["id"], other["id"]]


@pytest.mark.parametrize(
    ("how", "texts"),
    [
        ({}, ["a", "b", "c", "d"]),
        ({"order": "reversed"}, ["d", "c", "b", "a"]),
        ({"order": "shuffled", "seed": 3}, ["d", "a", "c", "b"]),
    ],
)
async def test_out_of_order(stage: Stage, how: dict[str, object], texts: list[str]) -> None:
    await stage.graph.hold()
    for text in "abcd":
        await stage.graph.says(stage.ann, text)
    await stage.graph.release(**how)
    await stage.hook.until(4)
    assert [one["text"]["body"] for one in stage.hook.messages()] == texts


async def test_twice(stage: Stage) -> None:
    await stage.graph.settings(copies=2)
    await stage.graph.says(stage.ann, "a")
    first, second = await stage.hook.until(2)
    assert first == second
    assert stage.hook.genuine == [True, True]


@pytest.mark.parametrize(
    ("part", "gone"),
    [
        ("contacts", "contacts"),
        ("user_id", "user_id"),
        ("wa_id", "wa_id"),
        ("profile", "profile"),
    ],
)
async def test_parts_may_be_missing(stage: Stage, part: str, gone: str) -> None:
    await stage.graph.settings(leave_out=[part])
    await stage.graph.says(stage.ann, "a")
    await stage.hook.until(1)
    assert f'"{gone}"' not in stage.hook.bodies[0].decode()
    message = stage.hook.messages()[0]
    assert ("from" in message) == (part != "wa_id")
    assert ("from_user_id" in message) == (part != "user_id")


async def test_parts_of_statuses_may_be_missing(stage: Stage) -> None:
    parts = ["status_contacts", "conversation", "pricing", "recipient_id", "error_message"]
    await stage.graph.settings(leave_out=parts, ladder=["sent"])
    sent = await stage.text()
    await stage.graph.wait_until_settled()
    await stage.graph.status(sent, "failed", code=131047)
    await stage.hook.until(2)
    first, second = stage.hook.values()
    assert "contacts" not in first
    assert first["statuses"][0].keys() == {"id", "status", "timestamp", "recipient_user_id"}
    error = second["statuses"][0]["errors"][0]
    assert (error["code"], "message" in error) == (131047, False)


async def test_any_body_can_be_posted(stage: Stage) -> None:
    stage.hook.statuses = [401]
    answer = await stage.graph.inject("no JSON \ud800", signed="wrong")
    assert answer == {"status": 401, "answer": ""}
    await stage.graph.inject({"object": "ä"})
    await stage.graph.inject("{}", signed="none")
    await stage.graph.inject("{}", signed="sha256=ä")
    assert stage.hook.genuine == [False, True, False, False]
    assert stage.hook.bodies[1] == b'{"object":"\\u00e4"}'


async def test_other_fields(stage: Stage) -> None:
    made = await stage.graph.add_template("hello", [{"type": "BODY", "text": "x"}])
    await stage.graph.change_template(made, "PAUSED")
    value = {"event": "ACCOUNT_RESTRICTION", "phone_number": "15550783881"}
    await stage.graph.notify("account_update", value)
    quality = {"event": "FLAGGED", "current_limit": "TIER_1K"}
    await stage.graph.notify("phone_number_quality_update", quality, number=stage.number["id"])
    await stage.graph.wait_until_settled()
    fields = [body["entry"][0]["changes"][0]["field"] for body in stage.hook.got()]
    assert sorted(fields) == [
        "account_update",
        "message_template_status_update",
        "phone_number_quality_update",
    ]
    status = next(one for one in stage.hook.values() if "message_template_id" in one)
    assert (status["event"], str(status["message_template_id"])) == ("PAUSED", made["id"])


async def test_an_account_without_subscription_gets_no_webhooks(stage: Stage) -> None:
    edge = f"{stage.number['account']}/subscribed_apps"
    assert (await stage.call("DELETE", edge))[1] == {"success": True}
    assert (await stage.call("GET", edge))[1] == {"data": []}
    await stage.graph.says(stage.ann, "unheard")
    await stage.graph.change_number(stage.number, subscribed=True)
    assert (await stage.call("POST", edge))[1] == {"success": True}
    assert len((await stage.call("GET", edge))[1]["data"]) == 1
    await stage.graph.says(stage.ann, "heard")
    await stage.hook.until(1)
    assert len(stage.hook.bodies) == 1


async def test_webhooks_are_set_by_the_api_too(stage: Stage) -> None:
    await stage.graph.set_webhook(stage.number, None)
    edge = f"{stage.number['account']}/subscribed_apps"
    wrong = {"override_callback_uri": stage.hook.url, "verify_token": "wrong"}
    status, content = await stage.call("POST", edge, json=wrong)
    assert (status, content["error"]["code"]) == (400, 2200)
    right = {**wrong, "verify_token": VERIFY}
    assert (await stage.call("POST", edge, json=right))[0] == 200
    await stage.graph.says(stage.ann, "to the account's")
    await stage.hook.until(1)
    body = {"webhook_configuration": right}
    assert (await stage.call("POST", str(stage.number["id"]), json=body))[0] == 200
    fields = {"params": {"fields": "webhook_configuration"}}
    _, shown = await stage.call("GET", str(stage.number["id"]), **fields)
    assert shown["webhook_configuration"] == {"application": stage.hook.url}
    assert (await stage.call("POST", str(stage.number["id"]), json={}))[0] == 400
