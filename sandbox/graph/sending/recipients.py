"""Finds a message's recipient: a phone in `to`, or a business-scoped id in `recipient`."""

import re

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import GraphError, missing_parameter, wrong_content
from sandbox.graph.model.records import Chat, Customer, Number
from sandbox.graph.model.shapes import digits
from sandbox.graph.state.world import World

_PHONE = re.compile(r"\+?[0-9 ()-]{5,24}")
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def read_recipient(body: Json) -> str:
    """Return the recipient as the caller wrote it, or nothing."""
    return str(body.get("to") or body.get("recipient") or "")


def find_chat(world: World, number: Number, body: Json) -> Chat:
    """Return the chat with the recipient; an unknown recipient gets a chat that is not kept."""
    if body.get("recipient_type", "individual") != "individual":
        raise wrong_content("recipient_type is individual; groups are not served here")
    name = _name(body)
    if digits(name) == number.phone:
        raise GraphError(131021, "The recipient's phone number is the sender's")
    customer = world.customer(name)
    if customer is not None:
        return world.chat(number, customer)
    return Chat(number, _build_stranger(name))


def _name(body: Json) -> str:
    to, recipient = body.get("to"), body.get("recipient")
    if to:
        if not isinstance(to, str) or not _PHONE.fullmatch(to):
            raise wrong_content(
                "to is a phone number; a business-scoped user ID goes into recipient"
            )
        return digits(to)
    if not recipient:
        raise missing_parameter("to")
    if not isinstance(recipient, str) or not _USER_ID.fullmatch(recipient):
        raise wrong_content("recipient is a business-scoped user ID")
    return recipient


def _build_stranger(name: str) -> Customer:
    phone = name if name.isdigit() else ""
    user_id = "" if phone else name
    return Customer(name, "", phone, user_id, wa_id=phone, reachable=False)


def to_contact(chat: Chat, body: Json) -> Json:
    """Return the contact in the answer."""
    contact: Json = {"input": read_recipient(body)}
    if body.get("to"):
        return contact | {"wa_id": chat.customer.wa_id or chat.customer.phone}
    return contact | {"user_id": chat.customer.user_id}
