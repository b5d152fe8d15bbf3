"""Operations that send: text, places, contacts, typing, read marks and reactions."""

from sandbox.common.json_shapes import Json
from sandbox.waha.engine import chats
from sandbox.waha.engine.payloads import read_tail, to_message
from sandbox.waha.model.errors import refusal
from sandbox.waha.model.records import API, WORKING, Chat, Message
from sandbox.waha.operations.call import Call
from sandbox.waha.state.world import new_tail


def send_text(call: Call) -> Json:
    """Send a text."""
    return send_message(call, "text", body=str(call.body["text"]))


def send_location(call: Call) -> Json:
    """Send a place."""
    facts = call.body
    place = {
        "latitude": str(facts["latitude"]),
        "longitude": str(facts["longitude"]),
        "live": False,
        "name": str(facts["title"]),
    }
    return send_message(call, "location", location=place)


def send_contacts(call: Call) -> Json:
    """Send one contact or several."""
    cards = [str(one.get("vcard") or _card(one)) for one in call.body.get("contacts") or []]
    if not cards:
        raise refusal(400, ["contacts should not be empty"])
    return send_message(call, "contact", vcards=cards)


def _card(contact: Json) -> str:
    if not contact.get("phoneNumber") or not contact.get("fullName"):
        raise refusal(400, ["each contact needs a vcard, or a fullName and a phoneNumber"])
    phone, name = str(contact["phoneNumber"]), str(contact["fullName"])
    number = contact.get("whatsappId") or "".join(filter(str.isdigit, phone))
    return "\n".join(
        (
            "BEGIN:VCARD",
            "VERSION:3.0",
            f"FN:{name}",
            f"TEL;type=CELL;waid={number}:{phone}",
            "END:VCARD",
        )
    )


def send_message(call: Call, kind: str, **content: object) -> Json:
    """Send a message of a kind.

    A caller that sends the same message id twice gets the first message as the answer, because
    phones drop a second message with the same id.
    """
    session, chat = call.in_status(WORKING), call.chat()
    own = call.body.get("id")
    known = chat.messages.get(str(own)) if own else None
    if known is not None:
        return to_message(call.world, session, chat, known)
    message = Message(
        tail=str(own) if own else new_tail(),
        chat_id=str(call.body["chatId"]),
        from_desk=True,
        source=API,
        at=call.world.clock(),
        kind=kind,
        reply_to=_reply(call),
        **content,  # type: ignore[arg-type]  # each kind brings fields of the record
    )
    return chats.post_message(call.world, session, chat, message)


def _reply(call: Call) -> str | None:
    """Return the tail of the message that the call replies to, if there is one.

    WhatsApp sends a plain message if that message does not exist.
    """
    asked = call.body.get("reply_to")
    return read_tail(str(asked)) if asked else None


def send_reaction(call: Call) -> Json:
    """React to a message; an empty reaction removes it."""
    session = call.in_status(WORKING)
    chat, message = _find_message(call, str(call.body["messageId"]))
    emoji = str(call.body["reaction"])
    chats.set_reaction(call.world, session, chat, message, emoji, by_desk=True, source=API)
    return {"id": message.id, "reaction": emoji}


def _find_message(call: Call, message_id: str) -> tuple[Chat, Message]:
    """Return the message with this full id, and its chat."""
    parts = message_id.split("_", 2)
    if len(parts) != 3:  # noqa: PLR2004 - who wrote it, in which chat, its own id
        raise refusal(400, [f"messageId {message_id!r} is no full message id"])
    of_chat = Call(call.world, {"chatId": parts[1], "session": call.session_name}, {}, {})
    chat = of_chat.chat()
    return chat, call.message(chat, message_id)


def send_seen(call: Call) -> Json:
    """Mark the customer's messages as read: those named, or all."""
    call.in_status(WORKING)
    asked = list(call.body.get("messageIds") or [])
    if call.body.get("messageId"):
        asked.append(call.body["messageId"])
    tails = {read_tail(str(one)) for one in asked} if asked else None
    chats.mark_seen(call.world, call.chat(), tails)
    return {}


def start_typing(call: Call) -> Json:
    """Show the customer "typing …"."""
    return _set_typing(call, typing=True)


def stop_typing(call: Call) -> Json:
    """Stop showing the customer "typing …"."""
    return _set_typing(call, typing=False)


def _set_typing(call: Call, *, typing: bool) -> Json:
    call.in_status(WORKING)
    chat = call.chat()
    chat.typing = typing
    call.world.notify_changed(chat)
    return {}
