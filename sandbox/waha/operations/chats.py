"""Operations on chats: list, show, read, edit and delete messages."""

from collections.abc import Callable

from sandbox.common.json_shapes import Json
from sandbox.waha.engine import chats
from sandbox.waha.engine.payloads import to_message
from sandbox.waha.model.errors import refusal
from sandbox.waha.model.records import ACKS, WORKING, Message
from sandbox.waha.operations.call import Call

LIMIT = 10
Filter = Callable[[Message, str], bool]
FILTERS: dict[str, Filter] = {
    "filter.timestamp.lte": lambda message, wanted: message.at <= float(wanted),
    "filter.timestamp.gte": lambda message, wanted: int(message.at) >= float(wanted),
    "filter.fromMe": lambda message, wanted: message.from_desk == (wanted == "true"),
    "filter.ack": lambda message, wanted: ACKS[message.ack] == wanted,
}


def list_messages(call: Call) -> list[Json]:
    """Return a chat's messages, the newest first by default."""
    session, chat = call.in_status(WORKING), call.chat()
    try:
        found = _select(call, list(chat.messages.values()))
    except ValueError:
        raise refusal(400, ["limit, offset and timestamps must be numbers"]) from None
    return [to_message(call.world, session, chat, message) for message in found]


def _select(call: Call, found: list[Message]) -> list[Message]:
    for name, fits in FILTERS.items():
        wanted = call.query.get(name)
        if wanted is not None:
            found = [message for message in found if fits(message, wanted)]
    if call.query.get("sortOrder", "desc") == "desc":
        found.reverse()
    first = int(float(call.query.get("offset", 0)))
    return found[first : first + int(float(call.query.get("limit", LIMIT)))]


def clear_chat(call: Call) -> None:
    """Empty a chat on the linked number's side."""
    call.in_status(WORKING)
    chat = call.chat()
    chat.messages.clear()
    call.world.notify_changed(chat)


def mark_read(call: Call) -> Json:
    """Mark all of the customer's messages as read."""
    call.in_status(WORKING)
    return {"ids": chats.mark_seen(call.world, call.chat())}


def show_message(call: Call) -> Json:
    """Return one message."""
    session, chat = call.in_status(WORKING), call.chat()
    return to_message(call.world, session, chat, call.message(chat, call.path["messageId"]))


def edit_message(call: Call) -> Json:
    """Change the text of a message that this number sent."""
    session, chat = call.in_status(WORKING), call.chat()
    found = call.message(chat, call.path["messageId"])
    if not found.from_desk or found.revoked:
        raise refusal(400, "Only own messages can be edited, and only while they are there")
    chats.edit_message(call.world, session, chat, found, str(call.body["text"]))
    return to_message(call.world, session, chat, found)


def delete_message(call: Call) -> Json:
    """Delete a message for everyone if this number sent it, else only for this side."""
    session, chat = call.in_status(WORKING), call.chat()
    found = call.message(chat, call.path["messageId"])
    if found.from_desk:
        chats.revoke_message(call.world, session, chat, found)
    return {}
