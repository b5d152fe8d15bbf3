"""Controls groups: members, topics on or off, the upgrade to a supergroup."""

import secrets

from aiohttp import web

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json
from sandbox.telegram.control.requests import find_group, find_person, read_path_number
from sandbox.telegram.model.records import (
    ADMINISTRATOR,
    CREATOR,
    GENERAL_THREAD,
    MEMBER,
    Member,
    Room,
    Topic,
)
from sandbox.telegram.rooms.members import STATUSES, change_member, find_account, to_member_shape
from sandbox.telegram.rooms.posting import Author, post_service
from sandbox.telegram.state.world import GROUP_ANONYMOUS_BOT, World

GENERAL_COLOR = 7322096
SUPERGROUP_BASE = -1_000_000_000_000


def add_group(world: World, request: web.Request, body: Json) -> Json:
    """Add a group, or return the one that has this id."""
    del request
    supergroup = bool(body.get("is_supergroup", True))
    number = int(body.get("id") or _new_id(supergroup=supergroup))
    known = world.groups.get(number)
    if known is not None:
        return known.chat
    if number >= 0:
        raise ControlRequestError("a group's id is negative")
    chat: Json = {"id": number, "title": str(body["title"])}
    chat["type"] = "supergroup" if supergroup else "group"
    if supergroup and body.get("is_forum", True):
        chat["is_forum"] = True
    room = _new_room(chat)
    _add_members(world, room, body)
    world.groups[number] = room
    world.mark_changed(room.key)
    world.feed.publish("group", number, chat=chat)
    return chat


def _new_room(chat: Json) -> Room:
    """Return an empty group; its creation has used the first message id, as in Telegram."""
    general = Topic(GENERAL_THREAD, "General", GENERAL_COLOR)
    return Room(chat, topics={GENERAL_THREAD: general}, last_message_id=1)


def _new_id(*, supergroup: bool) -> int:
    number = 1_000_000_000 + secrets.randbelow(1_000_000_000)
    return SUPERGROUP_BASE - number if supergroup else -number


def _add_members(world: World, room: Room, body: Json) -> None:
    for user_id in body.get("members", []):
        room.members[find_person(world, user_id).user["id"]] = Member(MEMBER)
    admins = body.get("admins", [])
    for position, user_id in enumerate(admins):
        status = CREATOR if position == 0 else ADMINISTRATOR
        room.members[find_person(world, user_id).user["id"]] = Member(status)
    for bot_id in body.get("bots", []):
        if int(bot_id) not in world.bots:
            raise ControlRequestError(f"no bot {bot_id}", 404)
        room.members[int(bot_id)] = Member(ADMINISTRATOR)


def set_member(world: World, request: web.Request, body: Json) -> Json:
    """Change a user's status in a group and notify the bots as Telegram does."""
    room = find_group(world, read_path_number(request, "chat"))
    number, status = int(body["user_id"]), str(body["status"])
    user = find_account(world, number)
    if user is None:
        raise ControlRequestError(f"no user {number}", 404)
    if status not in STATUSES:
        raise ControlRequestError(f"status must be one of {', '.join(sorted(STATUSES))}")
    new = Member(status, dict(body.get("rights") or {}))
    change_member(world, room, user, _actor(world, room, user), new)
    return to_member_shape(user, new)


def _actor(world: World, room: Room, user: Json) -> Json:
    """Return the user who makes the change: a human administrator, or else the member itself."""
    for number, member in room.members.items():
        person = world.people.get(number)
        if person is not None and member.is_admin and number != user["id"]:
            return person.user
    return user


def set_forum(world: World, request: web.Request, body: Json) -> Json:
    """Switch topics on or off."""
    room = find_group(world, read_path_number(request, "chat"))
    if not room.is_supergroup:
        raise ControlRequestError("only a supergroup has topics")
    chat = {name: value for name, value in room.chat.items() if name != "is_forum"}
    room.chat = {**chat, "is_forum": True} if body["is_forum"] else chat
    world.mark_changed(room.key)
    world.feed.publish("group", room.id, chat=room.chat)
    return room.chat


def upgrade(world: World, request: web.Request, body: Json) -> Json:
    """Turn a basic group into a supergroup with another id."""
    room = find_group(world, read_path_number(request, "chat"))
    if room.is_supergroup or room.migrated_to:
        raise ControlRequestError("only a basic group can be upgraded, once")
    number = _new_id(supergroup=True)
    chat: Json = {"id": number, "title": room.chat["title"], "type": "supergroup"}
    if body.get("is_forum"):
        chat["is_forum"] = True
    new = _new_room(chat)
    new.members = dict(room.members)
    world.groups[number] = new
    author = Author(GROUP_ANONYMOUS_BOT, room.chat)
    post_service(world, room, author, {"migrate_to_chat_id": number})
    author = Author(GROUP_ANONYMOUS_BOT, chat)
    post_service(world, new, author, {"migrate_from_chat_id": room.id})
    room.migrated_to = number
    world.mark_changed(room.key)
    world.mark_changed(new.key)
    world.feed.publish("group", number, chat=chat)
    return {"id": number}


def set_topic(world: World, request: web.Request, body: Json) -> Json:
    """Let an administrator close or reopen a topic."""
    room = find_group(world, read_path_number(request, "chat"))
    topic = room.topics.get(read_path_number(request, "thread"))
    if topic is None or topic.deleted:
        raise ControlRequestError("no such topic", 404)
    closed = bool(body["closed"])
    if topic.closed != closed:
        topic.closed = closed
        thread = 0 if topic.thread_id == GENERAL_THREAD else topic.thread_id
        content: Json = {"forum_topic_closed" if closed else "forum_topic_reopened": {}}
        actor = Author(_actor(world, room, GROUP_ANONYMOUS_BOT))
        post_service(world, room, actor, content, thread=thread)
        world.mark_changed(room.key)
        world.feed.publish("topic", room.id, thread=topic.thread_id)
    return {"closed": topic.closed}
