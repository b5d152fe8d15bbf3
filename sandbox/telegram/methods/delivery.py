"""Handles the parameters of every send: chat, topic, reply, buttons, protection."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.model.records import GENERAL_THREAD, Room
from sandbox.telegram.model.shapes import utf16_length
from sandbox.telegram.rooms.keyboards import check_markup
from sandbox.telegram.rooms.posting import Author, post_message
from sandbox.telegram.state.call import Call, find_room, find_writable_room, has_right
from sandbox.telegram.state.world import World
from sandbox.telegram.text.formatting import parse_text


def deliver(call: Call, content: Json) -> Json:
    """Post content into the chat that the call names and return the message."""
    room = find_writable_room(call)
    return deliver_into(call, room, content)


def deliver_into(call: Call, room: Room, content: Json) -> Json:
    """Post content into a chat, with the call's topic, reply and buttons."""
    params = call.params
    thread = find_thread(call, room)
    reply: Json | None = None
    extra: Json = {}
    if "reply_parameters" in params:
        reply, extra = _reply(call, room, params["reply_parameters"], thread)
        thread = thread or _find_topic(call.world, room, reply)
    if "reply_markup" in params:
        extra |= check_markup(params["reply_markup"], is_private=room.is_private)
    if params.get("protect_content"):
        extra["has_protected_content"] = True
    if "message_effect_id" in params and room.is_private:
        extra["effect_id"] = params["message_effect_id"]
    if "ephemeral_message_parameters" in params:
        extra |= _find_receiver(call, room)
    content = {**content, **extra} if extra else content
    posted = post_message(
        call.world, room, Author(call.bot.user), content, thread=thread, reply=reply
    )
    return {**posted, "message_id": 0} if "receiver_user" in extra else posted


def _find_receiver(call: Call, room: Room) -> Json:
    """Return the fields of a message that one member of a group sees."""
    receiver = int(call.params["ephemeral_message_parameters"]["receiver_user_id"])
    member, person = room.members.get(receiver), call.world.people.get(receiver)
    if room.is_private or member is None or person is None or not member.is_inside:
        raise bad_request("USER_NOT_PARTICIPANT")
    number = call.world.preview_message_id(room)
    return {"receiver_user": person.user, "ephemeral_message_id": number}


def find_thread(call: Call, room: Room) -> int:
    """Return the topic that the call names, 0 for none; a supergroup without topics ignores it."""
    thread: int = call.params.get("message_thread_id", 0)
    if room.is_private and call.world.has_topics(room):
        return _find_private_thread(room, thread)
    if not room.is_supergroup:
        if thread:
            raise errors.thread_not_found()
        return 0
    if not room.is_forum:
        return 0
    topic = room.topics.get(thread or GENERAL_THREAD)
    if thread and (thread == GENERAL_THREAD or topic is None or topic.deleted):
        raise errors.thread_not_found()
    if topic is not None and topic.closed and not has_right(room, call.bot, "can_manage_topics"):
        raise errors.topic_closed()
    return thread


def _find_private_thread(room: Room, thread: int) -> int:
    """Return the topic of a private chat; that of a deleted topic is ignored, as Telegram does."""
    topic = room.topics.get(thread)
    if thread and topic is None:
        raise errors.thread_not_found()
    return thread if topic is not None and not topic.deleted else 0


def _find_topic(world: World, room: Room, reply: Json | None) -> int:
    if reply is None or not reply.get("is_topic_message") or not world.has_topics(room):
        return 0
    return int(reply["message_thread_id"])


def _reply(call: Call, room: Room, asked: Json, thread: int) -> tuple[Json | None, Json]:
    """Return the message replied to and the other fields that the reply adds."""
    source = room
    if "chat_id" in asked and asked["chat_id"] != room.id:
        source = find_room(Call(call.world, call.bot, asked))
    target = source.messages.get(int(asked.get("message_id", 0)))
    if target is None or (
        thread and source is room and thread != _find_topic(call.world, room, target)
    ):
        if asked.get("allow_sending_without_reply"):
            return None, {}
        raise errors.reply_not_found()
    extra = _quote(call, asked, target)
    if source is room:
        return target, extra
    return None, {**extra, "external_reply": _external_reply(source, target)}


def _quote(call: Call, asked: Json, target: Json) -> Json:
    if not asked.get("quote"):
        return {}
    mode, entities = asked.get("quote_parse_mode"), asked.get("quote_entities")
    quote, found = parse_text(call.world, asked["quote"], mode, entities)
    whole: str = target.get("text") or target.get("caption") or ""
    if not quote or quote not in whole:
        raise errors.quote_invalid()
    position = utf16_length(whole[: whole.index(quote)])
    shape: Json = {"text": quote, "position": position, "is_manual": True}
    return {"quote": {**shape, "entities": found} if found else shape}


def _external_reply(source: Room, target: Json) -> Json:
    shape: Json = {"origin": build_origin(target)}
    if source.is_supergroup:
        shape |= {"chat": source.chat, "message_id": target["message_id"]}
    return shape


def build_origin(message: Json) -> Json:
    """Return the MessageOrigin of a message; a forwarded message keeps its first origin."""
    if "forward_origin" in message:
        kept: Json = message["forward_origin"]
        return kept
    if "sender_chat" in message:
        return {"type": "chat", "sender_chat": message["sender_chat"], "date": message["date"]}
    return {"type": "user", "sender_user": message["from"], "date": message["date"]}


def refuse_inline_message(params: Json) -> None:
    """Refuse calls that name an inline message, which this stand-in does not have."""
    if "inline_message_id" in params:
        raise bad_request("MESSAGE_ID_INVALID")
