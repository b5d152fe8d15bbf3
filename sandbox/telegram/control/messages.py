"""Controls messages: users write, edit, delete, react and press buttons."""

from aiohttp import web

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json
from sandbox.telegram.control.contents import build_album, build_content
from sandbox.telegram.control.requests import (
    find_bot,
    find_group,
    find_message,
    find_person,
    find_room,
    read_path_number,
)
from sandbox.telegram.methods.topics import ICON_COLORS
from sandbox.telegram.model.records import GENERAL_THREAD, Person, Room
from sandbox.telegram.model.update_queue import CALLBACK_KEPT_SECONDS
from sandbox.telegram.rooms.announcements import list_bots, queue_message, queue_update
from sandbox.telegram.rooms.keyboards import find_button
from sandbox.telegram.rooms.posting import Author, anonymous_admin, open_topic, post_message
from sandbox.telegram.state.world import World
from sandbox.telegram.text.formatting import parse_text


def send_message(world: World, request: web.Request, body: Json) -> Json | list[Json]:
    """Let a user write; an album becomes several messages."""
    del request
    person = find_person(world, body["from"])
    room = _room(world, body)
    author = _author(room, person.user, anonymous=bool(body.get("anonymous")))
    bots = [bot.id for bot in list_bots(world, room)]
    is_album = bool(body.get("album"))
    contents = build_album(world, body, bots) if is_album else [build_content(world, body, bots)]
    reply = find_message(room, body["reply_to"]) if body.get("reply_to") else None
    thread = _thread(world, room, body, reply, person)
    sent = [post_message(world, room, author, one, thread=thread, reply=reply) for one in contents]
    return sent if is_album else sent[0]


def _room(world: World, body: Json) -> Room:
    chat = body.get("chat")
    if chat is None or int(chat) == int(body["from"]):
        return world.open_private(
            find_bot(world, body.get("bot")), find_person(world, body["from"])
        )
    room = find_group(world, int(chat))
    if room.migrated_to:
        raise ControlRequestError(f"the group was upgraded to {room.migrated_to}")
    member = room.members.get(int(body["from"]))
    if member is None or not member.is_inside:
        raise ControlRequestError("the user is not in the group")
    return room


def _author(room: Room, user: Json, *, anonymous: bool) -> Author:
    if not anonymous:
        return Author(user)
    if room.is_private or not room.members[user["id"]].is_admin:
        raise ControlRequestError("only an administrator of a group can be anonymous")
    return anonymous_admin(room)


def _thread(world: World, room: Room, body: Json, reply: Json | None, person: Person) -> int:
    """Return the topic of a message; a reply goes to the topic of the message that it answers.

    `new_topic` opens a topic of this name, as apps do where people may open topics.
    """
    if not world.has_topics(room):
        return 0
    if body.get("new_topic"):
        name, color = str(body["new_topic"]), ICON_COLORS[0]
        made = open_topic(world, room, Author(person.user), name=name, icon_color=color, icon="")
        return made.thread_id
    thread = int(body.get("thread") or 0)
    if not thread and reply is not None and reply.get("is_topic_message"):
        thread = int(reply["message_thread_id"])
    if room.is_private and not thread:
        return 0  # written in "All messages"
    topic = room.topics.get(thread or GENERAL_THREAD)
    if topic is None or topic.deleted:
        raise ControlRequestError(f"no topic {thread}", 404)
    if topic.closed and not room.members[person.user["id"]].is_admin:
        raise ControlRequestError("the topic is closed")
    return 0 if thread == GENERAL_THREAD else thread


def _find_message(world: World, request: web.Request, body: Json) -> tuple[Room, Json]:
    bot = body.get("bot") or request.query.get("bot")
    room = find_room(world, read_path_number(request, "chat"), bot)
    return room, find_message(room, read_path_number(request, "id"))


def edit_message(world: World, request: web.Request, body: Json) -> Json:
    """Let a user edit a message."""
    room, old = _find_message(world, request, body)
    field = "text" if "text" in old else "caption"
    written = body.get("text", body.get("caption"))
    if written is None:
        raise ControlRequestError("give the new text or caption")
    names = {"text": "entities", "caption": "caption_entities"}
    text, entities = parse_text(world, str(written), None, body.get("entities"))
    new = {name: value for name, value in old.items() if name not in {field, names[field]}}
    new |= {field: text, "edit_date": int(world.clock())}
    if entities:
        new[names[field]] = entities
    world.keep(room, new, "edited")
    queue_message(world, room, new, old["from"]["id"], "edited_message")
    return new


def delete_message(world: World, request: web.Request, body: Json) -> Json:
    """Delete a message; bots get no update."""
    room, message = _find_message(world, request, body)
    world.forget(room, message["message_id"])
    world.feed.publish("deleted", room.id, message_id=message["message_id"])
    return {"deleted": True}


def react_to_message(world: World, request: web.Request, body: Json) -> Json:
    """Let a user react; an empty emoji removes the reaction."""
    room, message = _find_message(world, request, body)
    person, emoji = find_person(world, body["from"]), str(body.get("emoji") or "")
    number = message["message_id"]
    given = room.reactions.setdefault(number, {})
    old = given.pop(person.user["id"], "")
    if emoji:
        given[person.user["id"]] = emoji
    change: Json = {
        "chat": room.chat,
        "message_id": number,
        "date": int(world.clock()),
        "old_reaction": _reaction(old),
        "new_reaction": _reaction(emoji),
    }
    if body.get("anonymous"):
        change["actor_chat"] = room.chat
    else:
        change["user"] = person.user
    if old != emoji:
        queue_update(
            world, room, "message_reaction", change, lane=f"reactions {room.id}", admins=True
        )
    world.mark_changed(room.key, number)
    world.feed.publish("reaction", room.id, message_id=number)
    return {"emoji": emoji}


def _reaction(emoji: str) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def press_button(world: World, request: web.Request, body: Json) -> Json:
    """Let a user press an inline button of a bot's message."""
    room, message = _find_message(world, request, body)
    person = find_person(world, body["from"])
    data, text = body.get("data"), body.get("text")
    button = find_button(message.get("reply_markup") or {}, data, text)
    if button is None or "callback_data" not in button:
        raise ControlRequestError("the message has no such button")
    bot = world.bots.get(message["from"]["id"])
    if bot is None:
        raise ControlRequestError("the message is not from a bot")
    author = _author(room, person.user, anonymous=bool(body.get("anonymous")))
    callback = world.new_callback(bot.id, CALLBACK_KEPT_SECONDS)
    query: Json = {
        "id": callback.id,
        "from": author.user,
        "message": message,
        "chat_instance": str(room.id * 7919),
        "data": button["callback_data"],
    }
    lane = f"callbacks {person.user['id']}"
    queue_update(world, room, "callback_query", query, lane=lane, only=bot.id)
    return {"id": callback.id}


def show_callback(world: World, request: web.Request, body: Json) -> Json:
    """Return how the bot answered a pressed button."""
    del body
    found = world.callbacks.get(request.match_info["id"])
    if found is None:
        raise ControlRequestError("no such callback", 404)
    return {"answered": found.answer is not None, **(found.answer or {})}


def list_messages(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return a chat's messages in order, with their reactions and whether they are pinned."""
    del body
    room = find_room(world, read_path_number(request, "chat"), request.query.get("bot"))
    thread = int(request.query["thread"]) if request.query.get("thread") else None
    return [
        _add_marks(room, message)
        for message in room.messages.values()
        if thread is None or _read_thread(message) == thread
    ]


def _read_thread(message: Json) -> int:
    return int(message["message_thread_id"]) if message.get("is_topic_message") else GENERAL_THREAD


def _add_marks(room: Room, message: Json) -> Json:
    number = message["message_id"]
    given = room.reactions.get(number, {})
    marks = [{"user_id": user_id, "emoji": emoji} for user_id, emoji in given.items()]
    return {**message, "_reactions": marks, "_pinned": number in room.pinned}
