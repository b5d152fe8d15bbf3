"""Finds what control requests refer to; a mistake becomes a 400 or 404 with {"error": ...}."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.common import control_api
from sandbox.common.control_api import NOT_FOUND, ControlRequestError, find_named_or_only
from sandbox.common.json_shapes import Json
from sandbox.waha.engine.payloads import read_tail
from sandbox.waha.model.errors import WahaError
from sandbox.waha.model.records import Chat, Message, Person, Session
from sandbox.waha.server.waha_api import PREFIX
from sandbox.waha.state.app_key import WAHA
from sandbox.waha.state.world import WahaWorld

Control = Callable[[WahaWorld, web.Request, Json], Any]


def control_handler(handler: Control) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn a function of (world, request, body) that returns JSON into a request handler."""
    return control_api.control_handler(handler, _find_world, WahaError)


def _find_world(request: web.Request) -> WahaWorld:
    world = request.app[WAHA]
    world.base_url = world.base_url or f"{request.url.origin()}{PREFIX}"
    return world


def find_session(world: WahaWorld, name: object = None) -> Session:
    """Return the session with this name, or the only one."""
    text = None if name is None else str(name)
    return find_named_or_only(world.sessions, text, "session")


def find_person(world: WahaWorld, phone: object) -> Person:
    """Return the customer with this phone."""
    person = world.people.get(str(phone).removeprefix("+"))
    if person is None:
        raise ControlRequestError(f"no customer {phone}", NOT_FOUND)
    return person


def find_chat(world: WahaWorld, request: web.Request) -> tuple[Session, Chat]:
    """Return the session and the chat that a path names."""
    session = find_session(world, request.match_info["session"])
    person = find_person(world, request.match_info["phone"])
    return session, world.chat(session.name, person.phone)


def find_message(chat: Chat, message_id: object) -> Message:
    """Return a message of a chat, by its full id or its tail."""
    message = chat.messages.get(read_tail(str(message_id)))
    if message is None:
        raise ControlRequestError(f"no message {message_id}", NOT_FOUND)
    return message
