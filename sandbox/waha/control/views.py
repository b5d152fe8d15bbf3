"""Views for tests and the page: people, sessions, chats as a customer sees them, files."""

import hashlib

from aiohttp import web

from sandbox.common.control_api import NOT_FOUND, json_response
from sandbox.common.json_shapes import Json
from sandbox.common.responses import file_response
from sandbox.waha.control.phones import to_session_view
from sandbox.waha.control.requests import find_chat, find_session
from sandbox.waha.engine.qr import render_qr_png
from sandbox.waha.model.records import ACKS, CUSTOMER, DESK, Message, Person
from sandbox.waha.state.app_key import WAHA
from sandbox.waha.state.world import WahaWorld

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def person_view(person: Person) -> Json:
    """Return a customer."""
    facts = {"phone": person.phone, "name": person.name, "lid": person.lid}
    return {**facts, "by_lid": person.by_lid, "address": person.address, "blocked": person.blocked}


def message_view(world: WahaWorld, message: Message) -> Json:
    """Return a message as the customer's phone shows it."""
    return {
        "id": message.id,
        "tail": message.tail,
        "author": DESK if message.from_desk else CUSTOMER,
        "source": message.source,
        "at": message.at,
        "kind": message.kind,
        "text": message.body,
        "media": _media(world, message.file),
        "location": message.location,
        "vcards": message.vcards,
        "reply_to": message.reply_to,
        "reactions": message.reactions,
        "edited": message.edited,
        "revoked": message.revoked,
        "seen": message.seen,
        "ack": message.ack,
        "ack_name": ACKS[message.ack],
    }


def _media(world: WahaWorld, file_id: str | None) -> Json | None:
    file = world.files.get(file_id) if file_id else None
    if file is None:
        return None
    return {
        "file": file.id,
        "mimetype": file.mimetype,
        "filename": file.filename,
        "size": len(file.data),
        "sha256": hashlib.sha256(file.data).hexdigest(),
    }


def list_messages(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Return a chat as the customer sees it."""
    del body
    _, chat = find_chat(world, request)
    shown = [message_view(world, message) for message in chat.messages.values()]
    return {"session": chat.session, "phone": chat.phone, "typing": chat.typing, "messages": shown}


def show_state(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Return all people, sessions and chats."""
    del request, body
    return {
        "sessions": [to_session_view(session) for session in world.sessions.values()],
        "people": [person_view(person) for person in world.people.values()],
        "chats": [{"session": session, "phone": phone} for session, phone in world.chats],
    }


def show_session(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Return a session with the code to scan."""
    del body
    return to_session_view(find_session(world, request.match_info["session"]))


async def show_qr_code(request: web.Request) -> web.Response:
    """Return the picture of the code that can be scanned now."""
    found = request.app[WAHA].sessions.get(request.match_info["session"])
    if found is None or found.qr is None:
        return json_response({"error": "no code to scan"}, NOT_FOUND)
    return web.Response(body=render_qr_png(found.qr), content_type="image/png", headers=NO_STORE)


async def download_file(request: web.Request) -> web.Response:
    """Return a file's bytes with their content type."""
    file = request.app[WAHA].files.get(request.match_info["file"])
    if file is None:
        return json_response({"error": "no such file"}, NOT_FOUND)
    response = file_response(file.data, file.mimetype)
    response.headers["Cache-Control"] = "no-store"
    return response
