"""Messages, reactions, edits and the rest as WAHA's schema has them."""

import math

from sandbox.common.json_shapes import Json
from sandbox.waha.model.records import ACKS, Chat, Message, Person, Session, StoredFile
from sandbox.waha.state.world import WahaWorld, new_tail


def to_timestamp(world: WahaWorld, at: float) -> float:
    """Return a moment in Unix seconds, whole ones unless floats are asked for."""
    return round(at, 3) + 0.001 if world.tuning.float_timestamps else math.floor(at)


def media_url(world: WahaWorld, file: StoredFile) -> str:
    """Return the URL of a file, which requires the API key."""
    base = world.tuning.media_base or world.base_url
    return f"{base}/api/files/{file.session}/{file.id}"


def to_media(world: WahaWorld, file_id: str | None) -> Json | None:
    """Return the media of a message; None if it has none."""
    if file_id is None:
        return None
    file = world.files.get(file_id)
    if file is None:
        return {"url": None, "mimetype": None, "filename": None, "error": {"message": "Not found"}}
    kind = {"mimetype": file.mimetype, "filename": file.filename}
    return {"url": media_url(world, file), **kind, "error": None}


def build_message_stub(
    world: WahaWorld, session: Session, message: Message, tail: str, at: float
) -> Json:
    """Return the fields of every event about a message, with the id of the event."""
    me = session.me["id"] if session.me else None
    sides = (me, message.chat_id) if message.from_desk else (message.chat_id, me)
    return {
        "id": f"{str(message.from_desk).lower()}_{message.chat_id}_{tail}",
        "timestamp": to_timestamp(world, at),
        "from": sides[0],
        "fromMe": message.from_desk,
        "source": message.source,
        "to": sides[1],
        "participant": None,
    }


def to_message(world: WahaWorld, session: Session, chat: Chat, message: Message) -> Json:
    """Return a message as WAHA's WAMessage."""
    picture = to_media(world, message.file)
    shape: Json = {
        **build_message_stub(world, session, message, message.tail, message.at),
        "body": message.body,
        "hasMedia": picture is not None,
        "media": picture,
        "mediaUrl": picture["url"] if picture else None,
        "ack": message.ack,
        "ackName": ACKS[message.ack],
        "replyTo": _reply(world, chat, message.reply_to),
        "vCards": message.vcards,
        "_data": _engine_data(world, chat, message),
    }
    return {**shape, "location": message.location} if message.location else shape


def _reply(world: WahaWorld, chat: Chat, tail: str | None) -> Json | None:
    if tail is None:
        return None
    quoted = chat.messages.get(tail)
    if quoted is None:
        return {"id": tail, "participant": None, "body": None, "hasMedia": False, "media": None}
    picture = to_media(world, quoted.file)
    shape: Json = {"id": quoted.tail, "participant": quoted.chat_id, "body": quoted.body}
    return {**shape, "hasMedia": picture is not None, "media": picture}


def _engine_data(world: WahaWorld, chat: Chat, message: Message) -> Json:
    """Return the engine's own data; each engine has another field for the sender's name."""
    person = world.people.get(chat.phone)
    if message.from_desk or person is None:
        return {}
    if world.tuning.engine == "GOWS":
        return {"Info": {"PushName": person.name}}
    return {"notifyName" if world.tuning.engine == "WEBJS" else "pushName": person.name}


def to_ack(world: WahaWorld, session: Session, message: Message) -> Json:
    """Return the ack of a message."""
    names = ("id", "from", "to", "participant", "fromMe")
    facts = build_message_stub(world, session, message, message.tail, message.at)
    shape: Json = {name: facts[name] for name in names}
    return {**shape, "ack": message.ack, "ackName": ACKS[message.ack], "_data": {}}


def act_on(message: Message, *, by_desk: bool, source: str) -> Message:
    """Return a message that represents an action on another message of the same chat."""
    return Message("", message.chat_id, by_desk, source, message.at)


def to_reaction(
    world: WahaWorld, session: Session, message: Message, emoji: str, by: Message
) -> Json:
    """Return a reaction; an empty emoji means that it was removed."""
    shape = build_message_stub(world, session, by, new_tail(), world.clock())
    return {**shape, "reaction": {"text": emoji, "messageId": message.id}}


def to_edit(world: WahaWorld, session: Session, chat: Chat, message: Message) -> Json:
    """Return an edit: a separate message that names the edited one by its tail."""
    shape = to_message(world, session, chat, message)
    shape |= build_message_stub(world, session, message, new_tail(), world.clock())
    return {**shape, "editedMessageId": message.tail}


def to_revocation(world: WahaWorld, session: Session, message: Message) -> Json:
    """Return the revocation of a message; its text is not included."""
    facts = build_message_stub(world, session, message, new_tail(), world.clock())
    after: Json = {**facts, "body": "", "hasMedia": False, "mediaUrl": None}
    after |= {"ack": message.ack, "ackName": ACKS[message.ack]}
    return {"revokedMessageId": message.tail, "before": None, "after": after, "_data": {}}


def find_address(world: WahaWorld, chat_id: str) -> Person | None:
    """Return the customer that a chat id names; an unknown phone becomes a new customer."""
    digits, _, host = chat_id.partition("@")
    if not digits.isascii() or not digits.isdigit():
        return None
    if host == "lid":
        return world.lids.get(digits)
    if host not in {"c.us", "s.whatsapp.net"}:
        return None
    return world.people.get(digits) or world.add_person(digits, f"+{digits}", "")


def read_tail(message_id: str) -> str:
    """Return a message's own id (tail), from a full id or from a tail."""
    return message_id.rpartition("_")[2]
