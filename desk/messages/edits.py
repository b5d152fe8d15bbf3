"""Edits: replace a message's text and keep the earlier one in its history."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queries.messages import message_rows, revisions
from db.queries.messages.message_rows import MessageRow
from db.queues.payloads import CopyPayload, EditPayload
from db.tables import Direction, MessageType, Side
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage
from desk.conversations.threads import find_message, find_referenced_message
from desk.events import MessageEdited
from desk.messages.context import LIVE
from desk.messages.customer_limit import is_over_limit, keep_mark
from desk.messages.effects import is_shown
from desk.unit_of_work import UnitOfWork
from desk.urls.public import message_file_path

# A live location is shown again after this time, and when it ends.
_PLACE_INTERVAL = timedelta(minutes=5)


class Change(Enum):
    """What an edit changed."""

    NOTHING = "nothing"
    TEXT = "text"
    FILE = "file"
    # A shared place moved. `PLACE_SHOWN`: far enough in time, or to its end, to be shown again.
    PLACE = "place"
    PLACE_SHOWN = "place shown"


async def apply_edit(
    uow: UnitOfWork, message_id: MessageId, content: Content, at: datetime | None = None
) -> Change:
    """Save a message's new text or file and keep the earlier one in its history.

    Returns what changed. `at` is the time of the edit, for a provider that may send edits out of
    order.
    """
    await uow.flush_messages()  # the message may be from this same transaction
    kept = await message_rows.find_message(uow.tx, message_id)
    if kept is None:
        return Change.NOTHING
    change = _compare(kept, content)
    if change is Change.PLACE:
        return await _save_place(uow, kept, content)
    if change is Change.NOTHING or (at is not None and _is_older(at, kept.history)):
        return Change.NOTHING
    earlier = {
        "message": kept.message,
        "entities": kept.entities,
        "file": kept.file,
        "until": (at or uow.now).isoformat(),
    }
    is_note = kept.direction is Direction.INTERNAL
    uow.events.add(MessageEdited(message_id, is_note=is_note))
    await revisions.save_edit(
        uow.tx,
        message_id,
        text=content.text,
        entities=content.entities,
        file=content.file or kept.file,
        file_url=message_file_path(message_id) if content.file or kept.file else None,
        history=[*(kept.history or []), earlier],
        now=uow.now,
    )
    return change


async def _save_place(uow: UnitOfWork, kept: MessageRow, content: Content) -> Change:
    """Save where a live location has moved; it moves too often to keep or show every place."""
    await revisions.save_attributes(uow.tx, kept.id, keep_mark(kept, content).attributes)
    uow.events.add(MessageEdited(kept.id))
    had_interval = (kept.edited_at or kept.created_at) + _PLACE_INTERVAL <= uow.now
    has_ended = LIVE not in (content.attributes or {})
    if not (had_interval or has_ended):
        return Change.PLACE
    await revisions.save_edited_history(uow.tx, kept.id, kept.history or [], uow.now)
    return Change.PLACE_SHOWN


def _compare(kept: MessageRow, content: Content) -> Change:
    if content.type is MessageType.LOCATION and kept.message_type is content.type:
        moved = _find_place(kept.attributes) != _find_place(content.attributes)
        return Change.PLACE if moved else Change.NOTHING
    if content.file is not None and _file_identity(kept.file) != _file_identity(content.file):
        return Change.FILE
    if (kept.message, kept.entities) != (content.text, content.entities):
        return Change.TEXT
    return Change.NOTHING


def _find_place(attributes: Mapping[str, Any] | None) -> tuple[Any, Any, bool]:
    found = attributes or {}
    return found.get("latitude"), found.get("longitude"), LIVE in found


def _is_older(at: datetime, history: list[dict[str, Any]] | None) -> bool:
    """Check whether a later edit is stored; of two in one second, the one that came last wins."""
    return bool(history and at < datetime.fromisoformat(history[-1]["until"]))


def _file_identity(file: Mapping[str, Any] | None) -> Any:
    """Return an identity of a file that is the same wherever the file was sent."""
    return file and (file.get("unique") or file.get("sha256") or file.get("id"))


async def mark_deleted(uow: UnitOfWork, message_id: MessageId) -> bool:
    """Mark a message as deleted by its author, and keep its text; return False if it was marked."""
    await uow.flush_messages()
    if not await revisions.mark_deleted(uow.tx, message_id, uow.now):
        return False
    uow.events.add(MessageEdited(message_id))
    return True


# Marks a history entry that stands for the original text while that is not known.
ORIGINAL_MISSING = "missing"


async def record_early_edit(uow: UnitOfWork, message_id: MessageId, at: datetime | None) -> None:
    """Record that a message was created from its edit of `at`: its original text is not known."""
    await uow.flush_messages()
    earliest = {**_history_entry(Content(), (at or uow.now).isoformat()), ORIGINAL_MISSING: True}
    await revisions.save_edited_history(uow.tx, message_id, [earliest], uow.now)


async def complete_message(
    uow: UnitOfWork, channel: ServedChannel, thread: Thread, said: IncomingMessage
) -> bool:
    """Complete a message that is known without its words: its edit or a placeholder came first.

    Returns False if it is not such a message.
    """
    if not channel.traits.has_unordered_edits:
        return False
    message_id = await find_message(uow, channel.id, said.chat, said.provider_id)
    if message_id is None:
        return False
    if is_placeholder(said.content.attributes):
        return True  # the words came first
    await uow.flush_messages()
    known = await message_rows.find_message(uow.tx, message_id)
    if known is None:
        return False
    if is_placeholder(known.attributes):
        await _replace_placeholder(uow, thread, message_id, keep_mark(known, said.content))
        return True
    if not known.history or not known.history[0].get(ORIGINAL_MISSING):
        return False
    reply_to = await find_referenced_message(uow, thread, Side.CUSTOMER, said.chat, said.reply_to)
    earliest = _history_entry(said.content, known.history[0]["until"])
    await revisions.save_original(uow.tx, message_id, [earliest, *known.history[1:]], reply_to)
    uow.events.add(MessageEdited(message_id))
    return True


# In a message's attributes: it stands for one whose words the provider could not read yet.
PLACEHOLDER = {"kind": "placeholder"}


def is_placeholder(attributes: Mapping[str, Any] | None) -> bool:
    """Check whether a message stands for one whose words may come later."""
    return attributes is not None and attributes.items() >= PLACEHOLDER.items()


async def _replace_placeholder(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, content: Content
) -> None:
    """Put the words, or the file, in the place of a placeholder, here and in the topic."""
    file_url = message_file_path(message_id) if content.file else None
    await revisions.replace_content(uow.tx, message_id, content, file_url)
    uow.events.add(MessageEdited(message_id))
    if is_shown(uow, thread, Cause.EDIT) and not is_over_limit(content.attributes):
        change = EditPayload(content, message_id) if content.is_text else CopyPayload(content)
        uow.enqueue_for_staff(thread, change, message_id=message_id)


def _history_entry(content: Content, until: str) -> dict[str, Any]:
    return {
        "message": content.text,
        "entities": content.entities,
        "file": content.file,
        "until": until,
    }
