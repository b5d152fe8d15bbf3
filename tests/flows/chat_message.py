"""A message as a reader of the chat sees it, on any kind of channel."""

from dataclasses import dataclass
from typing import Any

_KINDS = (
    "photo",
    "animation",
    "document",
    "video",
    "audio",
    "voice",
    "sticker",
    "video_note",
    "venue",
    "location",
    "contact",
    "dice",
    "poll",
)
_FILES = frozenset(_KINDS[:8])
_CARDS = ("Customer: ", "Pelanggan: ")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat."""

    id: str
    text: str
    kind: str
    by_desk: bool
    reply_to: str | None = None
    album: str | None = None
    edited: bool = False
    pinned: bool = False
    entities: tuple[tuple[str, str], ...] = ()
    reactions: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    # The id to download it with, for a file.
    file: str | None = None
    # Latitude and longitude, for a location.
    place: tuple[float, float] | None = None
    # The digits of the number, for a contact.
    phone: str | None = None

    @property
    def is_card(self) -> bool:
        return self.by_desk and self.text.startswith(_CARDS)


def from_telegram(message: dict[str, Any]) -> ChatMessage | None:
    """Convert a message of the sandbox; None for Telegram's own notices."""
    kind = next((kind for kind in _KINDS if kind in message), "text")
    if kind == "text" and "text" not in message:
        return None
    text = message.get("text") or message.get("caption") or ""
    marked = message.get("entities") or message.get("caption_entities") or []
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return ChatMessage(
        id=str(message["message_id"]),
        text=text,
        kind=kind,
        by_desk=message["from"]["is_bot"] and "sender_chat" not in message,
        reply_to=_find_replied_id(message),
        album=message.get("media_group_id"),
        edited="edit_date" in message,
        pinned=message["_pinned"],
        entities=tuple((one["type"], _get_marked_text(text, one)) for one in marked),
        reactions=tuple(each["emoji"] for each in message["_reactions"]),
        buttons=tuple(button["text"] for row in rows for button in row),
        file=_file(message, kind),
        place=parse_location(message.get("location")),
        phone=parse_digits(message["contact"]["phone_number"]) if kind == "contact" else None,
    )


def parse_location(location: dict[str, Any] | None) -> tuple[float, float] | None:
    """Parse a location of any kind of channel."""
    if not location:
        return None
    return float(location["latitude"]), float(location["longitude"])


def parse_digits(written: str) -> str:
    """Parse the digits of a phone number in any notation."""
    return "".join(filter(str.isdigit, written))


def _file(message: dict[str, Any], kind: str) -> str | None:
    media = message.get(kind)
    largest = media[-1] if isinstance(media, list) else media
    return str(largest["file_id"]) if kind in _FILES else None


def _find_replied_id(message: dict[str, Any]) -> str | None:
    answered = message.get("reply_to_message")
    if answered is None or "forum_topic_created" in answered:
        return None
    return str(answered["message_id"])


def _get_marked_text(text: str, entity: dict[str, Any]) -> str:
    units = text.encode("utf-16-le")
    start, length = entity["offset"] * 2, entity["length"] * 2
    return units[start : start + length].decode("utf-16-le")
