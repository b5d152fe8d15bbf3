"""Controls messages of customers and of the linked phone's owner."""

import base64

from aiohttp import web

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json
from sandbox.telegram.model.sample_files import SAMPLES
from sandbox.waha.control.requests import find_chat, find_message, find_person, find_session
from sandbox.waha.control.views import message_view
from sandbox.waha.engine import chats
from sandbox.waha.model.records import ACKS, APP, PLAYED, READ, Chat, Message, Session
from sandbox.waha.operations.files import store_file
from sandbox.waha.state.world import WahaWorld, new_tail

# Kinds of samples that have other names in WhatsApp.
KINDS = {"photo": "image", "document": "file"}
TYPES = {"voice": "audio/ogg; codecs=opus", "photo": "image/jpeg"}


def send_message(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Let a customer write; with `by_desk` the owner writes to it on the linked phone."""
    del request
    session = find_session(world, body.get("session"))
    person = find_person(world, body["phone"])
    chat = world.chat(session.name, person.phone)
    by_desk = bool(body.get("by_desk"))
    if by_desk and session.me is None:
        raise ControlRequestError("no phone is linked: scan first")
    reply = find_message(chat, body["reply_to"]).tail if body.get("reply_to") else None
    message = Message(
        tail=str(body.get("id") or new_tail()),
        chat_id=person.address,
        from_desk=by_desk,
        source=APP,
        at=float(body.get("at") or world.clock()),
        reply_to=reply,
        **_content(world, session, body),
    )
    chats.post_message(world, session, chat, message)
    return message_view(world, message)


def _content(world: WahaWorld, session: Session, body: Json) -> Json:
    """Return a message's content; exactly one kind must be given."""
    if body.get("media"):
        return {**_media(world, session, body["media"]), "body": str(body.get("text") or "")}
    if body.get("location"):
        place = dict(body["location"])
        place["latitude"], place["longitude"] = str(place["latitude"]), str(place["longitude"])
        return {"kind": "location", "location": {"live": False, **place}}
    if body.get("vcards"):
        return {"kind": "contact", "vcards": [str(card) for card in body["vcards"]]}
    if body.get("text") is None:
        raise ControlRequestError("give text, media, location or vcards")
    return {"body": str(body["text"])}


def _media(world: WahaWorld, session: Session, media: Json) -> Json:
    """Return the content of a file: a sample of the kind, unless `data` (base64) is given."""
    kind = str(media.get("kind", "document"))
    kind = {new: old for old, new in KINDS.items()}.get(kind, kind)
    if kind not in SAMPLES:
        raise ControlRequestError(f"unknown kind of media {kind!r}")
    name, mime, data = SAMPLES[kind]
    if media.get("data") is not None:
        data = base64.b64decode(media["data"], validate=True)
        mime = TYPES.get(kind, mime)
    mimetype = str(media.get("mimetype") or (TYPES[kind] if kind == "voice" else mime))
    # Only documents have names in WhatsApp.
    shown = media.get("name") or (name if kind == "document" else None)
    file = store_file(world, session.name, mimetype, shown, data)
    return {"kind": KINDS.get(kind, kind), "file": file.id}


def _find_message(world: WahaWorld, request: web.Request) -> tuple[Session, Chat, Message]:
    session, chat = find_chat(world, request)
    return session, chat, find_message(chat, request.match_info["id"])


def react_to_message(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Let a side react; an empty emoji removes the reaction."""
    session, chat, message = _find_message(world, request)
    emoji, by_desk = str(body.get("emoji") or ""), bool(body.get("by_desk"))
    chats.set_reaction(world, session, chat, message, emoji, by_desk=by_desk)
    return message_view(world, message)


def edit_message(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Let a message's author change its text."""
    session, chat, message = _find_message(world, request)
    if message.revoked:
        raise ControlRequestError("the message was deleted")
    chats.edit_message(world, session, chat, message, str(body["text"]))
    return message_view(world, message)


def revoke_message(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Let a message's author delete it for everyone."""
    del body
    session, chat, message = _find_message(world, request)
    chats.revoke_message(world, session, chat, message)
    return message_view(world, message)


def set_ack(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Set a message's ack to any value, -1 (ERROR) to 4 (PLAYED); lower ones are sent too."""
    session, chat, message = _find_message(world, request)
    ack = int(body["ack"])
    if ack not in ACKS:
        raise ControlRequestError(f"ack must be one of {sorted(ACKS)}")
    chats.set_ack(world, session, chat, message, ack)
    return message_view(world, message)


def read_messages(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Let a customer read all messages, or with `played` listen to all voice messages."""
    session, chat = find_chat(world, request)
    up_to = PLAYED if body.get("played") else READ
    return {"ids": chats.read_as_customer(world, session, chat, up_to=up_to)}
