"""What staff in a new place needs: the recent history in words, and what nobody has seen."""

from collections.abc import Sequence

from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queries.messages import openings
from db.queries.messages.message_rows import MessageRow
from db.tables import DeliveryState, Direction, MessageType
from desk.content import Content
from desk.formatting.names import clean_name
from desk.messages.customer_limit import is_over_limit
from desk.messages.staff_copies import show_message
from desk.messages.uncertain import ask_again
from desk.openings import Missed
from desk.unit_of_work import UnitOfWork

_RECENT, _MOST_MISSED = 10, 50
_LINE_LENGTH, _HISTORY_LENGTH, _NAME_LENGTH = 240, 2400, 40
_SIGNS = {
    MessageType.IMAGE: "🖼",
    MessageType.FILE: "📎",
    MessageType.VIDEO: "🎬",
    MessageType.VOICE: "🎤",
    MessageType.AUDIO: "🎵",
    MessageType.STICKER: "🏷",
    MessageType.ANIMATION: "🎞",
    MessageType.VIDEO_NOTE: "🎬",
    MessageType.LOCATION: "📍",
    MessageType.CONTACT: "👤",
    MessageType.OTHER: "❔",
}
# An answer that did not arrive, or of which that is not known, or that was not sent.
_STATES = {
    DeliveryState.FAILED: "✗ ",
    DeliveryState.UNCERTAIN: "? ",
    DeliveryState.HELD: "✎ ",
}


class HistoryOpenings:
    """Opens places with the conversation's own messages."""

    async def find(self, uow: UnitOfWork, thread: Thread) -> Missed:
        """Find what nobody has seen of the open session, and describe what was said before it.

        A message is missed if no copy of it stands in any staff chat, and the customer wrote it
        after the last answer, or its copy was still to be sent elsewhere.
        """
        # A message of this transaction may have its copy, and even an answer, in it, too.
        await uow.flush_deliveries()
        if thread.session_id is None:
            return Missed()
        rows = await openings.list_unseen(uow.tx, thread.session_id, most=_MOST_MISSED)
        missed = [row for row in rows if _is_for_staff(row)]
        known = {row.id for row in missed}
        recent = await openings.list_newest(
            uow.tx, thread.conversation_id, most=_RECENT + len(missed)
        )
        told = [row for row in recent if row.id not in known and _is_for_staff(row)][:_RECENT]
        history = _describe(told)
        if hidden := sum(is_over_limit(row.attributes) for row in rows):
            more = uow.text_for_staff("topic.more_messages", many=hidden)
            history = f"{history}\n{more}" if history else more
        return Missed(history, tuple(row.id for row in missed))

    async def show(self, uow: UnitOfWork, thread: Thread, place: Place, missed: Missed) -> None:
        """Show the missed messages in a new place, and ask about answers that may not have come."""
        for row in await openings.list_by_ids(uow.tx, missed.messages):
            show_message(uow, thread, row.id, _to_content(row), row.reply_to_id, places=[place])
        await ask_again(uow, thread, place)


def _is_for_staff(row: MessageRow) -> bool:
    is_start = row.direction is Direction.INBOUND and row.message == "/start"
    return row.deleted_at is None and not is_start and not is_over_limit(row.attributes)


def _describe(rows: Sequence[MessageRow]) -> str | None:
    """Describe messages, given the newest first, in lines that fit below a card."""
    lines: list[str] = []
    length = 0
    for row in rows:
        line = _describe_row(row)
        length += len(line) + 1
        if length > _HISTORY_LENGTH:
            break
        lines.insert(0, line)
    return "\n".join(lines) or None


def _describe_row(row: MessageRow) -> str:
    name = clean_name(row.author_name, _NAME_LENGTH) or "—"
    words = " ".join((row.message or "").split())
    if len(words) > _LINE_LENGTH:
        words = f"{words[:_LINE_LENGTH]}…"
    sign = _SIGNS.get(row.message_type, "")
    name = f"{_STATES.get(row.delivery_state, '')}{name}"
    note = "// " if row.direction is Direction.INTERNAL and not words.startswith("//") else ""
    return f"{name}: {note}{f'{sign} ' if sign else ''}{words}".rstrip()


def _to_content(row: MessageRow) -> Content:
    attributes = {**(row.attributes or {})}
    album = attributes.pop("album", None)
    return Content(
        type=row.message_type,
        text=row.message,
        entities=row.entities,
        file=row.file,
        attributes=attributes or None,
        album=album,
    )
