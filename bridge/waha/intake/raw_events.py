"""Read from a raw event only what storing it needs; store unusual events too."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from bridge.waha.convert.engine_message import is_placeholder
from bridge.waha.identifiers import message_ids
from bridge.waha.identifiers.event_chat import UNNAMED, EventChat, find_event_chat
from db.ids import ChannelId
from db.queues.inbox import InboundEvent
from desk.lanes import telegram_lane

Json = dict[str, Any]

SESSION_STATUS = "session.status"
MESSAGE, MESSAGE_ANY = "message", "message.any"
ACK, REACTION = "message.ack", "message.reaction"
EDITED, REVOKED = "message.edited", "message.revoked"
CALL = "call.received"
# The events that we ask WAHA for. `message` is what customers write. `message.any` repeats it and
# adds what is written on the phone itself.
EVENTS = (SESSION_STATUS, MESSAGE, MESSAGE_ANY, ACK, REACTION, EDITED, REVOKED, CALL)
_LINK_LANE, _OTHER_LANE = "link", "other"
_MAX_ID_LENGTH = 180
_ABOUT_NOBODY = EventChat(reason=UNNAMED)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as received: its text, its JSON if it could be parsed, and whom it is about."""

    text: str
    data: Json | None = None
    about: EventChat = _ABOUT_NOBODY

    @classmethod
    def parse(cls, body: bytes) -> "RawEvent":
        """Parse a body, whatever it is."""
        text = body.decode("utf-8", "replace")
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):  # the latter for endless nested brackets
            data = None
        return cls(text, data, find_event_chat(data)) if isinstance(data, dict) else cls(text)

    @property
    def event(self) -> str:
        """Return the event's name, or an empty text if it has none."""
        named = (self.data or {}).get("event")
        return named if isinstance(named, str) else ""

    @property
    def payload(self) -> Json:
        found = (self.data or {}).get("payload")
        return found if isinstance(found, dict) else {}


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
    message_id = _normalize_id(payload.get("id"))
    match event:
        case "message" | "message.any":
            parts = ["message", message_id]
            if is_placeholder(payload):  # the message itself may follow, under the same id
                parts.append("placeholder")
        case "message.ack":
            parts = ["ack", message_id, str(payload.get("ack"))]
        case "message.reaction" | "message.edited":
            # An engine may give each edit of a message the id of the message itself.
            parts = [event, message_id, _hash(_describe_change(payload))]
        case "message.revoked":
            # Hashed: the row remains when a customer's data is erased.
            parts = [event, _hash(str(raw.about.chat)), _normalize_id(_find_revoked_id(payload))]
        case "call.received":
            parts = [event, message_ids.to_id_text(payload.get("id"))]
        case _:
            parts = [event, str((raw.data or {}).get("id") or "")]
    name = ":".join(parts)
    fits = all(parts) and name.isascii() and len(name) <= _MAX_ID_LENGTH
    return name if fits else f"no-id:{_hash(_without_envelope(raw))}"


def _describe_change(payload: Json) -> str:
    """Return what tells one edit of a message from the next one, or one reaction."""
    names = ("timestamp", "body", "editedMessageId", "reaction")
    return json.dumps([payload.get(name) for name in names], sort_keys=True)


def _without_envelope(raw: RawEvent) -> str:
    """Return what a repeated event has in common with the first one."""
    if raw.data is None or not raw.payload:
        return raw.text
    return json.dumps([raw.event, raw.payload], sort_keys=True)


def _find_revoked_id(payload: Json) -> object:
    before = payload.get("before")
    named = payload.get("revokedMessageId")
    return named or (before.get("id") if isinstance(before, dict) else None)


def _normalize_id(written: object) -> str:
    """Return a message id in the form used for comparison, or an empty text if it is invalid."""
    try:
        return message_ids.parse_message_id(message_ids.to_id_text(written)).stored_id
    except message_ids.MalformedIdError:
        return ""


def _find_lane(raw: RawEvent, resolved: str | None) -> str:
    if raw.event == SESSION_STATUS:
        return _LINK_LANE
    # An event without a person needs no order, so it never waits for another that cannot be
    # handled.
    return resolved or raw.about.chat or f"{_OTHER_LANE}:{_hash(raw.text)[:16]}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _replace_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can contain them, but no database can store them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
