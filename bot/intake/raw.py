"""Reads of a raw update only what keeping it needs; whatever is odd is kept all the same."""

import hashlib
import json
from typing import Any

from db.ids import ChannelId
from db.queues.inbox import Arrival

# Every kind of update that the handlers know. Reactions and chat_member are off by default.
ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "chat_member",
]
_Json = dict[str, Any]


def arrival(channel_id: ChannelId, update: _Json) -> Arrival:
    """Turn a raw update into an inbox row; never fails on an update, however odd."""
    return Arrival(
        channel_id=channel_id,
        provider_id=_provider_id(update),
        lane=f"tg:{channel_id}:{_lane(update)}",
        payload=json.dumps(update, ensure_ascii=False, separators=(",", ":")),
    )


def _provider_id(update: _Json) -> str:
    update_id = update.get("update_id")
    if isinstance(update_id, int):
        return str(update_id)
    body = json.dumps(update, sort_keys=True).encode()
    return f"no-id:{hashlib.sha256(body).hexdigest()}"


def _lane(update: _Json) -> str:
    """Name whose order the update belongs to: a private chat, a topic, or a whole chat."""
    for kind, event in update.items():
        if kind == "update_id" or not isinstance(event, dict):
            continue
        place = event.get("message") if kind == "callback_query" else event
        lane = _lane_of(place) if isinstance(place, dict) else None
        if lane is not None:
            return lane
    return "other"


def _lane_of(place: _Json) -> str | None:
    chat = place.get("chat")
    chat_id = chat.get("id") if isinstance(chat, dict) else None
    if not isinstance(chat_id, int):
        return None
    thread = place.get("message_thread_id")
    if place.get("is_topic_message") and isinstance(thread, int):
        return f"{chat_id}:{thread}"
    return str(chat_id)
