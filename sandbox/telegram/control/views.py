"""Shows state, topics, files and the stream of changes to the page and to tests."""

from aiohttp import web

from sandbox.common import change_stream
from sandbox.common.control_api import NOT_FOUND, ControlRequestError, json_response
from sandbox.common.json_shapes import Json
from sandbox.common.responses import file_response
from sandbox.telegram.control.requests import find_room, read_path_number
from sandbox.telegram.methods.profile import MENU, find_menu
from sandbox.telegram.model.records import GENERAL_THREAD, TOPIC_ICONS, Room, Topic
from sandbox.telegram.rooms.members import list_members
from sandbox.telegram.state.app_key import WORLD
from sandbox.telegram.state.world import World


def show_state(world: World, request: web.Request, body: Json) -> Json:
    """Return all bots, users, groups and private chats."""
    del request, body
    return {
        "bots": [
            {**bot.user, "has_topics_enabled": bot.has_topics_enabled}
            for bot in world.bots.values()
        ],
        "users": [
            {
                **person.user,
                "blocked": bool(person.blocked),
                "blocked_bots": sorted(person.blocked),
                "deactivated": person.deactivated,
            }
            for person in world.people.values()
        ],
        "groups": [_group(world, room) for room in world.groups.values()],
        "private": [
            {
                "user_id": room.id,
                "bot_id": room.bot_id,
                "chat_id": room.id,
                "topics": _topics(world, room),
                "menu": find_menu(world.bots[room.bot_id], f"{MENU} {room.id}"),
            }
            for room in world.private.values()
        ],
        "last_event_id": world.feed.last_id,
    }


def _group(world: World, room: Room) -> Json:
    members = [
        {"user": user, "status": member.status} for user, member in list_members(world, room)
    ]
    shape: Json = {**room.chat, "members": members, "topics": _topics(world, room)}
    return {**shape, "migrated_to": room.migrated_to} if room.migrated_to else shape


def _topics(world: World, room: Room) -> list[Json]:
    return [_topic(topic) for topic in room.topics.values()] if world.has_topics(room) else []


def _topic(topic: Topic) -> Json:
    shape: Json = {
        "message_thread_id": topic.thread_id,
        "name": topic.name,
        "icon_color": topic.icon_color,
        "icon": TOPIC_ICONS.get(topic.icon_custom_emoji_id, ""),
        "closed": topic.closed,
        "deleted": topic.deleted,
    }
    return {**shape, "hidden": topic.hidden} if topic.thread_id == GENERAL_THREAD else shape


def list_topics(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return a chat's topics; those of a forum with General first."""
    del body
    room = find_room(world, read_path_number(request, "chat"), request.query.get("bot"))
    return _topics(world, room)


def _find_topic(world: World, request: web.Request) -> tuple[Room, Topic]:
    room = find_room(world, read_path_number(request, "chat"), request.query.get("bot"))
    topic = room.topics.get(read_path_number(request, "thread"))
    if topic is None or topic.deleted:
        raise ControlRequestError("no such topic", 404)
    return room, topic


def delete_topic(world: World, request: web.Request, body: Json) -> Json:
    """Let an administrator, or the person in their own chat, delete a topic; bots get no update."""
    del body
    room, topic = _find_topic(world, request)
    if topic.thread_id == GENERAL_THREAD:
        raise ControlRequestError("the General topic cannot be deleted")
    world.delete_topic(room, topic)
    return {"deleted": True}


async def download_file(request: web.Request) -> web.Response:
    """Return a file's bytes with their content type."""
    stored = request.app[WORLD].files.get(request.match_info["file_id"])
    if stored is None:
        return json_response({"error": "no such file"}, NOT_FOUND)
    return file_response(stored.data, stored.mime)


async def stream_changes(request: web.Request) -> web.StreamResponse:
    """Stream changes as server-sent events, from Last-Event-ID on if it is given."""
    world = request.app[WORLD]
    return await change_stream.stream_changes(request, world.feed, world.closing)
