"""The desk's content as Telegram takes it."""

from typing import Any

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyParameters,
)
from aiogram.utils.formatting import Bold, Text, as_list

from desk.delivery.ports import Card
from desk.unit_of_work import Buttons

_MAX_TOPIC_NAME = 128


def to_entities(kept: list[dict[str, Any]] | None) -> list[MessageEntity] | None:
    """Give a text its entities back."""
    return [MessageEntity.model_validate(entity) for entity in kept] if kept else None


def to_keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Build the buttons below a message."""
    if not buttons:
        return None
    rows = [
        [InlineKeyboardButton(text=each["text"], callback_data=each["data"]) for each in row]
        for row in buttons
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def to_reply_parameters(provider_id: str | None) -> ReplyParameters | None:
    """Name the message to answer; if it is gone the answer goes without it."""
    if provider_id is None:
        return None
    return ReplyParameters(message_id=int(provider_id), allow_sending_without_reply=True)


def to_thread_id(topic: str | None) -> int | None:
    """Name a topic; General has no number."""
    return int(topic) if topic is not None else None


def to_topic_name(title: str) -> str:
    """Make a topic's name of a customer's."""
    return title.strip()[:_MAX_TOPIC_NAME] or "…"


def render_card(card: Card) -> tuple[str, list[MessageEntity]]:
    """Write a card: entities, not markup, so that nothing in a customer's name is one."""
    lines = [Text(Bold(label), ": ", value) for label, value in card.lines]
    return as_list(*lines).render()
