"""What tests and the page look at: people, sessions, chats as a customer sees them, files."""

import hashlib

from aiohttp import web

from sandbox.telegram.model.shapes import Json
from sandbox.waha.control.phones import view
from sandbox.waha.control.requests import chat_of, session_of
from sandbox.waha.engine.qr import picture
from sandbox.waha.model.records import ACKS, CUSTOMER, DESK, Message, Person
from sandbox.waha.state.app_key import WAHA
from sandbox.waha.state.world import WahaWorld

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# The bytes are a stranger's: a browser must show them as what they claim to be, or not at all.
HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox", **NO_STORE}


def person_view(person: Person) -> Json:
    """Return a customer."""
    facts = {"phone": person.phone, "name": person.name, "lid": person.lid}
    return {**facts, "by_lid": person.by_lid, "address": person.address, "blocked": person.blocked}


def message_view(world: WahaWorld, message: Message) -> Json:
    """Return a message as it is seen on the customer's phone."""
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


def messages(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Return a chat as the customer sees it."""
    del body
    _, chat = chat_of(world, request)
    shown = [message_view(world, message) for message in chat.messages.values()]
    return {"session": chat.session, "phone": chat.phone, "typing": chat.typing, "messages": shown}


def state(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Return who there is, which sessions there are, and who wrote with whom."""
    del request, body
    return {
        "sessions": [view(session) for session in world.sessions.values()],
        "people": [person_view(person) for person in world.people.values()],
        "chats": [{"session": session, "phone": phone} for session, phone in world.chats],
    }


def session(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Return a session with the code to scan."""
    del body
    return view(session_of(world, request.match_info["session"]))


async def code_picture(request: web.Request) -> web.Response:
    """Return the picture of the code that can be scanned now."""
    found = request.app[WAHA].sessions.get(request.match_info["session"])
    if found is None or found.qr is None:
        return web.json_response({"error": "no code to scan"}, status=404)
    return web.Response(body=picture(found.qr), content_type="image/png", headers=NO_STORE)


async def file_bytes(request: web.Request) -> web.Response:
    """Return a file's bytes with their content type."""
    file = request.app[WAHA].files.get(request.match_info["file"])
    if file is None:
        return web.json_response({"error": "no such file"}, status=404)
    return web.Response(body=file.data, headers={"Content-Type": file.mimetype, **HARMLESS})
