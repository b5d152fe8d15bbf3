"""Say whose conversation a message is of, in a chat where no topic says it."""

from dataclasses import replace
from typing import Any

from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from desk.content import Content
from desk.delivery.ports import Delivery
from desk.formatting.captions import CAPTION_LIMIT, put_before
from desk.formatting.names import clean_name
from desk.formatting.splitting import TEXT_LIMIT, utf16_length
from desk.messages.context import WITH_CAPTION

_NAME_LENGTH = 64
_NEW_LINE = "\n"


def label_delivery(
    delivery: Delivery, thread: Thread, place: Place, *, is_first: bool = True
) -> Delivery:
    """Put the customer's name above a message; what cannot carry it answers the card instead.

    The first message of an album carries the name for all.
    """
    if place.in_topic or delivery.whole_topic:
        return delivery
    name = _name_customer(thread)
    if not is_first or not _can_carry(delivery.content, name):
        return replace(delivery, reply_to=delivery.reply_to or place.card)
    return replace(delivery, content=_add_name(delivery.content, name), is_labelled=True)


def measure_label(thread: Thread | None, place: Place | None) -> int:
    """Return how many UTF-16 code units the name takes of a message in a place."""
    if thread is None or place is None or place.in_topic:
        return 0
    return utf16_length(f"{_name_customer(thread)}{_NEW_LINE}")


def _name_customer(thread: Thread) -> str:
    return clean_name(thread.name, _NAME_LENGTH) or "…"


def _can_carry(content: Content, name: str) -> bool:
    limit = TEXT_LIMIT if content.is_text else CAPTION_LIMIT
    length = utf16_length(f"{name}{_NEW_LINE}{content.text or ''}")
    return (content.is_text or content.type in WITH_CAPTION) and length <= limit


def _add_name(content: Content, name: str) -> Content:
    bold: dict[str, Any] = {"type": "bold", "offset": 0, "length": utf16_length(name)}
    return put_before(content, name, [bold], _NEW_LINE)
