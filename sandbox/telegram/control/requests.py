"""Finds what control requests refer to; a mistake becomes a 400 or 404 with {"error": ...}."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.common import control_api
from sandbox.common.control_api import NOT_FOUND, ControlRequestError, find_named_or_only
from sandbox.common.json_shapes import Json
from sandbox.telegram.model.errors import ApiError
from sandbox.telegram.model.records import Bot, Person, Room
from sandbox.telegram.state.app_key import WORLD
from sandbox.telegram.state.world import World

Control = Callable[[World, web.Request, Json], Any]


def control_handler(handler: Control) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn a function of (world, request, body) that returns JSON into a request handler."""
    return control_api.control_handler(handler, _find_world, ApiError)


def _find_world(request: web.Request) -> World:
    return request.app[WORLD]


def read_path_number(request: web.Request, name: str) -> int:
    """Return a path segment as a number."""
    try:
        return int(request.match_info[name])
    except ValueError:
        raise ControlRequestError(f"{name} must be a number") from None


def find_person(world: World, user_id: object) -> Person:
    """Return the user with this id."""
    person = world.people.get(int(str(user_id)))
    if person is None:
        raise ControlRequestError(f"no user {user_id}", NOT_FOUND)
    return person


def find_bot(world: World, bot_id: object = None) -> Bot:
    """Return the bot with this id, or the only bot."""
    number = None if bot_id is None else int(str(bot_id))
    return find_named_or_only(world.bots, number, "bot")


def find_room(world: World, chat_id: object, bot_id: object = None) -> Room:
    """Return the group with this id, or a user's private chat with the bot."""
    number = int(str(chat_id))
    room = world.groups.get(number) if number < 0 else _private(world, number, bot_id)
    if room is None:
        raise ControlRequestError(f"no chat {chat_id}", NOT_FOUND)
    return room


def _private(world: World, user_id: int, bot_id: object) -> Room | None:
    return world.private.get((find_bot(world, bot_id).id, user_id))


def find_group(world: World, chat_id: int) -> Room:
    """Return the group with this id."""
    room = world.groups.get(chat_id)
    if room is None:
        raise ControlRequestError(f"no group {chat_id}", NOT_FOUND)
    return room


def find_message(room: Room, message_id: object) -> Json:
    """Return a message of the room."""
    message = room.messages.get(int(str(message_id)))
    if message is None:
        raise ControlRequestError(f"no message {message_id} in {room.id}", NOT_FOUND)
    return message
