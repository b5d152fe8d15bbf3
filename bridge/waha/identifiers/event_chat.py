"""Find the customer that an event belongs to, with pure functions on its JSON.

The engines name the chat in different places: `from` or `to`, the id of the message, or the
engine's own data. Some of them put our own number into `to`, also into what we wrote ourselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.json_objects import as_mapping
from bridge.waha.identifiers import chat_ids, message_ids

Json = Mapping[str, Any]
OWN_ACCOUNT = "own account"
UNNAMED = "unnamed chat"


@dataclass(frozen=True, slots=True)
class EventChat:
    """The chat of an event; `reason` says why it is not a person's."""

    # The id that the event uses, and the same person's other ids as far as the event names them.
    chat: str | None = None
    phone_chat: str | None = None
    lid: str | None = None
    reason: str | None = None


def find_event_chat(event: Json) -> EventChat:
    """Find the customer that an event belongs to, also if we wrote the message."""
    payload = _find_message(event)
    from_us = payload.get("fromMe") is True
    data = as_mapping(payload.get("_data"))
    if (reason := _find_non_person(payload, data)) is not None:
        return EventChat(reason=reason)
    own = _list_own_chats(as_mapping(event.get("me")))
    named = [*_iterate_chats(payload, from_us=from_us)]
    chat = next((each for each in named if each not in own), None)
    if chat is None:
        return EventChat(reason=OWN_ACCOUNT if named else UNNAMED)
    known = [*_iterate_other_ids(data, from_us=from_us)]
    if from_us and chat_ids.is_lid(chat) and not own.isdisjoint(known):
        return EventChat(reason=OWN_ACCOUNT)  # our own lid, which `me` did not name
    others = [each for each in (*named, *known) if each != chat]
    phones = [each for each in others if not chat_ids.is_lid(each) and each not in own]
    lids = [each for each in others if chat_ids.is_lid(each) and each not in own]
    if chat_ids.is_lid(chat):
        return EventChat(chat, phone_chat=next(iter(phones), None), lid=chat)
    return EventChat(chat, phone_chat=chat, lid=next(iter(lids), None))


def _find_message(event: Json) -> Json:
    """Return the message that an event is about: its payload, or the part of it that has one."""
    payload = as_mapping(event.get("payload"))
    if event.get("event") == "message.revoked":
        for part in ("after", "before"):
            if isinstance(payload.get(part), Mapping):
                return as_mapping(payload[part])
    return payload


def _find_non_person(payload: Json, data: Json) -> str | None:
    """Return why an event is not about a person's chat: a group, a broadcast, a newsletter."""
    if payload.get("isGroup") is True or as_mapping(data.get("Info")).get("IsGroup") is True:
        return "group"
    inner = (
        as_mapping(data.get("Info")).get("Chat"),
        as_mapping(data.get("key")).get("remoteJid"),
        as_mapping(data.get("id")).get("remote"),
    )
    outer = (payload.get("from"), payload.get("to"), _find_chat_in_id(payload.get("id")))
    kinds = (chat_ids.find_non_person_kind(each) for each in (*outer, *inner))
    return next(filter(None, kinds), None)


def _iterate_chats(payload: Json, *, from_us: bool) -> Iterator[str]:
    """Yield the chats that an event names, the most reliable first."""
    in_id = _find_chat_in_id(payload.get("id"))
    sender, recipient = payload.get("from"), payload.get("to")
    for named in (in_id, recipient, sender) if from_us else (sender, in_id):
        chat = chat_ids.normalize_person_chat(named)
        if chat is not None:
            yield chat


def _iterate_other_ids(data: Json, *, from_us: bool) -> Iterator[str]:
    """Yield the other person's ids in the data of each engine."""
    info, key = as_mapping(data.get("Info")), as_mapping(data.get("key"))
    places: list[object] = [key.get("remoteJidAlt"), as_mapping(data.get("id")).get("remote")]
    if from_us:
        places += [info.get("RecipientAlt"), info.get("Chat"), key.get("remoteJid")]
    else:
        places += [info.get("SenderAlt"), info.get("Chat"), info.get("Sender")]
        places += [
            key.get("senderPn"),
            key.get("senderLid"),
            key.get("remoteJid"),
            data.get("from"),
        ]
    for place in places:
        chat = chat_ids.normalize_person_chat(_to_text(place))
        if chat is not None:
            yield chat


def _list_own_chats(me: Json) -> set[str]:
    found = (chat_ids.normalize_person_chat(me.get(name)) for name in ("id", "lid", "jid"))
    return {each for each in found if each is not None}


def _find_chat_in_id(written: object) -> str | None:
    try:
        return message_ids.parse_message_id(message_ids.to_id_text(written)).chat
    except message_ids.MalformedIdError:
        return None


def _to_text(place: object) -> object:
    return place.get("_serialized") if isinstance(place, Mapping) else place
