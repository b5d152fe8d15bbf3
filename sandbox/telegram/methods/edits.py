"""Edits and deletes messages."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.methods.copies import CAPTIONED
from sandbox.telegram.methods.delivery import refuse_inline_message
from sandbox.telegram.model import errors
from sandbox.telegram.model.records import Room
from sandbox.telegram.rooms.keyboards import check_markup
from sandbox.telegram.state.call import Call, find_room, has_right
from sandbox.telegram.text.formatting import caption_content, text_content

_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")


def find_edit_target(call: Call) -> tuple[Room, Json]:
    """Return the bot's own message that an edit names, with its chat."""
    params = call.params
    refuse_inline_message(params)
    if "chat_id" not in params:
        raise errors.bad_request("chat_id is empty")
    if "message_id" not in params:
        raise errors.bad_request("message identifier is not specified")
    room = find_room(call)
    message = room.messages.get(params["message_id"])
    if message is None:
        raise errors.edit_not_found()
    if message["from"]["id"] != call.bot.id or "forward_origin" in message:
        raise errors.cannot_edit()
    return room, message


def replace_message(
    call: Call, room: Room, old: Json, drop: tuple[str, ...], content: Json
) -> Json:
    """Replace a message by its edited form; an edit that changes nothing is a 400."""
    gone = (*drop, "reply_markup")
    new = {name: value for name, value in old.items() if name not in gone}
    new |= content
    if "reply_markup" in call.params:
        new |= check_markup(call.params["reply_markup"], is_private=room.is_private)
    if new == old:
        raise errors.not_modified()
    new["edit_date"] = int(call.world.clock())
    call.world.keep(room, new, "edited")
    return new


def _with_edit_date(old: Json, content: Json) -> Json:
    """Return the content with the old message's edit date, so that both can be compared."""
    return content | {name: old[name] for name in ("edit_date",) if name in old}


def edit_message_text(call: Call) -> Json:
    """Replace a text message's text and buttons."""
    room, old = find_edit_target(call)
    params = call.params
    if "text" not in params:
        raise errors.text_empty()
    content = text_content(
        call.world, params["text"], params.get("parse_mode"), params.get("entities")
    )
    if "text" not in old:
        raise errors.no_text_to_edit()
    if "link_preview_options" in params:
        content["link_preview_options"] = params["link_preview_options"]
    return replace_message(call, room, old, _TEXT, _with_edit_date(old, content))


def edit_message_caption(call: Call) -> Json:
    """Replace the caption and the buttons of a message with media."""
    room, old = find_edit_target(call)
    if not any(name in old for name in CAPTIONED):
        raise errors.no_caption_to_edit()
    params = call.params
    content = caption_content(
        call.world, params.get("caption"), params.get("parse_mode"), params.get("caption_entities")
    )
    if params.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return replace_message(call, room, old, _CAPTION, _with_edit_date(old, content))


def edit_message_reply_markup(call: Call) -> Json:
    """Replace or remove a message's buttons."""
    room, old = find_edit_target(call)
    return replace_message(call, room, old, (), {})


def delete_message(call: Call) -> bool:
    """Delete a message that the bot may delete; no update is sent."""
    room = find_room(call)
    message = room.messages.get(call.params["message_id"])
    if message is None:
        raise errors.delete_not_found()
    if not _can_delete(call, room, message):
        raise errors.cannot_delete()
    remove_message(call, room, message)
    return True


def delete_messages(call: Call) -> bool:
    """Delete several messages; missing ones are skipped."""
    room = find_room(call)
    for number in call.params["message_ids"]:
        message = room.messages.get(number)
        if message is not None and _can_delete(call, room, message):
            remove_message(call, room, message)
    return True


def remove_message(call: Call, room: Room, message: Json) -> None:
    """Remove a message from its chat and notify the watchers."""
    call.world.forget(room, message["message_id"])
    call.world.feed.publish("deleted", room.id, message_id=message["message_id"])


def _can_delete(call: Call, room: Room, message: Json) -> bool:
    if "forum_topic_created" in message:
        return False
    own: bool = message["from"]["id"] == call.bot.id
    return own or has_right(room, call.bot, "can_delete_messages")
