"""What is neither words nor a file, as Telegram takes it: places, contacts; the rest as words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiogram.methods import SendContact, SendLocation, SendVenue, TelegramMethod
from aiogram.types import Message

from db.tables import MessageType
from desk.content import Content
from desk.texts import translate

_NORTH, _EAST = 90.0, 180.0
# Telegram's own limits are wider or not told.
_LONGEST = 250


def thing(content: Content, common: Mapping[str, Any]) -> TelegramMethod[Message] | None:
    """Say how to send a place or a contact; None: it is neither, or not one that can be shown.

    `common` is what goes with every message: chat, topic, what it answers.
    """
    said = content.attributes or {}
    if content.type is MessageType.LOCATION:
        return _place(said, common)
    if content.type is MessageType.CONTACT and said.get("phone"):
        phone, name = str(said["phone"])[:_LONGEST], str(said.get("name") or said["phone"])
        return SendContact(**common, phone_number=phone, first_name=name[:_LONGEST])
    return None


def _place(said: Mapping[str, Any], common: Mapping[str, Any]) -> TelegramMethod[Message] | None:
    try:
        latitude, longitude = float(said["latitude"]), float(said["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    if not (abs(latitude) <= _NORTH and abs(longitude) <= _EAST):
        return None
    title, address = said.get("title") or said.get("address"), said.get("address")
    if not title:
        return SendLocation(**common, latitude=latitude, longitude=longitude)
    return SendVenue(
        **common,
        latitude=latitude,
        longitude=longitude,
        title=str(title)[:_LONGEST],
        address=str(address or title)[:_LONGEST],
    )


def in_words(content: Content, language: str) -> Content:
    """Say what something is that cannot be shown, after the words that came with it."""
    said = content.attributes or {}
    kind = str(said.get("kind") or said.get("name") or content.type.value.lower())[:_LONGEST]
    words = translate(language, "topic.other", kind=kind)
    text = f"{content.text}\n{words}" if content.text else words
    return replace(content, type=MessageType.TEXT, text=text)
