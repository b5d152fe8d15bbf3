"""Convert the desk's content to Telegram objects."""

from typing import Any

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonDefault,
    MenuButtonWebApp,
    MessageEntity,
    ReplyParameters,
    WebAppInfo,
)
from aiogram.utils.formatting import Bold, ExpandableBlockQuote, Text, as_list

from db.queues.payloads import Buttons
from desk.delivery.ports import Card
from desk.formatting.names import clean_name

_MAX_TOPIC_NAME = 128


def to_entities(stored: list[dict[str, Any]] | None) -> list[MessageEntity] | None:
    """Convert stored entities to Telegram entities."""
    return [MessageEntity.model_validate(entity) for entity in stored] if stored else None


def to_keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Build the inline keyboard below a message."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[list(map(_to_button, row)) for row in buttons])


def _to_button(button: dict[str, str]) -> InlineKeyboardButton:
    page = button.get("web_app")
    return InlineKeyboardButton(
        text=button["text"],
        callback_data=button.get("data"),
        url=button.get("url"),
        web_app=None if page is None else WebAppInfo(url=page),
    )


def to_menu_button(buttons: Buttons) -> MenuButtonWebApp | MenuButtonDefault:
    """Build the menu button that opens a page; without one, the bot's own menu."""
    for button in (each for row in buttons for each in row):
        return MenuButtonWebApp(text=button["text"], web_app=WebAppInfo(url=button["web_app"]))
    return MenuButtonDefault()


def to_reply_parameters(provider_id: str | None) -> ReplyParameters | None:
    """Build the reference to the replied message; if that message is gone, send without it."""
    if provider_id is None:
        return None
    return ReplyParameters(message_id=int(provider_id), allow_sending_without_reply=True)


def to_thread_id(topic: str | None) -> int | None:
    """Convert a topic to a thread id; the General topic has none."""
    return int(topic) if topic is not None else None


def to_topic_name(title: str) -> str:
    """Convert a customer's name to a topic name."""
    return clean_name(title, _MAX_TOPIC_NAME) or "…"


def render_card(card: Card) -> tuple[str, list[MessageEntity]]:
    """Render a card with entities, not markup: a customer's name must not act as markup."""
    lines = [Text(Bold(label), ": ", value) for label, value in card.lines]
    if card.history is not None:
        lines.append(Text("\n", ExpandableBlockQuote(card.history)))
    return as_list(*lines).render()
