"""Tests that convert WAHA's messages of every type and every engine."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bridge.waha.client.lenient import parse_leniently
from bridge.waha.client.models import Message
from bridge.waha.convert.from_waha import find_name, to_content, to_person
from bridge.waha.convert.timestamps import to_datetime
from bridge.waha.identifiers.file_ids import FileId, find_file_path
from db.tables import MessageType
from desk.content import Content
from desk.conversations.threads import choose_name

FROM = "491511234567@c.us"
BASE = {"id": f"false_{FROM}_AAA", "timestamp": 1667561485, "from": FROM, "fromMe": False}


def translate(key: str, **values: object) -> str:
    return f"{key} {values}" if values else key


def read(**fields: Any) -> Content:
    return to_content(parse_leniently(Message, {**BASE, **fields}), FROM, "AAA", translate)


def media(mimetype: str | None = None, **more: Any) -> dict[str, Any]:
    url = "http://waha:3000/api/files/ch7/x.bin"
    return {"hasMedia": True, "media": {"url": url, "mimetype": mimetype, **more}}


def test_marks_are_read() -> None:
    content = read(body="*hello* you")
    assert (content.type, content.text) == (MessageType.TEXT, "hello you")
    assert content.entities == [{"type": "bold", "offset": 0, "length": 5}]


@pytest.mark.parametrize(
    ("mimetype", "data", "kind"),
    [
        ("image/jpeg", None, MessageType.IMAGE),
        ("image/webp", None, MessageType.STICKER),
        ("image/png", {"type": "sticker"}, MessageType.STICKER),
        ("image/png", {"message": {"stickerMessage": {}}}, MessageType.STICKER),
        ("image/png", {"Message": {"documentMessage": {}}}, MessageType.FILE),
        ("image/webp", {"type": "image"}, MessageType.IMAGE),
        ("audio/ogg; codecs=opus", {"type": "audio"}, MessageType.AUDIO),
        ("video/mp4", None, MessageType.VIDEO),
        ("audio/ogg; codecs=opus", None, MessageType.VOICE),
        ("audio/mp4", {"type": "ptt"}, MessageType.VOICE),
        ("audio/mp4", {"message": {"audioMessage": {"ptt": True}}}, MessageType.VOICE),
        ("audio/mpeg", {"message": {"audioMessage": {"ptt": False}}}, MessageType.AUDIO),
        ("application/pdf", None, MessageType.FILE),
        (None, None, MessageType.FILE),
    ],
)
def test_files_are_of_their_kind(mimetype: str | None, data: Any, kind: MessageType) -> None:
    content = read(body="see *this*", _data=data, **media(mimetype, filename="a.bin"))
    assert (content.type, content.text) == (kind, "see this")
    assert content.file is not None
    assert content.file["id"] == f"/api/files/ch7/x.bin#{FROM}/false_{FROM}_AAA"
    assert content.file.get("mime") == mimetype
    assert content.file["name"] == "a.bin"


@pytest.mark.parametrize("given", [None, {"url": None, "error": {"message": "away"}}, {}])
def test_a_file_that_waha_has_not_is_named_by_its_message(given: Any) -> None:
    content = read(hasMedia=True, media=given)
    assert content.file is not None
    assert FileId.parse(content.file["id"]) == FileId("", FROM, f"false_{FROM}_AAA")


def test_an_edit_has_the_file_of_what_it_edits() -> None:
    edit = Message.model_validate({**BASE, "id": f"false_{FROM}_BBB", **media("image/png")})
    first, second = read(**media("image/png")).file, to_content(edit, FROM, "AAA", translate).file
    assert first is not None
    assert second is not None
    assert first["unique"] == second["unique"] == "AAA"


def test_places_and_contacts_are_read() -> None:
    place = {"latitude": "52.5", "longitude": "13.4", "name": "Here", "address": "Street 1"}
    found = read(location=place)
    assert (found.type, found.attributes) == (
        MessageType.LOCATION,
        {"latitude": 52.5, "longitude": 13.4, "title": "Here", "address": "Street 1"},
    )
    cards = read(vCards=["FN:Jane\nTEL:+1", "FN:Joe\nTEL:+2"])
    assert (cards.type, cards.attributes) == (MessageType.CONTACT, {"phone": "+1", "name": "Jane"})
    assert cards.text == "Jane · +1\nJoe · +2"


@pytest.mark.parametrize(
    "place", [{}, {"latitude": "x", "longitude": 1}, {"latitude": 91, "longitude": 0}, "no"]
)
def test_a_place_that_is_none_is_left_out(place: Any) -> None:
    assert read(location=place, body="the words").text == "the words"


def test_what_is_not_known_is_named() -> None:
    named = read(body="", _data={"type": "new_kind"})
    assert (named.type, named.text) == (
        MessageType.OTHER,
        "whatsapp_message.unknown_kind {'kind': 'new kind'}",
    )


@pytest.mark.parametrize(
    ("context", "how"),
    [
        ({"isForwarded": True, "forwardingScore": 1}, {"forwarded_from": ""}),
        (
            {"isForwarded": True, "forwardingScore": 127},
            {"forwarded_from": "", "forwarded_often": True},
        ),
        ({"isForwarded": False, "forwardingScore": 0}, None),
    ],
)
def test_forwarding_is_noted(context: Any, how: Any) -> None:
    inner = {"extendedTextMessage": {"text": "x", "contextInfo": context}}
    assert read(body="x", _data={"message": inner}).attributes == how
    assert read(body="x", _data={"type": "chat", **context}).attributes == how


@pytest.mark.parametrize(
    "data", [{"notifyName": "Ann"}, {"pushName": "Ann"}, {"Info": {"PushName": " Ann "}}]
)
def test_every_engine_s_name_is_found(data: Any) -> None:
    assert find_name(Message.model_validate({**BASE, "_data": data})) == "Ann"


@pytest.mark.parametrize("data", [None, {}, {"pushName": 7}, {"Info": "x"}, {"pushName": " "}])
def test_no_name_is_none(data: Any) -> None:
    assert find_name(Message.model_validate({**BASE, "_data": data})) is None


def test_a_person_is_known_by_the_phone_where_it_is_known() -> None:
    plain = to_person(FROM, None, None, "Ann")
    assert (plain.external_id, plain.phone, plain.alias) == (FROM, "+491511234567", None)
    found = to_person("99@lid", FROM, "99@lid", None)
    assert (found.external_id, found.phone, found.alias) == (FROM, "+491511234567", "99@lid")
    assert choose_name(found) == "+491511234567"
    hidden = to_person("99@lid", None, "99@lid", None)
    assert (hidden.external_id, hidden.phone, hidden.alias) == ("99@lid", None, None)
    assert choose_name(hidden) == "99"


def test_times_are_whole_or_not_or_milliseconds() -> None:
    at = datetime(2022, 11, 4, 11, 31, 25, tzinfo=UTC)
    assert to_datetime(1667561485) == to_datetime(1667561485000) == at
    assert to_datetime(1667561485.5) == at.replace(microsecond=500_000)


@pytest.mark.parametrize("timestamp", [None, 0, -1, 1e300, float("nan"), float("inf")])
def test_a_time_that_is_none_is_none(timestamp: float | None) -> None:
    assert to_datetime(timestamp) is None


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://waha:3000/api/files/ch7/x.jpg", "/api/files/ch7/x.jpg"),
        ("https://evil.example/waha/api/files/x.jpg?a=b", "/api/files/x.jpg"),
        ("/api/files/x.jpg", "/api/files/x.jpg"),
        ("http://waha:3000/api/sessions", None),
        ("http://waha:3000/api/files/../sessions", None),
        ("http://waha:3000/api/files/%2e%2e/sessions", None),
        ("http://waha:3000/api/files/a/%2e%2e%2f%2e%2e/b", None),
        ("http://waha:3000/api/files/", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_only_waha_s_own_files_are_files(url: str, path: str | None) -> None:
    assert find_file_path(url) == path


SIGNED = "https://shop.s3.example/waha/x.jpg?X-Amz-Signature=ab"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"url": SIGNED}, f"s3:{SIGNED}"),
        (
            {"url": "https://s3.example/x", "s3": {"Bucket": "b", "Key": "x"}},
            "s3:https://s3.example/x",
        ),
        ({"url": "https://evil.example/x.jpg"}, ""),
        ({"url": "file:///etc/passwd", "s3": {}}, ""),
        ({"url": SIGNED, "error": {"message": "away"}}, ""),
    ],
)
def test_files_in_a_storage_elsewhere_are_found(given: Any, path: str) -> None:
    content = read(hasMedia=True, media=given)
    assert content.file is not None
    assert FileId.parse(content.file["id"]).path == path
