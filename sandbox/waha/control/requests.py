"""Reads control requests; a mistake becomes a 400 or 404 with {"error": ...}."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.telegram.model.shapes import Json, encode
from sandbox.waha.engine.payloads import read_tail
from sandbox.waha.model.errors import WahaError
from sandbox.waha.model.records import Chat, Message, Person, Session
from sandbox.waha.server.waha_api import PREFIX
from sandbox.waha.state.app_key import WAHA
from sandbox.waha.state.world import WahaWorld


class ControlRequestError(Exception):
    """A control request that makes no sense; `status` is 400 or 404."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


Control = Callable[[WahaWorld, web.Request, Json], Any]


def control_handler(handler: Control) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn a function of (world, request, body) that returns JSON into a request handler."""

    async def handle(request: web.Request) -> web.StreamResponse:
        world = request.app[WAHA]
        world.base_url = world.base_url or f"{request.url.origin()}{PREFIX}"
        status = 400
        try:
            content = handler(world, request, await _body(request))
            return web.json_response(content, dumps=encode)
        except ControlRequestError as mistake:
            text, status = str(mistake), mistake.status
        except WahaError as error:
            text = str(error)
        except KeyError as error:
            text = f"missing field {error}"
        except (TypeError, ValueError) as error:
            text = f"malformed field: {error}"
        return web.json_response({"error": text}, status=status, dumps=encode)

    return handle


async def _body(request: web.Request) -> Json:
    text = await request.text()
    content = json.loads(text) if text.strip() else {}
    if not isinstance(content, dict):
        raise ControlRequestError("expected a JSON object")
    return content


def find_session(world: WahaWorld, name: object = None) -> Session:
    """Return the session with this name, or the only one."""
    if name is None:
        if len(world.sessions) != 1:
            raise ControlRequestError(
                f"there are {len(world.sessions)} sessions: say which `session`"
            )
        return next(iter(world.sessions.values()))
    session = world.sessions.get(str(name))
    if session is None:
        raise ControlRequestError(f"no session {name}", 404)
    return session


def find_person(world: WahaWorld, phone: object) -> Person:
    """Return the customer with this phone."""
    person = world.people.get(str(phone).removeprefix("+"))
    if person is None:
        raise ControlRequestError(f"no customer {phone}", 404)
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
        raise ControlRequestError(f"no message {message_id}", 404)
    return message
