"""Copies and forwards one message or several."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.methods.delivery import build_origin, deliver_into
from sandbox.telegram.model import errors
from sandbox.telegram.model.records import Room
from sandbox.telegram.rooms.keyboards import check_markup
from sandbox.telegram.state.call import Call, find_room, find_writable_room
from sandbox.telegram.text.formatting import caption_content

CAPTIONED = ("photo", "video", "animation", "audio", "document", "voice")
_COPIED = (
    "text",
    "entities",
    "link_preview_options",
    "animation",
    "audio",
    "document",
    "photo",
    "sticker",
    "video",
    "video_note",
    "voice",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "contact",
    "dice",
    "poll",
    "venue",
    "location",
)
_CAPTION = ("caption", "caption_entities")


def _content(message: Json) -> Json:
    return {name: message[name] for name in _COPIED if name in message}


def copy_message(call: Call) -> Json:
    """Send a message's content again, as the bot's own."""
    params = call.params
    room = find_writable_room(call)
    source = find_room(call, "from_chat_id").messages.get(params["message_id"])
    if source is None:
        raise errors.copy_not_found()
    content = _check_copyable(source)
    if "caption" in params and any(name in content for name in CAPTIONED):
        for name in _CAPTION:
            content.pop(name, None)
        mode, entities = params.get("parse_mode"), params.get("caption_entities")
        content |= caption_content(call.world, params["caption"], mode, entities)
    return {"message_id": deliver_into(call, room, content)["message_id"]}


def _check_copyable(source: Json) -> Json:
    if source.get("has_protected_content"):
        raise errors.protected()
    content = _content(source)
    if not content:
        raise errors.cannot_copy()
    return content


def copy_messages(call: Call) -> list[Json]:
    """Copy several messages; those that are missing or cannot be copied are left out."""
    room = find_writable_room(call)
    results = []
    for source in _find_sources(call, errors.copy_not_found):
        content = _content(source)
        if call.params.get("remove_caption"):
            content = {name: value for name, value in content.items() if name not in _CAPTION}
        results.append({"message_id": _send(call, room, source, content)["message_id"]})
    return results


def forward_message(call: Call) -> Json:
    """Forward a message, with its origin."""
    room = find_writable_room(call)
    source = find_room(call, "from_chat_id").messages.get(call.params["message_id"])
    if source is None:
        raise errors.forward_not_found()
    if source.get("has_protected_content"):
        raise errors.protected()
    content = _content(source)
    if not content:
        raise errors.cannot_forward()
    return _send(call, room, source, {"forward_origin": build_origin(source), **content})


def forward_messages(call: Call) -> list[Json]:
    """Forward several messages; those that are missing or cannot be forwarded are left out."""
    room = find_writable_room(call)
    results = []
    for source in _find_sources(call, errors.forward_not_found):
        content = {"forward_origin": build_origin(source), **_content(source)}
        results.append({"message_id": _send(call, room, source, content)["message_id"]})
    return results


def _find_sources(call: Call, refusal: errors.Refusal) -> list[Json]:
    room = find_room(call, "from_chat_id")
    wanted = call.params["message_ids"]
    if not 1 <= len(wanted) <= 100 or wanted != sorted(set(wanted)):  # noqa: PLR2004 - the method's own bounds
        raise errors.bad_request("message identifiers must be in a strictly increasing order")
    found = [room.messages[number] for number in wanted if number in room.messages]
    usable = [one for one in found if _content(one) and not one.get("has_protected_content")]
    if not usable:
        raise refusal()
    return usable


def _send(call: Call, room: Room, source: Json, content: Json) -> Json:
    if "media_group_id" in source:
        content["media_group_id"] = _group_id(call, source["media_group_id"])
    if "forward_origin" in content and "reply_markup" in source:
        content |= check_markup(source["reply_markup"], is_private=room.is_private)
    return deliver_into(call, room, content)


def _group_id(call: Call, old: str) -> str:
    """Return the copy's album id: one call turns one album into one new album."""
    made = call.albums.get(old)
    if made is None:
        made = call.albums[old] = call.world.new_number()
    return made
