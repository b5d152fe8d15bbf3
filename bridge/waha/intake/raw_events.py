"""Reads of an event only what keeping it needs; whatever is odd is kept all the same."""

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
# What we ask WAHA for. `message` is what customers write; `message.any` is that once more, and what
# is written on the phone itself.
EVENTS = (SESSION_STATUS, MESSAGE, MESSAGE_ANY, ACK, REACTION, EDITED, REVOKED)
_LINK_LANE, _OTHER_LANE = "link", "other"
_MAX_ID_LENGTH = 180


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as it came: its text, and its JSON where that could be read."""

    text: str
    data: Json | None = None

    @classmethod
    def read(cls, body: bytes) -> "RawEvent":
        """Read a body, whatever it is."""
        text = body.decode("utf-8", "replace")
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):  # the latter: brackets without end
            said = None
        return cls(text, said if isinstance(said, dict) else None)

    @property
    def event(self) -> str:
        """Name the event; empty: it has no name."""
        named = (self.data or {}).get("event")
        return named if isinstance(named, str) else ""

    @property
    def payload(self) -> Json:
        found = (self.data or {}).get("payload")
        return found if isinstance(found, dict) else {}

    @property
    def chat(self) -> object:
        """Whose chat the event is about, as it names it: that of whoever is not us."""
        about = self.payload
        for part in ("after", "before"):
            if self.event == REVOKED and isinstance(about.get(part), dict):
                about = about[part]
                break
        named = about.get("to") if about.get("fromMe") is True else about.get("from")
        return named if named is not None else _find_chat_in_id(about.get("id"))


def to_inbound_event(channel_id: ChannelId, raw: RawEvent, resolved: str | None) -> InboundEvent:
    """Turn an event into an inbox row; never fails.

    `resolved`: the chat id by the phone, where the event hides it.
    """
    known = raw.data if resolved is None else {**(raw.data or {}), "osmodesk_resolved": resolved}
    text = raw.text
    if known is not None:
        text = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    return InboundEvent(
        channel_id=channel_id,
        provider_id=build_provider_id(raw),
        lane=telegram_lane(channel_id, _find_lane(raw, resolved)),
        payload=_replace_surrogates(text),
    )


def build_provider_id(raw: RawEvent) -> str:
    """Name an event so that one that comes twice has one name.

    WAHA gives each try an id of its own; what the event is about tells them apart.
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
    """Give a message's id in the form in which it is compared; empty: it is none."""
    try:
        return message_ids.parse_message_id(written).stored_id if isinstance(written, str) else ""
    except message_ids.MalformedIdError:
        return ""


def _find_lane(raw: RawEvent, resolved: str | None) -> str:
    if raw.event == SESSION_STATUS:
        return _LINK_LANE
    found = resolved or chat_ids.normalize_person_chat(raw.chat)
    # What is nobody's has no order: none of it waits for another that cannot be understood.
    return found or f"{_OTHER_LANE}:{hashlib.sha256(raw.text.encode()).hexdigest()[:16]}"


def _find_chat_in_id(written: object) -> str | None:
    try:
        return message_ids.parse_message_id(written).chat if isinstance(written, str) else None
    except message_ids.MalformedIdError:
        return None


def _replace_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can name them, no database can keep them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
