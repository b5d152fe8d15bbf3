"""Choose a lane's next step from the current state; pure, so after a crash it is chosen again."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.outbox import OutboxRow
from db.queues.payloads import (
    AnswerPayload,
    CardPayload,
    CopyPayload,
    MessagePayload,
    NoticePayload,
    UnreadablePayload,
)
from db.tables import OutboxKind, OutboxState, Queue
from desk.channels import ServedChannel
from desk.delivery.topic_titles import find_new_title
from desk.delivery.work import OpenTopic, PinCard, ShowCard, ShowTitle
from desk.messages import window

# These kinds do not need the conversation's topic.
_WITHOUT_TOPIC = {OutboxKind.GENERAL, OutboxKind.BUTTON_REPLY}
# An album has at most ten messages at every provider that supports albums.
_ALBUM_SIZE = 10


def choose_preparation(
    queue: Queue, head: OutboxRow, thread: Thread, place: Place, *, plentiful: bool
) -> OpenTopic | ShowCard | None:
    """Choose what must be done before the head of a lane is sent; None if nothing.

    The card goes first only while the chat's rate limit has plenty of room: messages matter more.
    """
    if queue is not Queue.STAFF or head.kind in _WITHOUT_TOPIC:
        return None
    if not place.is_open:
        return OpenTopic(thread, place)
    if head.kind is OutboxKind.CARD:  # a customer who pressed Start and has not written yet
        return ShowCard(thread, place, (head,))
    # With what was said before, the card is itself something to read. Without topics it says whose
    # the messages below are.
    shows_card = plentiful or place.opening is not None or not place.in_topic
    if place.card is None and shows_card and head.kind is OutboxKind.COPY:
        return ShowCard(thread, place)
    return None


def choose_card_step(
    rows: Sequence[OutboxRow], thread: Thread, place: Place
) -> ShowCard | PinCard | ShowTitle | None:
    """Choose the step of a card's lane; one refresh settles all that wait, with the latest state.

    Returns None if the topic does not exist yet: the messages' lane opens it.
    """
    head = rows[0]
    if is_title(head):
        return ShowTitle(thread, place, tuple(rows), find_new_title(thread, place))
    if not place.is_open:
        return None
    if head.kind is OutboxKind.PIN:
        return PinCard(thread, place, head)
    same = [row for row in rows if row.kind is OutboxKind.CARD]
    return ShowCard(thread, place, tuple(same))


def is_title(row: OutboxRow) -> bool:
    """Check whether a row updates the title of a topic."""
    return isinstance(row.payload, CardPayload) and row.payload.is_title


def take_album(rows: Sequence[OutboxRow]) -> tuple[OutboxRow, ...]:
    """Return the rows at the head that were sent as one album; a single row is not an album."""
    kind, album = rows[0].kind, _get_album(rows[0])
    if album is None:
        return ()
    together = tuple(
        takewhile(lambda row: row.kind is kind and _get_album(row) == album, rows[:_ALBUM_SIZE])
    )
    return together if len(together) > 1 else ()


def _get_album(row: OutboxRow) -> str | None:
    # An edit of one item names the album, too, but is not part of it.
    return row.payload.content.album if isinstance(row.payload, MessagePayload) else None


def get_head_due(rows: Sequence[OutboxRow]) -> datetime:
    """Return when a lane's head may be sent; an album is due with the last of its messages."""
    return max(row.due_at for row in take_album(rows) or rows[:1])


def take_independent(rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Return the rows from the head on that can be sent and do not need the id of another one."""
    run = [rows[0]]
    for row in rows[1:]:
        if row.payload.refers_to or _get_album(row) or isinstance(row.payload, UnreadablePayload):
            break
        run.append(row)
    return run


def take_burst(rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Return the customer's plain texts at the head, which can be sent as one message."""
    return list(takewhile(_is_plain_text, rows))


def _is_plain_text(row: OutboxRow) -> bool:
    copy = row.payload
    # Buttons are about their own message, and each answer of an AI agent can be marked as wrong.
    if not isinstance(copy, CopyPayload) or copy.reply_to or copy.buttons:
        return False
    # An edit replaces the whole merged message, and would drop a line such as "Forwarded from".
    return copy.content.is_text and copy.content.attributes is None


def is_too_late(head: OutboxRow, thread: Thread, channel: ServedChannel, now: datetime) -> bool:
    """Check whether the reply window closed while a message waited, so only templates may go."""
    # Customers see these as messages.
    if not isinstance(head.payload, AnswerPayload | NoticePayload):
        return False
    if not window.has_window(channel):
        return False
    return not window.can_send(thread, channel, head.payload.content, now)


def was_being_sent(row: OutboxRow) -> bool:
    """Check whether a worker died between marking this row and settling it."""
    return row.state is OutboxState.SENDING
