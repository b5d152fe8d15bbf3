"""Convert WAHA's messages to the desk's content, with pure functions."""

from datetime import UTC, datetime
from typing import Any

from bridge.convert.from_whatsapp import parse_formatting, to_text_content
from bridge.waha.client.models import Location, Media, Message
from bridge.waha.convert.vcard import parse_card
from bridge.waha.identifiers import chat_ids
from bridge.waha.identifiers.file_ids import FileId, find_file_path
from db.tables import MessageType
from desk.content import Content, Person

_MAX_NAME = 120
# Engines' names of voice messages and stickers, which the media type alone does not reveal.
_VOICE, _STICKER = {"ptt", "voice"}, {"sticker"}
# The keys under which NOWEB and GOWS keep the message itself.
_INNER_KEYS = ("message", "Message")
# Unix milliseconds since 1973 are larger than Unix seconds of the year 5000.
_MILLISECONDS = 100_000_000_000


def to_content(message: Message, tail: str) -> Content:
    """Convert the content of a message of any type.

    `tail` identifies the message, or the message that it edits: an edit has the same file.
    """
    if message.location is not None:
        return _to_location(message.location, message.body)
    if message.vcards:
        return _to_contact(message.vcards)
    text, entities = parse_formatting(message.body or "")
    if message.has_media:
        kind = _find_file_type(message)
        return Content(kind, text or None, entities, file=_to_file(message, tail))
    if text:
        return to_text_content(message.body or "")
    return Content(MessageType.OTHER, f"[{find_engine_type(message.data) or 'unknown'}]")


def to_person(chat: str, resolved_chat: str | None, name: str | None) -> Person:
    """Convert the person of a chat; `resolved_chat` is the id by phone if `chat` hides it."""
    known = resolved_chat or chat
    phone = chat_ids.to_phone(known)
    return Person(
        external_id=known,
        name=name,
        phone=phone,
        alias=chat if chat != known else None,
    )


def find_name(message: Message) -> str | None:
    """Find the author's own name, which each engine stores in another place."""
    data = message.data or {}
    info = data.get("Info")
    places = (data, data.get("_data"), info if isinstance(info, dict) else None)
    for place in places:
        for key in ("notifyName", "pushName", "PushName"):
            name = place.get(key) if isinstance(place, dict) else None
            if isinstance(name, str) and name.strip():
                return " ".join(name.split())[:_MAX_NAME]
    return None


def to_datetime(timestamp: float | None) -> datetime | None:
    """Convert WAHA's time, in Unix seconds or milliseconds; return None if it is invalid."""
    if timestamp is None or timestamp <= 0:
        return None
    seconds = timestamp / 1000 if timestamp > _MILLISECONDS else timestamp
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _to_file(message: Message, tail: str) -> dict[str, Any]:
    media = message.media or Media()
    path = (find_file_path(media.url) if media.url else None) or ""
    file_id = FileId(path, message.chat or "", message.id)
    known = {"id": str(file_id), "unique": tail, "mime": media.mimetype, "name": media.filename}
    return {key: value for key, value in known.items() if value is not None}


def _find_file_type(message: Message) -> MessageType:
    mime = ((message.media.mimetype if message.media else None) or "").lower()
    engine_type = (find_engine_type(message.data) or "").lower().removesuffix("message")
    if engine_type in _STICKER or mime.startswith("image/webp"):
        return MessageType.STICKER
    if engine_type in _VOICE or _is_voice_message(message.data) or mime.startswith("audio/ogg"):
        return MessageType.VOICE
    for family, kind in _TYPES_BY_MIME_PREFIX.items():
        if mime.startswith(family) and engine_type != "document":
            return kind
    return MessageType.FILE


_TYPES_BY_MIME_PREFIX = {
    "image/": MessageType.IMAGE,
    "video/": MessageType.VIDEO,
    "audio/": MessageType.AUDIO,
}


def find_engine_type(data: dict[str, Any] | None) -> str | None:
    """Return the engine's name of the message type, such as `sticker` or `pollCreationMessage`."""
    if not data:
        return None
    named = data.get("type")
    if isinstance(named, str) and named:
        return named
    inner = _find_inner_message(data)
    return next((each for each in inner if each.endswith("Message")), None)


def _is_voice_message(data: dict[str, Any] | None) -> bool:
    audio = _find_inner_message(data or {}).get("audioMessage")
    return isinstance(audio, dict) and bool(audio.get("ptt") or audio.get("PTT"))


def _find_inner_message(data: dict[str, Any]) -> dict[str, Any]:
    for key in _INNER_KEYS:
        if isinstance(inner := data.get(key), dict):
            return inner
    return {}


def _to_location(place: Location, body: str | None) -> Content:
    title = place.name or place.description
    attributes = {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "title": title,
        "address": place.address,
    }
    known = {name: value for name, value in attributes.items() if value is not None}
    # Some engines put a preview of the map, as base64, in the body.
    words = body if body and len(body) < 1000 and body != title else None  # noqa: PLR2004 no text
    return Content(MessageType.LOCATION, words, attributes=known)


def _to_contact(written: list[str]) -> Content:
    cards = [parse_card(each) for each in written]
    first = {"phone": cards[0].phone, "name": cards[0].name}
    more = "\n".join(f"{card.name}: {card.phone}" for card in cards) if len(cards) > 1 else None
    return Content(MessageType.CONTACT, more, attributes=first)
