"""Statuses of sent messages: sent, delivered, read, played, or failed."""

import asyncio
import secrets

from sandbox.common.json_shapes import Json
from sandbox.graph.events.webhook_values import (
    MESSAGES,
    build_value,
    send_webhook,
    to_contact,
    to_error,
    to_recipient,
)
from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import Chat, Message
from sandbox.graph.model.settings import DELIVERED, PLAYED, READ, SENT, STATUS_RANK
from sandbox.graph.state.world import World

DAY = 86_400


def is_voice(message: Message) -> bool:
    """Check whether a message is a voice message, the only kind that is played."""
    return message.kind == "audio" and bool(message.more.get("voice"))


def advance_status(
    world: World, chat: Chat, message: Message, status: str, error: GraphError | None = None
) -> None:
    """Send a status of a message; it is sent even if the message was further already."""
    at = world.clock.now()
    message.steps.append({"status": status, "at": at, "code": error.code if error else None})
    shape: Json = {"id": message.id, "status": status, "timestamp": str(int(at))}
    shape |= to_recipient(world, chat.customer)
    if error is None:
        shape |= _pricing(world, chat, message, status)
    else:
        shape["errors"] = [to_error(world, error)]
    if message.callback_data is not None:
        shape["biz_opaque_callback_data"] = message.callback_data
    value = build_value(chat.number)
    if error is None and not world.settings.leave_out & {"contacts", "status_contacts"}:
        value["contacts"] = [to_contact(world, chat.customer)]
    send_webhook(world, chat.number, MESSAGES, {**value, "statuses": [shape]}, chat.key)
    world.notify_changed("status", chat, message)


def _pricing(world: World, chat: Chat, message: Message, status: str) -> Json:
    """Return the conversation and the price that a status contains."""
    if status in {READ, PLAYED}:
        return {}
    left, category = world.settings.leave_out, str(message.more.get("category", "service"))
    costs: Json = {}
    if "conversation" not in left:
        chat.conversation = chat.conversation or secrets.token_hex(16)
        costs["conversation"] = {"id": chat.conversation, "origin": {"type": category}}
        if status == SENT:
            expires = int(message.at) + DAY
            costs["conversation"]["expiration_timestamp"] = str(expires)
    if "pricing" not in left:
        free = category == "service"
        costs["pricing"] = {"billable": not free, "pricing_model": "PMP", "category": category}
        costs["pricing"]["type"] = "free_customer_service" if free else "regular"
    return costs


async def send_automatic_statuses(world: World, chat: Chat, message: Message) -> None:
    """Send the automatic statuses in the settings' order, each after its delay.

    Statuses that the message has passed in the meantime are left out.
    """
    told = 0
    for status in world.settings.ladder:
        if not _can_reach(chat, message, status):
            break
        if len(message.steps) > told and STATUS_RANK[message.status] >= STATUS_RANK[status]:
            continue
        advance_status(world, chat, message, status)
        told += 1
        await asyncio.sleep(world.settings.delay)


def _can_reach(chat: Chat, message: Message, status: str) -> bool:
    """Check whether a message gets this far: phones may be off, and reactions are only sent."""
    customer = chat.customer
    if status == SENT:
        return True
    if not customer.online or chat.number.id in customer.blocked or message.kind == "reaction":
        return False
    return status != PLAYED or is_voice(message)


def deliver_pending(world: World, chat: Chat) -> None:
    """Deliver the messages that waited for the customer's phone."""
    for message in chat.messages.values():
        if message.outgoing and message.status == SENT and _can_reach(chat, message, DELIVERED):
            advance_status(world, chat, message, DELIVERED)


def mark_read(world: World, chat: Chat, up_to: str | None) -> list[str]:
    """Let the customer read everything, or everything up to a message; return the ids."""
    found: list[str] = []
    for message in list(chat.messages.values()):
        if message.outgoing and message.status in {SENT, DELIVERED} and message.kind != "reaction":
            advance_status(world, chat, message, READ)
            found.append(message.id)
        if message.id == up_to:
            break
    return found
