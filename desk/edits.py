"""An edit replaces a message's text and keeps the earlier one in its history."""

from enum import Enum
from typing import Any

from sqlalchemy import select, update

from db.dialect import table_of
from db.ids import MessageId
from db.tables import Message
from desk.content import Content
from desk.desk import Desk

messages = table_of(Message)


class Change(Enum):
    """What an edit changed."""

    NOTHING = "nothing"
    TEXT = "text"
    FILE = "file"


async def keep_edit(desk: Desk, message_id: MessageId, content: Content) -> Change:
    """Keep a message's new text or file, the earlier one in its history; tell what changed."""
    await desk.write_collected()  # the message may have been written in this very transaction
    rows = await desk.tx.execute(
        select(messages.c.message, messages.c.entities, messages.c.file, messages.c.history).where(
            messages.c.id == message_id
        )
    )
    kept = rows.first()
    if kept is None:
        return Change.NOTHING
    change = _change(kept, content)
    if change is Change.NOTHING:
        return change
    earlier = {
        "message": kept.message,
        "entities": kept.entities,
        "file": kept.file,
        "until": desk.now.isoformat(),
    }
    desk.events.message_edited(message_id)
    await desk.tx.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(
            message=content.text,
            entities=content.entities,
            file=content.file,
            edited_at=desk.now,
            history=[*(kept.history or []), earlier],
        )
    )
    return change


def _change(kept: Any, content: Content) -> Change:
    if (kept.file or {}).get("unique") != (content.file or {}).get("unique"):
        return Change.FILE
    if (kept.message, kept.entities) != (content.text, content.entities):
        return Change.TEXT
    return Change.NOTHING
