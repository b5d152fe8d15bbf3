"""Convert deliveries to WAHA's requests, with pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from bridge.convert.media_constraints import VOICE_MIME_TYPE
from bridge.convert.to_whatsapp import split_formatted_text
from bridge.waha.convert.vcard import ContactCard, format_card
from db.tables import MessageType
from desk.content import Content
from desk.errors import Rejected

Json = dict[str, Any]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class WahaRequest:
    """One call: the operation, its body without the session, and whether it needs a file."""

    operation: str
    body: Json
    has_file: bool = False
    # Whether the caller may choose the new message's id.
    accepts_id: bool = False


# How each file type is sent; other types are documents. Audio has no operation of its own: as a
# voice message it would lose its name and be played at once.
_OPERATIONS = {
    MessageType.IMAGE: "sendImage",
    MessageType.VIDEO: "sendVideo",
    MessageType.ANIMATION: "sendVideo",
    MessageType.VIDEO_NOTE: "sendVideo",
    MessageType.VOICE: "sendVoice",
}
_DEFAULT_FILE_NAMES = {
    "sendImage": "image.jpg",
    "sendVideo": "video.mp4",
    "sendVoice": "voice.ogg",
    "sendFile": "file",
}


def build_requests(chat: str, content: Content, reply_to: str | None) -> Iterator[WahaRequest]:
    """Yield the calls that send a content to a chat, in order; raise Rejected."""
    match content.type:
        case MessageType.LOCATION:
            yield _build_location(chat, content, reply_to)
        case MessageType.CONTACT:
            yield _build_contact(chat, content, reply_to)
        case _ if content.file is not None:
            yield from _build_file(chat, content, reply_to)
        case _:
            yield from _build_texts(chat, content, reply_to)


def _build_texts(chat: str, content: Content, reply_to: str | None) -> Iterator[WahaRequest]:
    parts = list(split_formatted_text(content.text or "", content.entities, TEXT_LIMIT))
    if not parts:
        raise Rejected("there is nothing to send")
    for part in parts:
        yield _build_text(chat, part, reply_to)
        reply_to = None


def _build_text(chat: str, text: str, reply_to: str | None) -> WahaRequest:
    body = {"chatId": chat, "text": text, **_build_reply(reply_to)}
    return WahaRequest("sendText", body, accepts_id=True)


def _build_file(chat: str, content: Content, reply_to: str | None) -> Iterator[WahaRequest]:
    operation = _OPERATIONS.get(content.type, "sendFile")
    file = content.file or {}
    mime = VOICE_MIME_TYPE if operation == "sendVoice" else str(file.get("mime") or _ANY_MIME_TYPE)
    name = str(file.get("name") or _DEFAULT_FILE_NAMES[operation])
    parts = list(
        split_formatted_text(content.text or "", content.entities, TEXT_LIMIT, first=CAPTION_LIMIT)
    )
    body: Json = {
        "chatId": chat,
        "file": {"mimetype": mime, "filename": name},
        **_build_reply(reply_to),
    }
    if operation == "sendVoice":
        body["convert"] = False  # desk/media has transcoded it to WhatsApp's format already
    else:
        body["caption"] = parts.pop(0) if parts else ""
    if operation == "sendVideo":
        body |= {"convert": False, "asNote": content.type is MessageType.VIDEO_NOTE}
    yield WahaRequest(operation, body, has_file=True)
    for part in parts:
        yield _build_text(chat, part, None)


_ANY_MIME_TYPE = "application/octet-stream"


def _build_location(chat: str, content: Content, reply_to: str | None) -> WahaRequest:
    attributes = content.attributes or {}
    try:
        latitude, longitude = float(attributes["latitude"]), float(attributes["longitude"])
    except (KeyError, TypeError, ValueError):
        raise Rejected("the location has no coordinates") from None
    if not (isfinite(latitude) and isfinite(longitude)):
        raise Rejected("the location has no coordinates")
    title = ", ".join(
        str(attributes[each]) for each in ("title", "address") if attributes.get(each)
    )
    body = {
        "chatId": chat,
        "latitude": latitude,
        "longitude": longitude,
        "title": title or content.text or "",
        **_build_reply(reply_to),
    }
    return WahaRequest("sendLocation", body, accepts_id=True)


def _build_contact(chat: str, content: Content, reply_to: str | None) -> WahaRequest:
    attributes = content.attributes or {}
    phone, *others = [*map(str, attributes.get("phones") or [attributes.get("phone") or ""])]
    more = (*others, *map(str, attributes.get("emails") or ()))
    card = ContactCard(str(attributes.get("name") or ""), phone, more)
    contacts = [{"vcard": format_card(card)}]
    body = {"chatId": chat, "contacts": contacts, **_build_reply(reply_to)}
    return WahaRequest("sendContactVcard", body, accepts_id=True)


def _build_reply(reply_to: str | None) -> Json:
    return {} if reply_to is None else {"reply_to": reply_to}
