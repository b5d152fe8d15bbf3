"""What is neither words nor a file, as Telegram takes it: places, contacts; the rest as words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiogram.methods import SendContact, SendLocation, SendVenue, TelegramMethod
from aiogram.types import Message

from db.tables import MessageType
from desk.content import Content
from desk.texts import translate

_MAX_LATITUDE, _MAX_LONGITUDE = 90.0, 180.0
# Telegram's own limits are wider or not told.
_MAX_LENGTH = 250


def to_location_or_contact(
    content: Content, common: Mapping[str, Any]
) -> TelegramMethod[Message] | None:
    """Say how to send a place or a contact; None: it is neither, or not one that can be shown.

    `common` is what goes with every message: chat, topic, what it answers.
    """
    said = content.attributes or {}
    if content.type is MessageType.LOCATION:
        return _to_location(said, common)
    if content.type is MessageType.CONTACT and said.get("phone"):
        phone, name = str(said["phone"])[:_MAX_LENGTH], str(said.get("name") or said["phone"])
        return SendContact(**common, phone_number=phone, first_name=name[:_MAX_LENGTH])
    return None


def _to_location(
    said: Mapping[str, Any], common: Mapping[str, Any]
) -> TelegramMethod[Message] | None:
    try:
        latitude, longitude = float(said["latitude"]), float(said["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    if not (abs(latitude) <= _MAX_LATITUDE and abs(longitude) <= _MAX_LONGITUDE):
        return None
    title, address = said.get("title") or said.get("address"), said.get("address")
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
    """Say what something is that cannot be shown, after the words that came with it."""
    said = content.attributes or {}
    kind = str(said.get("kind") or said.get("name") or content.type.value.lower())[:_MAX_LENGTH]
    words = translate(language, "topic.other", kind=kind)
    text = f"{content.text}\n{words}" if content.text else words
    return replace(content, type=MessageType.TEXT, text=text)
