"""Tests of our requests against WAHA's published schema, and of content that cannot be sent."""

from typing import Any

import pytest

from bridge.waha.sending.requests import CAPTION_LIMIT, TEXT_LIMIT, WahaRequest, build_requests
from db.tables import MessageType
from desk.content import Content
from desk.errors import Rejected
from sandbox.waha.schema.schema import body_shape, find_schema_errors

CHAT = "491511234567@c.us"
FILE = {"id": "x", "mime": "image/jpeg", "name": "a.jpg"}


def asked(content: Content, reply_to: str | None = None) -> list[WahaRequest]:
    found = list(build_requests(CHAT, content, reply_to))
    for each in found:
        body: dict[str, Any] = {**each.body, "session": "ch7"}
        if each.has_file:
            body["file"] = {**body["file"], "data": "AA=="}
        shape = body_shape("POST", f"/api/{each.operation}")
        assert shape is not None
        assert find_schema_errors(shape, body, strict=True) == []
    return found


def test_a_text_has_whatsapp_s_marks_and_names_what_it_answers() -> None:
    bold = [{"type": "bold", "offset": 0, "length": 2}]
    [found] = asked(Content(text="hi you", entities=bold), "false_1@c.us_AAA")
    assert found.operation == "sendText"
    assert found.body["text"] == "*hi* you"
    assert found.body["reply_to"] == "false_1@c.us_AAA"
    assert found.accepts_id


def test_a_long_text_is_split_and_only_the_first_part_answers() -> None:
    found = asked(Content(text="word " * 1500), "false_1@c.us_AAA")
    assert len(found) == 2
    assert all(len(each.body["text"]) <= TEXT_LIMIT for each in found)
    assert ["reply_to" in each.body for each in found] == [True, False]


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        (MessageType.IMAGE, "sendImage"),
        (MessageType.STICKER, "sendFile"),
        (MessageType.VIDEO, "sendVideo"),
        (MessageType.ANIMATION, "sendVideo"),
        (MessageType.VIDEO_NOTE, "sendVideo"),
        (MessageType.VOICE, "sendVoice"),
        (MessageType.AUDIO, "sendFile"),
        (MessageType.FILE, "sendFile"),
        (MessageType.OTHER, "sendFile"),
    ],
)
def test_every_kind_of_file_has_its_operation(kind: MessageType, operation: str) -> None:
    [found] = asked(Content(kind, file=FILE), "false_1@c.us_AAA")
    assert (found.operation, found.has_file) == (operation, True)


def test_a_voice_message_has_whatsapp_s_own_type() -> None:
    [found] = asked(Content(MessageType.VOICE, file={"mime": "audio/ogg"}))
    assert found.body["file"]["mimetype"] == "audio/ogg; codecs=opus"


def test_the_words_of_a_voice_message_follow_it() -> None:
    found = asked(Content(MessageType.VOICE, "listen", file={"mime": "audio/ogg"}))
    assert [each.operation for each in found] == ["sendVoice", "sendText"]


def test_what_is_too_long_for_a_caption_follows_as_a_text() -> None:
    first, second = asked(Content(MessageType.IMAGE, "word " * 300, file=FILE))
    assert len(first.body["caption"]) <= CAPTION_LIMIT
    assert second.operation == "sendText"
    assert (first.body["caption"] + " " + second.body["text"]).split() == ["word"] * 300


def test_a_place_and_a_contact() -> None:
    facts = {"latitude": 52.5, "longitude": "13.4", "title": "Here", "address": "Street 1"}
    [place] = asked(Content(MessageType.LOCATION, attributes=facts))
    assert place.body["title"] == "Here, Street 1"
    [contact] = asked(Content(MessageType.CONTACT, attributes={"phone": "+491", "name": "Jane"}))
    assert "waid=491:+491" in contact.body["contacts"][0]["vcard"]


def test_a_template_goes_as_the_text_that_it_says() -> None:
    template = {"template": {"name": "hello", "language": "en", "components": []}}
    [found] = asked(Content(MessageType.TEXT, "Hello Ann", attributes=template))
    assert found.body["text"] == "Hello Ann"


@pytest.mark.parametrize(
    "content",
    [
        Content(),
        Content(text=""),
        Content(MessageType.LOCATION),
        Content(MessageType.LOCATION, attributes={"latitude": "x", "longitude": 1}),
        Content(MessageType.LOCATION, attributes={"latitude": "nan", "longitude": 1}),
        Content(MessageType.IMAGE),
    ],
)
def test_what_cannot_be_sent_is_refused(content: Content) -> None:
    with pytest.raises(Rejected):
        asked(content)


def test_a_contact_is_sent_with_all_its_numbers_and_addresses() -> None:
    attributes = {
        "phone": "+62811",
        "name": "Jo Poe",
        "phones": ["+62811", "+62822"],
        "emails": ["j@p.id"],
    }
    [request] = build_requests(CHAT, Content(MessageType.CONTACT, attributes=attributes), None)
    card = request.body["contacts"][0]["vcard"]
    assert [line for line in card.splitlines() if line.startswith(("N:", "TEL", "EMAIL"))] == [
        "N:Poe;Jo;;;",
        "TEL;type=CELL;waid=62811:+62811",
        "TEL;type=CELL;waid=62822:+62822",
        "EMAIL:j@p.id",
    ]
