"""Handles events in chats, for both sides: messages, acks, reactions, edits and revocations."""

from sandbox.common.json_shapes import Json
from sandbox.waha.engine import payloads, webhook_events
from sandbox.waha.engine.webhook_events import send_event
from sandbox.waha.model.records import (
    ACKS,
    APP,
    CUSTOMER,
    DESK,
    PLAYED,
    READ,
    SERVER,
    Chat,
    Message,
    Session,
)
from sandbox.waha.state.world import WahaWorld

NUMBERS = {name: number for number, name in ACKS.items()}


def post_message(world: WahaWorld, session: Session, chat: Chat, message: Message) -> Json:
    """Add a message to a chat and notify the webhooks; return it as WAHA shows it."""
    message.ack = SERVER
    world.keep(chat, message)
    if message.from_desk:
        chat.typing = False
    shape = payloads.to_message(world, session, chat, message)
    if not message.from_desk:
        send_event(world, session, webhook_events.MESSAGE, shape, chat.phone)
    send_event(world, session, webhook_events.MESSAGE_ANY, shape, chat.phone)
    if message.from_desk:
        _send_automatic_acks(world, session, chat, message)
    return shape


def _send_automatic_acks(world: WahaWorld, session: Session, chat: Chat, message: Message) -> None:
    """Send the automatic acks of a message."""
    person, last = world.people[chat.phone], NUMBERS.get(world.tuning.acks, 0)
    if session.name in person.blocked:
        last = min(last, SERVER)
    for ack in range(SERVER, last + 1):
        if ack < PLAYED or message.kind == "voice":
            set_ack(world, session, chat, message, ack)


def set_ack(world: WahaWorld, session: Session, chat: Chat, message: Message, ack: int) -> None:
    """Set a message's ack to any value and notify the webhooks."""
    message.ack = ack
    world.notify_changed(chat)
    payload = payloads.to_ack(world, session, message)
    send_event(world, session, webhook_events.MESSAGE_ACK, payload, chat.phone)


def read_as_customer(
    world: WahaWorld, session: Session, chat: Chat, *, up_to: int = READ
) -> list[str]:
    """Let the customer read all messages; return the ids of those that were unread."""
    news = [
        one
        for one in chat.messages.values()
        if one.from_desk and 0 <= one.ack < up_to and (up_to < PLAYED or one.kind == "voice")
    ]
    for message in news:
        set_ack(world, session, chat, message, up_to)
    return [message.id for message in news]


def mark_seen(world: WahaWorld, chat: Chat, tails: set[str] | None = None) -> list[str]:
    """Mark the customer's messages as read; None means all of them."""
    news = [
        one
        for one in chat.messages.values()
        if not one.from_desk and not one.seen and (tails is None or one.tail in tails)
    ]
    for message in news:
        message.seen = True
    if news:
        world.notify_changed(chat)
    return [message.id for message in news]


def set_reaction(
    world: WahaWorld,
    session: Session,
    chat: Chat,
    message: Message,
    emoji: str,
    *,
    by_desk: bool,
    source: str = APP,
) -> None:
    """Set a side's reaction to a message; an empty emoji removes it."""
    side = DESK if by_desk else CUSTOMER
    message.reactions.pop(side, None)
    if emoji:
        message.reactions[side] = emoji
    world.notify_changed(chat)
    by = payloads.act_on(message, by_desk=by_desk, source=source)
    payload = payloads.to_reaction(world, session, message, emoji, by)
    send_event(world, session, webhook_events.MESSAGE_REACTION, payload, chat.phone)


def edit_message(
    world: WahaWorld, session: Session, chat: Chat, message: Message, text: str
) -> Json:
    """Change a message's text; return the edit as WAHA sends it."""
    message.body, message.edited = text, True
    world.notify_changed(chat)
    payload = payloads.to_edit(world, session, chat, message)
    send_event(world, session, webhook_events.MESSAGE_EDITED, payload, chat.phone)
    return payload


def revoke_message(world: WahaWorld, session: Session, chat: Chat, message: Message) -> None:
    """Delete a message for everyone."""
    message.revoked = True
    message.body, message.file, message.location, message.vcards = "", None, None, []
    world.notify_changed(chat)
    payload = payloads.to_revocation(world, session, message)
    send_event(world, session, webhook_events.MESSAGE_REVOKED, payload, chat.phone)
