"""Build Telegram calls that send locations and contacts; describe other content as text."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiogram.methods import SendContact, SendLocation, SendVenue, TelegramMethod
from aiogram.types import Message

from bot.convert.words import IN_WORDS
from db.tables import MessageType
from desk.content import Content
from desk.texts import translate

_MAX_LATITUDE, _MAX_LONGITUDE = 90.0, 180.0
# Telegram's own limits are higher or not documented.
_MAX_LENGTH = 250


def to_location_or_contact(
    content: Content, common: Mapping[str, Any]
) -> TelegramMethod[Message] | None:
    """Build the call that sends a location or a contact.

    Return None if the content is neither, or has no valid data. `common` is what every message
    needs: chat, topic, and the message that it replies to.
    """
    attributes = content.attributes or {}
    if content.type is MessageType.LOCATION:
        return _to_location(attributes, common)
    if content.type is MessageType.CONTACT and attributes.get("phone"):
        phone = str(attributes["phone"])[:_MAX_LENGTH]
        name = str(attributes.get("name") or attributes["phone"])
        return SendContact(**common, phone_number=phone, first_name=name[:_MAX_LENGTH])
    return None


def _to_location(
    attributes: Mapping[str, Any], common: Mapping[str, Any]
) -> TelegramMethod[Message] | None:
    try:
        latitude, longitude = float(attributes["latitude"]), float(attributes["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    if not (abs(latitude) <= _MAX_LATITUDE and abs(longitude) <= _MAX_LONGITUDE):
        return None
    address = attributes.get("address")
    title = attributes.get("title") or address
    if not title:
        return SendLocation(**common, latitude=latitude, longitude=longitude)
    return SendVenue(
        **common,
        latitude=latitude,
        longitude=longitude,
        title=str(title)[:_MAX_LENGTH],
        address=str(address or title)[:_MAX_LENGTH],
    )


def describe_as_text(content: Content, language: str) -> Content:
    """Describe content that cannot be shown, below the text that came with it."""
    attributes = content.attributes or {}
    if content.text and attributes.get(IN_WORDS):
        return replace(content, type=MessageType.TEXT)
    kind = str(attributes.get("kind") or attributes.get("name") or content.type.value.lower())
    description = translate(language, "topic.other", kind=kind[:_MAX_LENGTH])
    text = f"{content.text}\n{description}" if content.text else description
    return replace(content, type=MessageType.TEXT, text=text)
