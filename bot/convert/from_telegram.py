"""Convert Telegram messages to the desk's content."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiogram.types import Message, MessageEntity, User

from bot.convert.context import describe_context
from bot.convert.polls import describe_poll
from bot.convert.words import IN_WORDS, describe_words
from db.tables import MessageType
from desk.content import Content, IncomingMessage, Person
from desk.formatting.vcards import parse_vcard
from desk.messages.context import LIVE

_File = dict[str, Any]
_LINKS = {"url", "text_link"}


def to_person(user: User) -> Person:
    """Convert the author of a message."""
    return Person(
        external_id=str(user.id),
        name=user.full_name,
        # Cut to the column sizes. Telegram's own limits are far lower, and an overlong value must
        # not lose a customer.
        username=user.username and user.username[:64],
        language=user.language_code and user.language_code[:12],
        telegram_id=str(user.id),
    )


def to_author(message: Message, user: User) -> Person:
    """Convert the author of a message, with their phone number if this message shares it.

    Telegram marks a contact as the author's own. Another person's contact says nothing about the
    author.
    """
    person = to_person(user)
    _, attributes = _describe_contact(message) if message.contact else (None, {})
    return replace(person, phone=attributes["phone"]) if attributes.get("is_own") else person


def to_incoming_message(message: Message) -> IncomingMessage:
    """Convert a message with its content, its location and the message that it replies to."""
    return IncomingMessage(
        content=to_content(message),
        chat=str(message.chat.id),
        provider_id=str(message.message_id),
        reply_to=_find_reply_target(message),
        topic=_find_private_topic(message),
    )


def _find_private_topic(message: Message) -> str | None:
    """Return the topic of a private chat that a message was written in."""
    if message.chat.type != "private" or not message.is_topic_message:
        return None
    return str(message.message_thread_id)


def to_content(message: Message) -> Content:
    """Convert the content of a message of any type."""
    place = (str(message.chat.id), str(message.message_id))
    if message.text is not None:
        entities = _to_entities(message.entities)
        has_link = any(each["type"] in _LINKS for each in entities or ())
        kind = MessageType.LINK if has_link else MessageType.TEXT
        about = describe_context(message) or None
        return Content(
            type=kind, text=message.text, entities=entities, attributes=about, source=place
        )
    kind, file, described = _describe(message)
    attributes = {**(described or {}), **describe_context(message)} or None
    return Content(
        type=kind,
        text=message.caption or describe_words(message),
        entities=_to_entities(message.caption_entities),
        file=file,
        attributes=attributes,
        album=message.media_group_id,
        source=place,
    )


def _describe(message: Message) -> tuple[MessageType, _File | None, dict[str, Any] | None]:
    file_type = _FILE_TYPES.get(message.content_type)
    if file_type is not None:
        kind, attribute = file_type
        return kind, _to_file(getattr(message, attribute)), None
    describe = _DESCRIBERS.get(message.content_type)
    if describe is not None:
        kind, attributes = describe(message)
        return kind, None, attributes
    return MessageType.OTHER, None, {"kind": message.content_type}


_FILE_TYPES: dict[str, tuple[MessageType, str]] = {
    "photo": (MessageType.IMAGE, "photo"),
    "document": (MessageType.FILE, "document"),
    "video": (MessageType.VIDEO, "video"),
    "animation": (MessageType.ANIMATION, "animation"),
    "audio": (MessageType.AUDIO, "audio"),
    "voice": (MessageType.VOICE, "voice"),
    "video_note": (MessageType.VIDEO_NOTE, "video_note"),
    "sticker": (MessageType.STICKER, "sticker"),
}


def _describe_location(message: Message) -> tuple[MessageType, dict[str, Any]]:
    place = message.venue.location if message.venue else message.location
    assert place is not None  # noqa: S101 the content type says so
    attributes: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
    if place.live_period:
        attributes[LIVE] = place.live_period
    if message.venue:
        attributes |= {"title": message.venue.title, "address": message.venue.address}
    return MessageType.LOCATION, attributes


def _describe_contact(message: Message) -> tuple[MessageType, dict[str, Any]]:
    shared = message.contact
    assert shared is not None  # noqa: S101 the content type says so
    name = " ".join(filter(None, (shared.first_name, shared.last_name)))
    card = parse_vcard(shared.vcard or "")
    attributes: dict[str, Any] = {"phone": shared.phone_number, "name": name}
    numbers = {"".join(filter(str.isdigit, each)): each for each in card.phones}
    others = [each for digits, each in numbers.items() if digits not in shared.phone_number]
    more = {
        "first_name": shared.first_name if shared.last_name else None,
        "last_name": shared.last_name,
        "phones": [shared.phone_number, *others] if others else None,
        "emails": list(card.emails),
        "company": card.company,
    }
    attributes |= {key: value for key, value in more.items() if value}
    if message.from_user is not None and shared.user_id == message.from_user.id:
        attributes["is_own"] = True
    return MessageType.CONTACT, attributes


def _describe_poll(message: Message) -> tuple[MessageType, dict[str, Any]]:
    return MessageType.OTHER, describe_poll(message)


def _describe_dice(message: Message) -> tuple[MessageType, dict[str, Any]]:
    # No bot can roll the same again: its words say all.
    return MessageType.OTHER, {"kind": message.content_type, IN_WORDS: True}


_DESCRIBERS: dict[str, Callable[[Message], tuple[MessageType, dict[str, Any]]]] = {
    "location": _describe_location,
    "venue": _describe_location,
    "contact": _describe_contact,
    "poll": _describe_poll,
    "dice": _describe_dice,
}


def _to_file(media: Any) -> _File:
    largest = media[-1] if isinstance(media, list) else media
    file = {
        "id": largest.file_id,
        "unique": largest.file_unique_id,
        "size": largest.file_size,
        "name": getattr(largest, "file_name", None),
        "mime": getattr(largest, "mime_type", None),
    }
    return {name: value for name, value in file.items() if value is not None}


def _to_entities(entities: list[MessageEntity] | None) -> list[dict[str, Any]] | None:
    if not entities:
        return None
    return [entity.model_dump(mode="json", exclude_none=True) for entity in entities]


def _find_reply_target(message: Message) -> str | None:
    """Return the id of the message that this one replies to.

    In a topic every message has the topic's root as its `reply_to_message`. That is not a reply.
    """
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created is not None:
        return None
    if message.is_topic_message and answered.message_id == message.message_thread_id:
        return None
    return str(answered.message_id)
