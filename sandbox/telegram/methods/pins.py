"""Pins and unpins messages."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.methods.topics import find_topic
from sandbox.telegram.model import errors
from sandbox.telegram.model.records import Room
from sandbox.telegram.rooms.posting import Author, post_service, strip_nested
from sandbox.telegram.state.call import Call, find_room, has_right


def _room(call: Call) -> Room:
    room = find_room(call)
    if not has_right(room, call.bot, "can_pin_messages"):
        raise errors.no_right_to_pin()
    return room


def pin_chat_message(call: Call) -> bool:
    """Pin a message; the service message about it goes to the same topic."""
    room = _room(call)
    number = call.params["message_id"]
    message = room.messages.get(number)
    if message is None:
        raise errors.pin_not_found()
    if number in room.pinned:
        return True
    room.pinned.append(number)
    thread = message["message_thread_id"] if message.get("is_topic_message") else 0
    content = {"pinned_message": strip_nested(message)}
    post_service(call.world, room, Author(call.bot.user), content, thread=thread)
    call.world.mark_changed(room.key)
    call.world.feed.publish("pinned", room.id, message_id=number, pinned=True)
    return True


def unpin_chat_message(call: Call) -> bool:
    """Unpin one message, or the one pinned last."""
    room = _room(call)
    number = call.params.get("message_id") or (room.pinned[-1] if room.pinned else 0)
    if number not in room.messages:
        raise errors.unpin_not_found()
    _unpin(call, room, [number])
    return True


def unpin_all_chat_messages(call: Call) -> bool:
    """Unpin everything in the chat."""
    room = _room(call)
    _unpin(call, room, list(room.pinned))
    return True


def unpin_all_forum_topic_messages(call: Call) -> bool:
    """Unpin everything in a topic."""
    room = _room(call)
    thread = find_topic(call, room).thread_id
    _unpin(call, room, [n for n in room.pinned if _thread(room.messages[n]) == thread])
    return True


def unpin_all_general_forum_topic_messages(call: Call) -> bool:
    """Unpin everything in the General topic."""
    room = _room(call)
    if not room.is_forum:
        raise errors.not_a_forum()
    _unpin(call, room, [n for n in room.pinned if not _thread(room.messages[n])])
    return True


def _thread(message: Json) -> int:
    return int(message["message_thread_id"]) if message.get("is_topic_message") else 0


def _unpin(call: Call, room: Room, numbers: list[int]) -> None:
    for number in numbers:
        if number in room.pinned:
            room.pinned.remove(number)
            call.world.feed.publish("pinned", room.id, message_id=number, pinned=False)
    call.world.mark_changed(room.key)
