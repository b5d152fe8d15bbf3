"""Read from a raw event only what storing it needs; store unusual events too."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from bridge.waha.identifiers import chat_ids, message_ids
from db.ids import ChannelId
from db.queues.inbox import InboundEvent
from desk.lanes import telegram_lane

Json = dict[str, Any]

SESSION_STATUS = "session.status"
MESSAGE, MESSAGE_ANY = "message", "message.any"
ACK, REACTION = "message.ack", "message.reaction"
EDITED, REVOKED = "message.edited", "message.revoked"
# The events that we ask WAHA for. `message` is what customers write. `message.any` repeats it and
# adds what is written on the phone itself.
EVENTS = (SESSION_STATUS, MESSAGE, MESSAGE_ANY, ACK, REACTION, EDITED, REVOKED)
_LINK_LANE, _OTHER_LANE = "link", "other"
_MAX_ID_LENGTH = 180


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as received: its text, and its JSON if it could be parsed."""

    text: str
    data: Json | None = None

    @classmethod
    def parse(cls, body: bytes) -> "RawEvent":
        """Parse a body, whatever it is."""
        text = body.decode("utf-8", "replace")
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):  # the latter for endless nested brackets
            data = None
        return cls(text, data if isinstance(data, dict) else None)

    @property
    def event(self) -> str:
        """Return the event's name, or an empty text if it has none."""
        named = (self.data or {}).get("event")
        return named if isinstance(named, str) else ""

    @property
    def payload(self) -> Json:
        found = (self.data or {}).get("payload")
        return found if isinstance(found, dict) else {}

    @property
    def chat(self) -> object:
        """Return the chat of the event as the event names it, which is the other person's."""
        about = self.payload
        for part in ("after", "before"):
            if self.event == REVOKED and isinstance(about.get(part), dict):
                about = about[part]
                break
        named = about.get("to") if about.get("fromMe") is True else about.get("from")
        return named if named is not None else _find_chat_in_id(about.get("id"))


def to_inbound_event(channel_id: ChannelId, raw: RawEvent, resolved: str | None) -> InboundEvent:
    """Convert an event to an inbox row; never fail.

    `resolved` is the chat id by phone, if the event hides the phone.
    """
    data = raw.data if resolved is None else {**(raw.data or {}), "osmodesk_resolved": resolved}
    text = raw.text
    if data is not None:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return InboundEvent(
        channel_id=channel_id,
        provider_id=build_provider_id(raw),
        lane=telegram_lane(channel_id, _find_lane(raw, resolved)),
        payload=_replace_surrogates(text),
    )


def build_provider_id(raw: RawEvent) -> str:
    """Build an id that is the same for a repeated event.

    WAHA gives each attempt an id of its own, so the id comes from the event's content.
    """
    payload, event = raw.payload, raw.event
    match event:
        case "message" | "message.any":
            parts = ["message", _normalize_id(payload.get("id"))]
        case "message.ack":
            parts = ["ack", _normalize_id(payload.get("id")), str(payload.get("ack"))]
        case "message.reaction" | "message.edited":
            parts = [event, _normalize_id(payload.get("id"))]
        case "message.revoked":
            parts = [event, str(raw.chat), _normalize_id(_find_revoked_id(payload))]
        case _:
            parts = [event, str((raw.data or {}).get("id") or "")]
    name = ":".join(parts)
    fits = all(parts) and name.isascii() and len(name) <= _MAX_ID_LENGTH
    return name if fits else f"no-id:{hashlib.sha256(raw.text.encode()).hexdigest()}"


def _find_revoked_id(payload: Json) -> object:
    before = payload.get("before")
    named = payload.get("revokedMessageId")
    return named or (before.get("id") if isinstance(before, dict) else None)


def _normalize_id(written: object) -> str:
    """Return a message id in the form used for comparison, or an empty text if it is invalid."""
    try:
        return message_ids.parse_message_id(written).stored_id if isinstance(written, str) else ""
    except message_ids.MalformedIdError:
        return ""


def _find_lane(raw: RawEvent, resolved: str | None) -> str:
    if raw.event == SESSION_STATUS:
        return _LINK_LANE
    found = resolved or chat_ids.normalize_person_chat(raw.chat)
    # An event without a person needs no order, so it never waits for another that cannot be
    # handled.
    return found or f"{_OTHER_LANE}:{hashlib.sha256(raw.text.encode()).hexdigest()[:16]}"


def _find_chat_in_id(written: object) -> str | None:
    try:
        return message_ids.parse_message_id(written).chat if isinstance(written, str) else None
    except message_ids.MalformedIdError:
        return None


def _replace_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can contain them, but no database can store them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
