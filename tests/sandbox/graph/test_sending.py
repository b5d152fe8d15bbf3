"""Tests of what a caller may send, and how everything else is refused."""

import pytest

from sandbox.common.json_shapes import Json
from tests.sandbox.graph.message_bodies import BUTTONS, LIST, LOCATION
from tests.sandbox.graph.stage import PHONE, Stage

USER_ID = "US.13491208655302741918"
CTX = {"context": {"message_id": "17"}}


async def test_a_reply_with_our_own_mark_reaches_the_customer(stage: Stage) -> None:
    first = (await stage.graph.messages(stage.ann))[0]["id"]
    context = {"message_id": first}
    sent = await stage.text("Hello 👋", context=context, biz_opaque_callback_data="outbox 7")
    assert sent.startswith("wamid.")
    seen = (await stage.graph.messages(stage.ann))[-1]
    assert (seen["from"], seen["text"], seen["reply_to"]) == ("business", "Hello 👋", first)
    assert await stage.graph.wait_until_settled()
    statuses = [one for value in stage.hook.values() for one in value["statuses"]]
    assert {one["biz_opaque_callback_data"] for one in statuses} == {"outbox 7"}
    assert statuses[0]["recipient_id"] == PHONE


async def test_a_business_scoped_id_goes_into_recipient(stage: Stage) -> None:
    reply = await stage.ok(recipient=USER_ID, type="text", text={"body": "x"})
    assert reply["contacts"] == [{"input": USER_ID, "user_id": USER_ID}]
    _, code, details = await stage.refused(to=USER_ID, type="text", text={"body": "x"})
    assert (code, "recipient" in details) == (131009, True)


async def test_a_customer_without_a_phone(stage: Stage) -> None:
    eve = await stage.graph.add_customer("Eve", user_id="ID.77")
    await stage.graph.says(eve, "Halo")
    assert await stage.graph.wait_until_settled()
    message, contact = stage.hook.messages()[0], stage.hook.values()[0]["contacts"][0]
    assert "from" not in message
    assert message["from_user_id"] == contact["user_id"] == "ID.77"
    assert "wa_id" not in contact
    stage.hook.bodies.clear()
    await stage.ok(recipient="ID.77", type="text", text={"body": "x"})
    assert await stage.graph.wait_until_settled()
    status = stage.hook.values()[0]["statuses"][0]
    assert (status.get("recipient_id"), status["recipient_user_id"]) == (None, "ID.77")


@pytest.mark.parametrize("to", ["+1 (650) 555-1234", "1 650 555 1234", PHONE])
async def test_phones_are_understood_however_they_are_written(stage: Stage, to: str) -> None:
    reply = await stage.ok(to=to, type="text", text={"body": "x"})
    assert reply["contacts"] == [{"input": to, "wa_id": PHONE}]


def _interactive(**changes: object) -> Json:
    return {"type": "interactive", "interactive": {**BUTTONS, **changes}}


def _buttons(*titles: str) -> Json:
    replies = [{"type": "reply", "reply": {"id": one, "title": one}} for one in titles]
    return _interactive(action={"buttons": replies})


def _rows(count: int) -> Json:
    rows = [{"id": str(one), "title": str(one)} for one in range(count)]
    action = {"button": "Choose", "sections": [{"rows": rows}]}
    return {"type": "interactive", "interactive": {**LIST, "action": action}}


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"to": ""}, 100, "The parameter to is required."),
        ({"to": "nobody"}, 131009, "to is a phone number"),
        ({"recipient": "nobody"}, 131009, "recipient is a business-scoped user ID"),
        ({"to": "15550783881", "type": "text", "text": {"body": "x"}}, 131021, "sender"),
        ({"recipient_type": "group"}, 131009, "individual"),
        ({"type": "telepathy"}, 100, "Param type must be one of"),
        ({"type": "text"}, 100, "The parameter text is required."),
        ({"type": "text", "text": "x"}, 100, "must be a JSON object"),
        ({"type": "text", "text": {"body": " "}}, 100, "text['body'] is required"),
        ({"type": "text", "text": {"body": "x" * 4097}}, 100, "at most 4096 characters"),
        ({"type": "text", "text": {"body": "x", "html": "y"}}, 100, 'Unexpected key "html"'),
        ({"type": "text", "text": {"body": "x"}, "image": {}}, 100, 'Unexpected key "image"'),
        ({"type": "text", "text": {"body": "x"}, **CTX}, 131009, "message_id"),
        (
            {"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "x" * 513},
            131009,
            "512",
        ),
        ({"type": "image", "image": {}}, 100, "Exactly one of"),
        ({"type": "image", "image": {"id": "1", "link": "http://x"}}, 100, "Exactly one of"),
        ({"type": "image", "image": {"link": "file:///etc"}}, 100, "valid URI"),
        ({"type": "image", "image": {"id": "4711"}}, 131009, "4711 is not known"),
        ({"type": "image", "image": {"id": "1", "caption": "x" * 1025}}, 100, "1024"),
        ({"type": "audio", "audio": {"id": "1", "caption": "x"}}, 100, 'Unexpected key "caption"'),
        ({"type": "location", "location": {"latitude": 1}}, 131008, "'longitude' is mandatory"),
        ({"type": "location", "location": {**LOCATION, "latitude": "91"}}, 131009, "latitude"),
        ({"type": "location", "location": {**LOCATION, "latitude": "N"}}, 131009, "latitude"),
        ({"type": "contacts", "contacts": []}, 131009, "1 to 5"),
        ({"type": "contacts", "contacts": [{"name": {}}]}, 131008, "formatted_name"),
        (
            {"type": "contacts", "contacts": [{"name": {"formatted_name": "B"}}]},
            131008,
            "At least one",
        ),
        ({"type": "reaction", "reaction": {"emoji": "👍"}}, 131008, "'message_id'"),
        ({"type": "reaction", "reaction": {"message_id": "x"}}, 131008, "'emoji'"),
        (
            {"type": "reaction", "reaction": {"message_id": "x", "emoji": "ok"}},
            131009,
            "one emoji",
        ),
        (
            {"type": "reaction", "reaction": {"message_id": "x", "emoji": "👍"}},
            131009,
            "not known",
        ),
        (_interactive(type="poll"), 131009, "interactive type"),
        (_interactive(body=None), 131008, "'body' is mandatory"),
        (_interactive(body={"text": "x" * 1025}), 131009, "Max length: 1024"),
        (_interactive(header={"type": "text", "text": "x" * 61}), 131009, "Max length: 60"),
        (_interactive(action=None), 131008, "'action' is mandatory"),
        (_buttons("a", "b", "c", "d"), 131009, "Max allowed buttons: 3"),
        (_buttons("a", "a"), 131009, "unlike"),
        (_buttons("x" * 21), 131009, "Button title length invalid"),
        (_rows(11), 131009, "row count"),
        (_rows(0), 131009, "row count"),
        ({"status": "delivered", "message_id": "x"}, 100, "must be one of {READ}"),
        ({"status": "read"}, 100, "The parameter message_id is required."),
        ({"status": "read", "message_id": "wamid.x"}, 131009, "Message ID"),
    ],
)
async def test_invalid_messages_are_refused(
    stage: Stage, body: Json, code: int, words: str
) -> None:
    status, found, details = await stage.refused(**body)
    assert (status, found) == (400, code)
    assert words in details
    assert len(await stage.graph.messages(stage.ann)) == 1


@pytest.mark.parametrize(
    "raw", ["", "[]", "{", "null", '"x"', "[" * 3000, '{"messaging_product":"telegram"}', "\\ud83d"]
)
async def test_invalid_bodies_are_refused(stage: Stage, raw: str) -> None:
    path = f"{stage.number['id']}/messages"
    headers = {"Content-Type": "application/json"}
    url = f"{stage.graph.api_url}/v23.0/{path}"
    headers["Authorization"] = "Bearer EAAtoken"
    async with stage.http.post(url, data=raw.encode(), headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == 100


async def test_read_marks_and_typing(stage: Stage) -> None:
    first = (await stage.graph.messages(stage.ann))[0]["id"]
    second = await stage.graph.says(stage.ann, "Second")
    await stage.graph.says(stage.ann, "Third")
    reply = await stage.ok(status="read", message_id=second["id"])
    assert reply == {"success": True}
    assert [one["read"] for one in await stage.graph.messages(stage.ann)] == [True, True, False]
    assert not await stage.graph.is_typing(stage.ann)
    indicator = {"type": "text"}
    await stage.ok(status="read", message_id=first, typing_indicator=indicator)
    assert await stage.graph.is_typing(PHONE)
    await stage.graph.advance(26)
    assert not await stage.graph.is_typing(stage.ann)
    await stage.ok(status="read", message_id=first, typing_indicator=indicator)
    await stage.text("Done")
    assert not await stage.graph.is_typing(stage.ann)
    await stage.refused(status="read", message_id=first, typing_indicator={"type": "voice"})


async def test_a_reaction_is_taken_back_and_is_only_sent(stage: Stage) -> None:
    first = (await stage.graph.messages(stage.ann))[0]["id"]
    reaction = {"message_id": first, "emoji": "🙏"}
    sent = await stage.sent(type="reaction", reaction=reaction)
    assert (await stage.graph.messages(stage.ann))[0]["reactions"] == {"business": "🙏"}
    assert await stage.status_of(sent) == [("sent", None)]
    await stage.sent(type="reaction", reaction={**reaction, "emoji": ""})
    assert (await stage.graph.messages(stage.ann))[0]["reactions"] == {}


async def test_tokens_give_access_to_their_own_account_only(stage: Stage) -> None:
    other = await stage.graph.add_number("4930123456", token="EAAother")
    for token, state, status, code in (
        ("EAAnobody", None, 401, 190),
        ("EAAtoken", "expired", 401, 190),
        ("EAAtoken", "revoked", 401, 190),
        ("EAAtoken", "forbidden", 403, 200),
    ):
        if state:
            await stage.graph.token(token, state)
        found, content = await stage.call("GET", str(stage.number["id"]), token=token)
        assert (found, content["error"]["code"]) == (status, code)
    await stage.graph.token("EAAtoken", "valid")
    for node in (other["id"], "123", "123/messages", f"{stage.number['id']}/nowhere"):
        found, content = await stage.call("GET", node)
        error = content["error"]
        assert (found, error["code"], error["error_subcode"]) == (400, 100, 33)


async def test_any_version_and_no_other_path(stage: Stage) -> None:
    headers = {"Authorization": "Bearer EAAtoken"}
    for path, status in (("v19.0/me", 200), ("v99.9/me", 200), ("me", 400), ("v23.0/a/b/c", 400)):
        async with stage.http.get(f"{stage.graph.api_url}/{path}", headers=headers) as response:
            assert response.status == status
            assert ("error" in await response.json()) == (status == 400)
