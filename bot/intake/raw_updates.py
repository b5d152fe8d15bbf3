"""Read from a raw update only what storing it needs; store unusual updates too."""

import hashlib
import json
from typing import Any

from db.ids import ChannelId
from db.queues.inbox import InboundEvent
from desk.lanes import NO_CHAT, telegram_lane, topic_location

# Every type of update that the handlers know. Telegram sends reactions and chat_member only on
# request.
ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "chat_member",
]
_Json = dict[str, Any]
_MAX_ID = 2**63


def to_inbound_event(channel_id: ChannelId, update: _Json) -> InboundEvent:
    """Convert a raw update to an inbox row; never fail, however unusual the update."""
    return InboundEvent(
        channel_id=channel_id,
        provider_id=_build_provider_id(update),
        lane=telegram_lane(channel_id, _find_lane(update)),
        payload=_replace_surrogates(json.dumps(update, ensure_ascii=False, separators=(",", ":"))),
    )


def _replace_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can contain them, but no database can store them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _build_provider_id(update: _Json) -> str:
    update_id = update.get("update_id")
    if _is_id(update_id):
        return str(update_id)
    body = json.dumps(update, sort_keys=True).encode()
    return f"no-id:{hashlib.sha256(body).hexdigest()}"


def _is_id(value: object) -> bool:
    """Check whether a value is an id.

    Telegram's ids fit into 52 bits, ours into 64 and into a column.
    """
    return type(value) is int and abs(value) < _MAX_ID  # isinstance would accept a bool


def _find_lane(update: _Json) -> str:
    """Return the lane of an update: a private chat, a topic, or a whole chat."""
    for kind, event in update.items():
        if kind == "update_id" or not isinstance(event, dict):
            continue
        place = event.get("message") if kind == "callback_query" else event
        lane = _find_chat_lane(place) if isinstance(place, dict) else None
        if lane is not None:
            return lane
    return NO_CHAT


def _find_chat_lane(place: _Json) -> str | None:
    chat = place.get("chat")
    chat_id = chat.get("id") if isinstance(chat, dict) else None
    if not _is_id(chat_id):
        return None
    thread = place.get("message_thread_id")
    if isinstance(chat, dict) and chat.get("type") == "private":
        return str(chat_id)  # one customer is one lane, whatever topics their chat has
    if place.get("is_topic_message") and _is_id(thread):
        return topic_location(str(chat_id), str(thread))
    return str(chat_id)
