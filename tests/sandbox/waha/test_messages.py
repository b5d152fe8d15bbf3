"""Tests of messages both ways: what the API sends, customers see, and the webhook gets."""

import base64

import pytest

from sandbox.common.control_client import SandboxRequestError
from sandbox.common.json_shapes import Json
from sandbox.telegram.model.sample_files import png
from tests.sandbox.waha.stage import SESSION, Stage

CHATS = f"/api/{SESSION}/chats"


async def seen(stage: Stage) -> list[Json]:
    return await stage.waha.sees(SESSION, stage.ann)


async def test_a_text_is_sent_and_gets_its_acks(stage: Stage) -> None:
    said = await stage.waha.says(stage.ann, "Hi")
    sent = await stage.text("Hello", reply_to=said["id"])
    assert sent["id"].startswith("true_49151000001@c.us_")
    assert (sent["fromMe"], sent["source"], sent["body"]) == (True, "api", "Hello")
    assert sent["replyTo"]["id"] == said["tail"]
    await stage.waha.reads(SESSION, stage.ann)
    acks = await stage.hook.until("message.ack", 3)
    assert [(one["ack"], one["ackName"]) for one in acks] == [
        (1, "SERVER"),
        (2, "DEVICE"),
        (3, "READ"),
    ]
    assert {one["id"] for one in acks} == {sent["id"]}
    shown = (await seen(stage))[1]
    assert (shown["author"], shown["text"], shown["reply_to"]) == ("desk", "Hello", said["tail"])
    assert shown["ack_name"] == "READ"
    echo = stage.hook.of("message.any")[-1]
    assert (echo["id"], echo["source"]) == (sent["id"], "api")
    assert [one["body"] for one in stage.hook.of("message")] == ["Hi"]


async def test_acks_stop_where_set_and_can_be_set_by_hand(stage: Stage) -> None:
    await stage.waha.tune(acks="NONE")
    sent = await stage.text()
    for ack in (3, 1, -1):
        await stage.waha.ack(SESSION, stage.ann, sent["id"], ack)
    acks = await stage.hook.until("message.ack", 3)
    assert [one["ackName"] for one in acks] == ["READ", "SERVER", "ERROR"]
    await stage.waha.tune(acks="PLAYED")
    await stage.text("not a voice")
    acks = await stage.hook.until("message.ack", 6)
    assert [one["ackName"] for one in acks[3:]] == ["SERVER", "DEVICE", "READ"]
    await stage.waha.change_customer(stage.ann, blocked=[SESSION])
    await stage.text("unheard")
    acks = await stage.hook.until("message.ack", 7)
    assert acks[6]["ackName"] == "SERVER"


async def test_a_voice_message_is_played(stage: Stage) -> None:
    data = base64.b64encode(b"OggS").decode()
    file = {"mimetype": "audio/ogg; codecs=opus", "data": data, "filename": "v.oga"}
    body = {"session": SESSION, "chatId": "49151000001@c.us", "file": file, "convert": False}
    sent = await stage.ok("POST", "/api/sendVoice", {**body, "caption": "none"})
    assert (sent["body"], sent["media"]["mimetype"]) == ("", "audio/ogg; codecs=opus")
    assert await stage.waha.reads(SESSION, stage.ann, played=True) == [sent["id"]]
    assert (await stage.hook.until("message.ack", 3))[-1]["ackName"] == "PLAYED"


async def test_a_file_by_address_is_fetched_from_this_machine(stage: Stage) -> None:
    picture = await stage.waha.sends(stage.ann, "image", png(red=7))
    url = f"{stage.url}/control/waha/files/{picture['media']['file']}"
    body = {"session": SESSION, "chatId": "49151000001@c.us", "caption": "Back"}
    file = {"mimetype": "image/png", "url": url}
    sent = await stage.ok("POST", "/api/sendImage", {**body, "file": file})
    shown = (await seen(stage))[-1]
    assert (shown["kind"], shown["text"]) == ("image", "Back")
    assert await stage.waha.file(shown["media"]["file"]) == png(red=7)
    assert shown["media"]["sha256"] == picture["media"]["sha256"]
    fetched = await stage.http.get(sent["media"]["url"])
    assert (await fetched.read(), fetched.content_type) == (png(red=7), "image/png")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://192.0.2.1/a.png", 500),
        ("http://localhost.example.org/a.png", 500),
        ("file:///etc/hostname", 500),
        ("http://127.0.0.1:9/a.png", 500),
        ("{url}/nothing", 500),
        ("http://[", 400),
    ],
)
async def test_no_other_address_is_fetched(stage: Stage, url: str, status: int) -> None:
    file = {"mimetype": "image/png", "url": url.replace("{url}", stage.url)}
    body = {"session": SESSION, "chatId": "49151000001@c.us", "file": file}
    assert (await stage.call("POST", "/api/sendImage", body)).status == status
    assert await seen(stage) == []


async def test_media_of_customers_needs_the_key(stage: Stage) -> None:
    await stage.waha.sends(stage.ann, "image", png(), text="Look", mimetype="image/png")
    await stage.waha.sends(stage.ann, "file", b"%PDF", name="a.pdf", mimetype="application/pdf")
    picture, document = await stage.hook.until("message", 2)
    assert (picture["body"], picture["hasMedia"]) == ("Look", True)
    assert picture["media"]["filename"] is None
    assert document["media"]["filename"] == "a.pdf"
    url = picture["media"]["url"]
    assert url.startswith(f"{stage.waha.waha_url}/api/files/{SESSION}/")
    async with stage.http.get(url) as response:
        assert await response.read() == png()
    async with stage.http.get(url, headers={"X-Api-Key": "no"}) as response:
        assert response.status == 401
    assert (await stage.call("GET", f"/api/files/{SESSION}/none.jpg")).status == 404
    await stage.waha.tune(media_base="http://waha:3000")
    await stage.waha.sends(stage.ann, "sticker")
    sticker = (await stage.hook.until("message", 3))[2]
    assert sticker["media"]["url"].startswith("http://waha:3000/api/files/")
    assert sticker["media"]["mimetype"] == "image/webp"


async def test_places_and_contacts_both_ways(stage: Stage) -> None:
    await stage.waha.says(stage.ann, location={"latitude": 1.5, "longitude": -2, "name": "Here"})
    await stage.waha.says(stage.ann, vcards=["BEGIN:VCARD\nEND:VCARD"])
    place, contact = await stage.hook.until("message", 2)
    assert place["location"] == {
        "live": False,
        "latitude": "1.5",
        "longitude": "-2",
        "name": "Here",
    }
    assert contact["vCards"] == ["BEGIN:VCARD\nEND:VCARD"]
    to = {"session": SESSION, "chatId": "49151000001@c.us"}
    where = {**to, "latitude": 3, "longitude": 4.5, "title": "Shop"}
    await stage.ok("POST", "/api/sendLocation", where)
    facts = {"fullName": "Ben", "phoneNumber": "+49 30 1", "vcard": ""}
    await stage.ok("POST", "/api/sendContactVcard", {**to, "contacts": [facts]})
    shown = (await seen(stage))[2:]
    assert shown[0]["location"]["longitude"] == "4.5"
    assert "TEL;type=CELL;waid=49301:+49 30 1" in shown[1]["vcards"][0]


async def test_reactions_come_and_go_both_ways(stage: Stage) -> None:
    sent = await stage.text()
    await stage.waha.reacts(SESSION, stage.ann, sent["id"], "🙏")
    body = {"session": SESSION, "messageId": sent["id"], "reaction": "👍"}
    await stage.ok("PUT", "/api/reaction", body)
    assert (await seen(stage))[0]["reactions"] == {"customer": "🙏", "desk": "👍"}
    await stage.waha.reacts(SESSION, stage.ann, sent["id"], "")
    await stage.ok("PUT", "/api/reaction", {**body, "reaction": ""})
    assert (await seen(stage))[0]["reactions"] == {}
    told = await stage.hook.until("message.reaction", 4)
    assert [(one["fromMe"], one["source"], one["reaction"]["text"]) for one in told] == [
        (False, "app", "🙏"),
        (True, "api", "👍"),
        (False, "app", ""),
        (True, "api", ""),
    ]
    assert {one["reaction"]["messageId"] for one in told} == {sent["id"]}


async def test_edits_and_deletions_name_a_message_by_its_tail(stage: Stage) -> None:
    said = await stage.waha.says(stage.ann, "Hi")
    await stage.waha.edits(SESSION, stage.ann, said, "Hi!")
    await stage.waha.revokes(SESSION, stage.ann, said)
    edited = (await stage.hook.until("message.edited"))[0]
    assert (edited["editedMessageId"], edited["body"]) == (said["tail"], "Hi!")
    assert edited["id"].startswith("false_49151000001@c.us_")
    assert edited["id"] != said["id"]
    revoked = (await stage.hook.until("message.revoked"))[0]
    assert (revoked["revokedMessageId"], revoked["before"]) == (said["tail"], None)
    with pytest.raises(SandboxRequestError, match="deleted"):
        await stage.waha.edits(SESSION, stage.ann, said, "Too late")


async def test_the_api_edits_and_deletes_its_own_messages(stage: Stage) -> None:
    sent, said = await stage.text("Helo"), await stage.waha.says(stage.ann, "Hi")
    path = f"{CHATS}/{sent['to']}/messages"
    assert (await stage.ok("PUT", f"{path}/{sent['id']}", {"text": "Hello"}))["body"] == "Hello"
    assert (await stage.call("PUT", f"{path}/{said['id']}", {"text": "x"})).status == 400
    shown = (await seen(stage))[0]
    assert (shown["text"], shown["edited"]) == ("Hello", True)
    await stage.ok("DELETE", f"{path}/{sent['id'].rpartition('_')[2]}")
    shown = (await seen(stage))[0]
    assert (shown["text"], shown["revoked"]) == ("", True)
    assert (await stage.call("DELETE", f"{path}/NONE")).status == 404


async def test_what_was_sent_can_be_looked_up(stage: Stage) -> None:
    for words in ("one", "two", "three"):
        await stage.text(words)
    await stage.waha.says(stage.ann, "four")
    path = f"{CHATS}/{stage.ann['phone']}@c.us/messages"

    async def found(**query: object) -> list[str]:
        asked = {name.replace("__", "."): str(value) for name, value in query.items()}
        return [one["body"] for one in await stage.ok("GET", path, params=asked)]

    assert await found(limit=2) == ["four", "three"]
    assert await found(limit=10, sortOrder="asc", offset=1) == ["two", "three", "four"]
    assert await found(limit=10, filter__fromMe="true") == ["three", "two", "one"]
    assert await found(limit=10, filter__ack="READ") == []
    assert await found(limit=10, filter__timestamp__gte=9_999_999_999) == []
    assert (await stage.call("GET", path, params={"limit": "many"})).status == 400


async def test_an_id_of_the_callers_own_makes_a_repeat_harmless(stage: Stage) -> None:
    first, again = await stage.text(id="OUTBOX42"), await stage.text(id="OUTBOX42")
    assert first["id"] == again["id"] == "true_49151000001@c.us_OUTBOX42"
    assert len(await seen(stage)) == 1


async def test_read_marks_and_typing_reach_the_customer(stage: Stage) -> None:
    one, two = [await stage.waha.says(stage.ann, words) for words in ("one", "two")]
    chat = {"session": SESSION, "chatId": "49151000001@c.us"}
    await stage.ok("POST", "/api/sendSeen", {**chat, "messageIds": [one["id"]]})
    assert [message["seen"] for message in await seen(stage)] == [True, False]
    answer = await stage.ok("POST", f"{CHATS}/49151000001@c.us/messages/read")
    assert answer["ids"] == [two["id"]]
    await stage.ok("POST", "/api/startTyping", chat)
    assert (await stage.waha.chat(SESSION, stage.ann))["typing"]
    await stage.ok("POST", "/api/stopTyping", chat)
    assert not (await stage.waha.chat(SESSION, stage.ann))["typing"]


async def test_the_owner_types_on_the_linked_phone(stage: Stage) -> None:
    await stage.waha.owner_says(stage.ann, "From my phone")
    echo = (await stage.hook.until("message.any"))[0]
    assert (echo["fromMe"], echo["source"], echo["body"]) == (True, "app", "From my phone")
    assert stage.hook.of("message") == []


async def test_hidden_ids_are_sent_and_looked_up(stage: Stage) -> None:
    await stage.waha.change_customer(stage.ann, by_lid=True)
    await stage.waha.says(stage.ann, "Who am I?")
    told = (await stage.hook.until("message"))[0]
    assert told["from"] == "200000000000001@lid"
    pair = {"lid": "200000000000001@lid", "pn": "49151000001@c.us"}
    assert await stage.ok("GET", f"/api/{SESSION}/lids/{told['from']}") == pair
    assert await stage.ok("GET", f"/api/{SESSION}/lids/pn/49151000001") == pair
    assert (await stage.ok("GET", f"/api/{SESSION}/lids/1@lid"))["pn"] is None
    await stage.text("By phone")
    body = {"session": SESSION, "chatId": told["from"], "text": "By lid"}
    sent = await stage.ok("POST", "/api/sendText", body)
    assert sent["id"].startswith("true_200000000000001@lid_")
    assert [message["text"] for message in await seen(stage)] == [
        "Who am I?",
        "By phone",
        "By lid",
    ]
