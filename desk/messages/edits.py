"""An edit replaces a message's text and keeps the earlier one in its history."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import CursorResult, select, update

from db.dialect import table_of
from db.ids import MessageId
from db.tables import Message
from desk.content import Content
from desk.unit_of_work import Desk

messages = table_of(Message)


class Change(Enum):
    """What an edit changed."""

    NOTHING = "nothing"
    TEXT = "text"
    FILE = "file"


async def keep_edit(
    desk: Desk, message_id: MessageId, content: Content, at: datetime | None = None
) -> Change:
    """Keep a message's new text or file, the earlier one in its history; tell what changed.

    `at`: when it was changed, of a provider that may tell an edit after a later one.
    """
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
    if change is Change.NOTHING or (at is not None and _is_older(at, kept.history)):
        return Change.NOTHING
    earlier = {
        "message": kept.message,
        "entities": kept.entities,
        "file": kept.file,
        "until": (at or desk.now).isoformat(),
    }
    desk.events.message_edited(message_id)
    await desk.tx.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(
            message=content.text,
            entities=content.entities,
            file=content.file or kept.file,
            edited_at=desk.now,
            history=[*(kept.history or []), earlier],
        )
    )
    return change


def _change(kept: Any, content: Content) -> Change:
    if content.file is not None and _which(kept.file) != _which(content.file):
        return Change.FILE
    if (kept.message, kept.entities) != (content.text, content.entities):
        return Change.TEXT
    return Change.NOTHING


def _is_older(at: datetime, history: list[dict[str, Any]] | None) -> bool:
    """Tell whether a later edit is known already; of two in one second the later told one holds."""
    return bool(history and at < datetime.fromisoformat(history[-1]["until"]))


def _which(file: Mapping[str, Any] | None) -> Any:
    """Name a file so that the same one has the same name, wherever it was sent."""
    return file and (file.get("unique") or file.get("sha256") or file.get("id"))


async def mark_taken_back(desk: Desk, message_id: MessageId) -> bool:
    """Note that whoever said something took it back; what it said stays. False: it is noted."""
    await desk.write_collected()
    change = (
        update(messages)
        .where(messages.c.id == message_id, messages.c.deleted_at.is_(None))
        .values(deleted_at=desk.now)
    )
    result: Any = await desk.tx.execute(change)
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    if result.rowcount != 1:
        return False
    desk.events.message_edited(message_id)
    return True
