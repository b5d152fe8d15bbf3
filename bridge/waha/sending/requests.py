"""Deliveries as WAHA's operations want them: pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from bridge.convert.media_constraints import VOICE
from bridge.convert.to_whatsapp import written_parts
from bridge.waha.convert.vcard import Card, write_card
from db.tables import MessageType
from desk.content import Content
from desk.errors import Rejected

Json = dict[str, Any]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One call: the operation, its body without the session, and whether a file belongs into it."""

    operation: str
    body: Json
    with_file: bool = False
    # Whether the caller may choose the new message's id.
    takes_id: bool = False


# How a kind of file is sent; what is not here is a document. A song has no operation of its own:
# as a voice message it would lose its name and be played at once.
_OPERATIONS = {
    MessageType.IMAGE: "sendImage",
    MessageType.VIDEO: "sendVideo",
    MessageType.ANIMATION: "sendVideo",
    MessageType.VIDEO_NOTE: "sendVideo",
    MessageType.VOICE: "sendVoice",
}
_NAMES = {
    "sendImage": "image.jpg",
    "sendVideo": "video.mp4",
    "sendVoice": "voice.ogg",
    "sendFile": "file",
}


def requests_for(chat: str, content: Content, reply_to: str | None) -> Iterator[Request]:
    """Say which calls bring a content to a chat, one after the other; raises Rejected."""
    match content.type:
        case MessageType.LOCATION:
            yield _location(chat, content, reply_to)
        case MessageType.CONTACT:
            yield _contact(chat, content, reply_to)
        case _ if content.file is not None:
            yield from _file(chat, content, reply_to)
        case _:
            yield from _texts(chat, content, reply_to)


def _texts(chat: str, content: Content, reply_to: str | None) -> Iterator[Request]:
    parts = list(written_parts(content.text or "", content.entities, TEXT_LIMIT))
    if not parts:
        raise Rejected("there is nothing to send")
    for part in parts:
        yield _text(chat, part, reply_to)
        reply_to = None


def _text(chat: str, text: str, reply_to: str | None) -> Request:
    body = {"chatId": chat, "text": text, **_reply(reply_to)}
    return Request("sendText", body, takes_id=True)


def _file(chat: str, content: Content, reply_to: str | None) -> Iterator[Request]:
    operation = _OPERATIONS.get(content.type, "sendFile")
    file = content.file or {}
    mime = VOICE if operation == "sendVoice" else str(file.get("mime") or _ANYTHING)
    name = str(file.get("name") or _NAMES[operation])
    parts = list(
        written_parts(content.text or "", content.entities, TEXT_LIMIT, first=CAPTION_LIMIT)
    )
    body: Json = {"chatId": chat, "file": {"mimetype": mime, "filename": name}, **_reply(reply_to)}
    if operation == "sendVoice":
        body["convert"] = False  # it is what WhatsApp takes already: desk/media saw to it
    else:
        body["caption"] = parts.pop(0) if parts else ""
    if operation == "sendVideo":
        body |= {"convert": False, "asNote": content.type is MessageType.VIDEO_NOTE}
    yield Request(operation, body, with_file=True)
    for part in parts:
        yield _text(chat, part, None)


_ANYTHING = "application/octet-stream"


def _location(chat: str, content: Content, reply_to: str | None) -> Request:
    facts = content.attributes or {}
    try:
        latitude, longitude = float(facts["latitude"]), float(facts["longitude"])
    except (KeyError, TypeError, ValueError):
        raise Rejected("the place has no coordinates") from None
    if not (isfinite(latitude) and isfinite(longitude)):
        raise Rejected("the place has no coordinates")
    title = ", ".join(str(facts[each]) for each in ("title", "address") if facts.get(each))
    body = {
        "chatId": chat,
        "latitude": latitude,
        "longitude": longitude,
        "title": title or content.text or "",
        **_reply(reply_to),
    }
    return Request("sendLocation", body, takes_id=True)


def _contact(chat: str, content: Content, reply_to: str | None) -> Request:
    facts = content.attributes or {}
    card = Card(str(facts.get("name") or ""), str(facts.get("phone") or ""))
    contacts = [{"vcard": write_card(card)}]
    body = {"chatId": chat, "contacts": contacts, **_reply(reply_to)}
    return Request("sendContactVcard", body, takes_id=True)


def _reply(reply_to: str | None) -> Json:
    return {} if reply_to is None else {"reply_to": reply_to}
