"""Controls messages: acts as a customer, or as the business at its phone."""

import base64
from typing import Any

from aiohttp import web

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json
from sandbox.graph.control.requests import find_chat, find_message
from sandbox.graph.control.views import message_view
from sandbox.graph.events import incoming, statuses
from sandbox.graph.events.buttons import build_button_reply
from sandbox.graph.events.webhook_values import (
    build_value,
    new_message_id,
    send_webhook,
    to_contact,
)
from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import Chat, Message
from sandbox.graph.model.settings import FAILED, STATUS_ORDER
from sandbox.graph.sending.attachments import WEBHOOK_DAYS, store_file
from sandbox.graph.state.world import World
from sandbox.telegram.model.sample_files import SAMPLES, png

MIMES = {
    "image": ("image/png", "photo.png"),
    "video": ("video/mp4", "video.mp4"),
    "audio": ("audio/mpeg", "audio.mp3"),
    "voice": ("audio/ogg; codecs=opus", "voice.ogg"),
    "document": ("text/plain", "document.txt"),
    "sticker": ("image/webp", "sticker.webp"),
}


def send_message(world: World, request: web.Request, body: Json) -> Json:
    """Let a customer write to a number: {customer, number?} and the content.

    That is text; media {kind: image|video|audio|voice|document|sticker, data? (base64), mime?,
    filename?, caption?}; or type with content (location, contacts, order, interactive, ...).
    Besides: reply_to, forwarded, frequently_forwarded, referral, more (merged in as it is).
    """
    del request
    chat = find_chat(world, body)
    kind, content, more = _content(world, chat, body)
    context = {name: True for name in ("forwarded", "frequently_forwarded") if body.get(name)}
    if context:
        more["context"] = context
    if body.get("referral"):
        more["referral"] = body["referral"]
    more |= body.get("more") or {}
    reply_to = str(body.get("reply_to") or "")
    message = incoming.receive_message(world, chat, kind, content, reply_to=reply_to, more=more)
    return message_view(world, chat, message)


def _content(world: World, chat: Chat, body: Json) -> tuple[str, Any, Json]:
    if body.get("media"):
        return _media(world, chat, body["media"])
    if body.get("text") is not None:
        return "text", {"body": str(body["text"])}, {}
    if "type" not in body:
        raise ControlRequestError("give text, media, or type with content")
    return str(body["type"]), body.get("content"), {}


def _media(world: World, chat: Chat, media: Json) -> tuple[str, Any, Json]:
    kind = str(media.get("kind", "image"))
    if kind not in MIMES:
        raise ControlRequestError(f"kind must be one of {', '.join(sorted(MIMES))}")
    mime, name = MIMES[kind]
    own = "data" in media
    data = base64.b64decode(media["data"], validate=True) if own else sample_file(kind)
    file = store_file(
        world,
        str(media.get("mime") or mime),
        data,
        days=WEBHOOK_DAYS,
        number=chat.number,
        filename=str(media.get("filename") or name),
    )
    shown = "audio" if kind == "voice" else kind
    facts = {**media, "voice": kind == "voice"}
    return shown, incoming.to_file_content(file, shown, facts), {"media_id": file.id}


def sample_file(kind: str) -> bytes:
    """Return a small generated file of a kind."""
    return png() if kind == "image" else SAMPLES[kind][2]


def edit_message(world: World, request: web.Request, body: Json) -> Json:
    """Let a customer edit a message: text, or caption, or content (merged)."""
    chat, message = _find_message(world, request, outgoing=False)
    if message.kind == "text":
        content = {"body": str(body["text"])}
    else:
        content = {"caption": str(body["text"])} if "text" in body else body["content"]
    return {"id": incoming.receive_edit(world, chat, message, content)}


def delete_message(world: World, request: web.Request, body: Json) -> Json:
    """Let a customer delete a message for everyone."""
    del body
    chat, message = _find_message(world, request, outgoing=False)
    return {"id": incoming.receive_deletion(world, chat, message)}


def _find_message(world: World, request: web.Request, *, outgoing: bool) -> tuple[Chat, Message]:
    chat, message = find_message(world, request)
    if message.outgoing != outgoing:
        raise ControlRequestError(f"the message is {'not ' if outgoing else ''}the business's")
    return chat, message


def react(world: World, request: web.Request, body: Json) -> Json:
    """Let the customer react; "" removes the reaction, with `empty` as an empty emoji."""
    chat, message = find_message(world, request)
    emoji = str(body.get("emoji") or "")
    return {
        "id": incoming.receive_reaction(world, chat, message, emoji, empty=bool(body.get("empty")))
    }


def press(world: World, request: web.Request, body: Json) -> Json:
    """Let the customer press a button or choose a row, by its id or its title."""
    chat, message = _find_message(world, request, outgoing=True)
    found = build_button_reply(message, str(body["button"]))
    if found is None:
        raise ControlRequestError(f"no button {body['button']!r} on this message", 404)
    kind, content = found
    answered = incoming.receive_message(world, chat, kind, content, reply_to=message.id)
    return message_view(world, chat, answered)


def read(world: World, request: web.Request, body: Json) -> Json:
    """Let a customer open the chat and read everything, or everything up to `up_to`."""
    del request
    chat = find_chat(world, body)
    return {"read": statuses.mark_read(world, chat, body.get("up_to"))}


def send_status(world: World, request: web.Request, body: Json) -> Json:
    """Send a status by hand: sent, delivered, read, played, or failed with a code."""
    chat, message = _find_message(world, request, outgoing=True)
    wanted = str(body["status"])
    if wanted not in {*STATUS_ORDER, FAILED}:
        raise ControlRequestError(f"status must be one of {', '.join([*STATUS_ORDER, FAILED])}")
    error = None
    if wanted == FAILED:
        error = GraphError(int(body.get("code", 131026)), body.get("details"))
    statuses.advance_status(world, chat, message, wanted, error)
    return message_view(world, chat, message)


def send_unsupported(world: World, request: web.Request, body: Json) -> Json:
    """Let a customer send an unsupported message: `what`, such as poll_creation."""
    del request
    chat = find_chat(world, body)
    return message_view(
        world, chat, incoming.receive_unsupported(world, chat, str(body.get("what", "errors")))
    )


def send_echo(world: World, request: web.Request, body: Json) -> Json:
    """Let the business write from its phone (coexistence): {customer, number?, type, content}."""
    del request
    chat = find_chat(world, body)
    kind, content, more = _content(world, chat, body)
    customer = chat.customer
    message = Message(
        new_message_id(customer.wa_id or customer.user_id, outgoing=True),
        outgoing=True,
        kind=kind,
        content=content,
        at=world.clock.now(),
        more=more,
    )
    world.keep(chat, message)
    shape: Json = {"from": chat.number.phone, "id": message.id, "type": kind, kind: content}
    shape["timestamp"] = str(int(message.at))
    shape |= {"to": customer.wa_id} if customer.wa_id else {"to_user_id": customer.user_id}
    value = build_value(chat.number)
    if "contacts" not in world.settings.leave_out:
        value["contacts"] = [to_contact(world, customer)]
    value["message_echoes"] = [shape]
    send_webhook(world, chat.number, "smb_message_echoes", value, chat.key)
    return message_view(world, chat, message)
