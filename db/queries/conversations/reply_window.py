"""What a provider counts from: until when to answer freely, and what is to be marked as read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, case, literal, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ConversationId
from db.tables import Conversation

conversations = get_table(Conversation)


@dataclass(slots=True)
class ReplyWindowUpdate:
    """What a customer's newest message changes of their conversation; None: nothing."""

    reply_until: datetime | None = None
    last_inbound_id: str | None = None


async def update_reply_windows(
    tx: AsyncSession, heard: Mapping[ConversationId, ReplyWindowUpdate]
) -> None:
    """Write it down for many conversations at once."""
    if not heard:
        return
    changes: dict[str, Any] = {}
    for column in (conversations.c.reply_until, conversations.c.last_inbound_id):
        values = {
            each: value
            for each, about in heard.items()
            if (value := getattr(about, column.name)) is not None
        }
        if values:
            changes[column.name] = _build_case(column, values)
    if changes:
        these = conversations.c.id.in_(sorted(heard))
        await tx.execute(update(conversations).where(these).values(changes))


def _build_case(column: Column[Any], values: Mapping[ConversationId, Any]) -> Any:
    typed = {each: literal(value, column.type) for each, value in values.items()}
    return case(typed, value=conversations.c.id, else_=column)
