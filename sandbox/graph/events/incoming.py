"""Incoming events as webhooks report them: messages, reactions, edits and deletions."""

from typing import Any

from sandbox.common.json_shapes import Json
from sandbox.graph.events.webhook_values import (
    new_message_id,
    send_message_webhook,
    to_error,
    to_sender,
)
from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import CUSTOMER, Chat, Customer, Media, Message
from sandbox.graph.state.world import World


def receive_message(
    world: World,
    chat: Chat,
    kind: str,
    content: Any,
    *,
    reply_to: str = "",
    more: Json | None = None,
) -> Message:
    """Let a customer write: the reply window opens, and the webhook is notified.

    `more` goes into the message as it is: referral, context with `forwarded`, errors.
    """
    message = Message(
        new_message_id(_name(chat.customer), outgoing=False),
        outgoing=False,
        kind=kind,
        content=content,
        at=world.clock.now(),
        more=dict(more or {}),
        reply_to=reply_to,
    )
    world.keep(chat, message)
    chat.last_inbound = message.at
    send_message_webhook(world, chat, to_webhook_message(world, chat, message))
    return message


def _name(customer: Customer) -> str:
    return customer.wa_id or customer.user_id


def to_webhook_message(world: World, chat: Chat, message: Message) -> Json:
    """Return a customer's message as the webhook has it."""
    shape = to_sender(world, chat.customer) | {
        "id": message.id,
        "timestamp": str(int(message.at)),
        "type": message.kind,
    }
    if message.content is not None:
        shape[message.kind] = message.content
    shape |= {name: value for name, value in message.more.items() if name != "media_id"}
    context = {**_reply_context(chat, message.reply_to), **message.more.get("context", {})}
    return {**shape, "context": context} if context else shape


def _reply_context(chat: Chat, message_id: str) -> Json:
    """Return the context of a reply: the author and the id of the message it answers."""
    if not message_id:
        return {}
    target = chat.messages.get(message_id)
    outgoing = target is None or target.outgoing
    return {"from": chat.number.phone if outgoing else chat.customer.wa_id, "id": message_id}


def to_file_content(media: Media, kind: str, facts: Json) -> Json:
    """Return the content of a message with a file."""
    content: Json = {"mime_type": media.mime, "sha256": media.sha256, "id": media.id}
    if facts.get("caption"):
        content["caption"] = facts["caption"]
    if kind == "document":
        content["filename"] = facts.get("filename") or media.filename
    if kind == "audio":
        content["voice"] = bool(facts.get("voice"))
    if kind == "sticker":
        content["animated"] = b"ANIM" in media.data[:64]
    return content


def receive_reaction(
    world: World, chat: Chat, target: Message, emoji: str, *, empty: bool = False
) -> str:
    """Let a customer react; without an emoji the reaction is removed.

    `empty` sends "" then, as some versions do, instead of leaving the emoji out.
    """
    target.reactions.pop(CUSTOMER, None)
    content: Json = {"message_id": target.id}
    if emoji or empty:
        content["emoji"] = emoji
    if emoji:
        target.reactions[CUSTOMER] = emoji
    chat.last_inbound = world.clock.now()
    world.notify_changed("reaction", chat, target)
    return _send_event(world, chat, "reaction", content)


def receive_edit(world: World, chat: Chat, target: Message, content: Json) -> str:
    """Let a customer edit a message; the webhook has the form that coexistence uses."""
    old = dict(target.content) if isinstance(target.content, dict) else {}
    target.edits.append(old)
    target.content = {**old, **content}
    world.notify_changed("message", chat, target)
    message: Json = {"type": target.kind, target.kind: target.content}
    return _send_event(world, chat, "edit", {"original_message_id": target.id, "message": message})


def receive_deletion(world: World, chat: Chat, target: Message) -> str:
    """Let a customer delete a message for everyone."""
    target.deleted = True
    world.notify_changed("message", chat, target)
    return _send_event(world, chat, "revoke", {"original_message_id": target.id})


def _send_event(world: World, chat: Chat, kind: str, content: Json) -> str:
    """Send a webhook for an event that adds no message to the chat; return its id."""
    event_id = new_message_id(_name(chat.customer), outgoing=False)
    shape = to_sender(world, chat.customer) | {"id": event_id}
    shape |= {"timestamp": str(int(world.clock.now())), "type": kind, kind: content}
    send_message_webhook(world, chat, shape)
    return event_id


def receive_unsupported(world: World, chat: Chat, what: str) -> Message:
    """Let a customer send a message that the Cloud API does not support."""
    error = to_error(world, GraphError(131051, "Message type is currently not supported."))
    return receive_message(world, chat, "unsupported", {"type": what}, more={"errors": [error]})


def change_customer_identity(
    world: World, chat: Chat, *, phone: str | None, user_id: str | None
) -> str:
    """Report a customer's new phone or business-scoped id; the webhook has no contacts.

    The message names the old identity in `from` and `from_user_id`, the new one in `system`.
    """
    customer = chat.customer
    shape = to_sender(world, customer)
    old = customer.user_id if phone is None else customer.phone
    system: Json = {"type": "user_changed_user_id" if phone is None else "user_changed_number"}
    system["body"] = f"User {customer.name} changed from {old} to {phone or user_id}"
    left = world.settings.leave_out
    if (phone or customer.wa_id) and "wa_id" not in left:
        system["wa_id"] = phone or customer.wa_id
    if (user_id or customer.user_id) and "user_id" not in left:
        system["user_id"] = user_id or customer.user_id
    shape |= {"id": new_message_id(_name(customer), outgoing=False), "type": "system"}
    shape |= {"timestamp": str(int(world.clock.now())), "system": system}
    send_message_webhook(world, chat, shape, contacts=False)
    return str(shape["id"])
