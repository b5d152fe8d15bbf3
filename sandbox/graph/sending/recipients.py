"""Whom a message is for: a phone in `to`, or a business-scoped id in `recipient`."""

import re

from sandbox.graph.model.errors import GraphError, required, wrong
from sandbox.graph.model.records import Chat, Customer, Number
from sandbox.graph.model.shapes import Json, digits
from sandbox.graph.state.world import World

_PHONE = re.compile(r"\+?[0-9 ()-]{5,24}")
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def asked_for(body: Json) -> str:
    """Return the recipient as the caller wrote it, or nothing."""
    return str(body.get("to") or body.get("recipient") or "")


def chat_with(world: World, number: Number, body: Json) -> Chat:
    """Return the chat with the recipient; one who is nowhere in WhatsApp has a chat of no use."""
    if body.get("recipient_type", "individual") != "individual":
        raise wrong("recipient_type is individual; groups are not served here")
    name = _name(body)
    if digits(name) == number.phone:
        raise GraphError(131021, "The recipient's phone number is the sender's")
    customer = world.customer(name)
    if customer is not None:
        return world.chat(number, customer)
    return Chat(number, _stranger(name))


def _name(body: Json) -> str:
    to, recipient = body.get("to"), body.get("recipient")
    if to:
        if not isinstance(to, str) or not _PHONE.fullmatch(to):
            raise wrong("to is a phone number; a business-scoped user ID goes into recipient")
        return digits(to)
    if not recipient:
        raise required("to")
    if not isinstance(recipient, str) or not _USER_ID.fullmatch(recipient):
        raise wrong("recipient is a business-scoped user ID")
    return recipient


def _stranger(name: str) -> Customer:
    phone = name if name.isdigit() else ""
    user_id = "" if phone else name
    return Customer(name, "", phone, user_id, wa_id=phone, reachable=False)


def shown(chat: Chat, body: Json) -> Json:
    """Return the contact that the answer names."""
    contact: Json = {"input": asked_for(body)}
    if body.get("to"):
        return contact | {"wa_id": chat.customer.wa_id or chat.customer.phone}
    return contact | {"user_id": chat.customer.user_id}
