"""Describe the context of a message: forwards, quotes, replies to other chats."""

from aiogram.types import (
    Chat,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUnion,
    MessageOriginUser,
)

from desk.messages.context import ABOUT, FORWARDED_FROM, QUOTE


def describe_context(message: Message) -> dict[str, str]:
    """Return the attributes of a message's context."""
    found: dict[str, str | None] = {}
    if message.forward_origin is not None:
        found[FORWARDED_FROM] = _name_origin(message.forward_origin)
    if message.external_reply is not None:
        found[ABOUT] = _name_origin(message.external_reply.origin)
    elif message.reply_to_story is not None:
        found[ABOUT] = _name_chat(message.reply_to_story.chat)
    if message.quote is not None:
        found[QUOTE] = message.quote.text
    return {name: value for name, value in found.items() if value is not None}


def _name_origin(origin: MessageOriginUnion) -> str:
    match origin:
        case MessageOriginUser():
            return origin.sender_user.full_name
        case MessageOriginHiddenUser():
            return origin.sender_user_name
        case MessageOriginChat():
            return _name_chat(origin.sender_chat)
        case MessageOriginChannel():
            return _name_chat(origin.chat)


def _name_chat(chat: Chat) -> str:
    return chat.title or " ".join(filter(None, (chat.first_name, chat.last_name)))
