"""Update the reply window and the last-read marker."""

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
    """Changes to a conversation from the customer's newest message; None: no change."""

    reply_until: datetime | None = None
    last_inbound_id: str | None = None


async def update_reply_windows(
    tx: AsyncSession, changes_by_id: Mapping[ConversationId, ReplyWindowUpdate]
) -> None:
    """Write the changes of many conversations at once."""
    if not changes_by_id:
        return
    changes: dict[str, Any] = {}
    for column in (conversations.c.reply_until, conversations.c.last_inbound_id):
        values = {
            each: value
            for each, change in changes_by_id.items()
            if (value := getattr(change, column.name)) is not None
        }
        if values:
            changes[column.name] = _build_case(column, values)
    if changes:
        these = conversations.c.id.in_(sorted(changes_by_id))
        await tx.execute(update(conversations).where(these).values(changes))


def _build_case(column: Column[Any], values: Mapping[ConversationId, Any]) -> Any:
    typed = {each: literal(value, column.type) for each, value in values.items()}
    return case(typed, value=conversations.c.id, else_=column)


async def close_reply_window(
    tx: AsyncSession, conversation_id: ConversationId, now: datetime
) -> None:
    """Save that a conversation's reply window is closed from now on."""
    await tx.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(reply_until=now)
    )
