"""Failure notices: tell staff about a failed delivery, next to the message concerned."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queries.messages import copies
from db.queries.messages.delivery_states import set_delivery_state
from db.queries.messages.revisions import set_deleted
from db.queues import outbox
from db.queues.outbox import OutboxRow
from db.queues.payloads import (
    AnswerPayload,
    Buttons,
    CopyPayload,
    DeletePayload,
    EditPayload,
    ReactionPayload,
    UnreadablePayload,
)
from db.tables import DeliveryState, OutboxKind, Queue, Side
from desk.content import Content
from desk.conversations.threads import find_thread
from desk.errors import ChannelStopped, FileNotReplaced, FileRefused, Rejected, Uncertain
from desk.events import DeliveryChanged, MessageEdited
from desk.formatting.splitting import TEXT_LIMIT, split_text
from desk.lanes import refused_topic_key
from desk.messages.drafts import save_draft
from desk.messages.uncertain import build_question
from desk.notice_periods import find_key_within, notify_first_group
from desk.unit_of_work import UnitOfWork

# One apology for the files that a customer sends within this time.
_APOLOGY_PERIOD = timedelta(minutes=10)
# Staff is told once within this time that something stays broken until a person mends it.
_STOPPED_PERIOD = timedelta(days=1)
# Many rows that cannot be read must not use up the group's limit.
_UNREADABLE_PERIOD = timedelta(hours=1)
log = structlog.get_logger(__name__)

# Notices about these kinds are replies to the agent's message, or to its copy.
_REPLY_KINDS = {OutboxKind.ANSWER, OutboxKind.EDIT, OutboxKind.DELETE}


async def ask_if_arrived(uow: UnitOfWork, row: OutboxRow, error: Uncertain) -> None:
    """Ask the agent whether an answer arrived, because nothing else can know."""
    if row.kind is OutboxKind.ANSWER:
        await _set_delivery_state(uow, row, DeliveryState.UNCERTAIN, uow.reason_for_staff(error))
        question, buttons = build_question(uow, row.id)
        await _notify_topic(uow, row, question, buttons=buttons)


async def notify_channel_stopped(
    uow: UnitOfWork, rows: Sequence[OutboxRow], error: ChannelStopped
) -> None:
    """Notify the staff groups, once a day, that a channel is stopped until somebody fixes it."""
    for channel_id in {row.channel_id for row in rows}:
        channel = uow.channels[channel_id]
        text = uow.text_for_staff(
            "general.stopped", channel=channel.name, reason=uow.reason_for_staff(error)
        )
        for group in channel.staff_groups:
            key = await find_key_within(uow, f"stopped:{channel_id}:{group}", _STOPPED_PERIOD)
            if key is not None:
                uow.enqueue_for_chat(
                    channel.staff_channel_id, group, text, group=True, dedup_key=key
                )


async def notify_topic_refused(
    uow: UnitOfWork, thread: Thread, place: Place, error: Rejected
) -> None:
    """Notify the staff there, once a day, that a customer's topic cannot be opened."""
    key = await find_key_within(uow, refused_topic_key(place.id), _STOPPED_PERIOD)
    if key is not None:
        text = uow.text_for_staff(
            "general.topic_refused", name=thread.name, reason=uow.reason_for_staff(error)
        )
        is_group = place.agent_id is None
        uow.enqueue_for_chat(place.channel_id, place.chat, text, group=is_group, dedup_key=key)


async def notify_staff(uow: UnitOfWork, queue: Queue, row: OutboxRow, error: Rejected) -> None:
    """Notify staff of what was refused, in the place where the agent looks."""
    match row.payload:
        case EditPayload() as edit if isinstance(error, FileNotReplaced) and error.can_resend:
            await _send_instead(uow, queue, row, edit)
        case EditPayload() as edit:
            await _notify_edit(uow, queue, row, edit, error)
        case DeletePayload():
            await _notify_deletion(uow, row, error)
        case AnswerPayload():
            await _set_delivery_state(uow, row, DeliveryState.FAILED, uow.reason_for_staff(error))
            text = uow.text_for_staff("topic.failed", reason=uow.reason_for_staff(error))
            await _notify_topic(
                uow, row, text, dedup_key=f"failed:{row.message_id}"
            )  # once, not for each part
        case ReactionPayload() as reaction if queue is not Queue.CUSTOMER:
            await _notify_reaction(uow, row, reaction)
        case CopyPayload() as copy:
            await _notify_topic(uow, row, _describe_copy(uow, copy, error))
            await _apologize_for_file(uow, row, copy, error)
        case UnreadablePayload() as unreadable:
            await _notify_unreadable(uow, row, unreadable, error)


async def _notify_unreadable(
    uow: UnitOfWork, row: OutboxRow, unreadable: UnreadablePayload, error: Rejected
) -> None:
    """Notify the admins of a row that was set aside, and the topic if it was a message."""
    log.error("outbox.unreadable", row=row.id, kind=row.kind, reason=unreadable.reason)
    channel = uow.channels[row.channel_id]
    text = uow.text_for_staff("general.unreadable", row=row.id, kind=row.kind)
    about = f"unreadable:{channel.id}"
    await notify_first_group(uow, channel, text, about=about, period=_UNREADABLE_PERIOD)
    if row.kind is OutboxKind.ANSWER:
        await _set_delivery_state(uow, row, DeliveryState.FAILED, uow.reason_for_staff(error))
    if row.kind in {OutboxKind.ANSWER, OutboxKind.COPY}:
        text = uow.text_for_staff("topic.unreadable", reason=uow.reason_for_staff(error))
        await _notify_topic(uow, row, text, dedup_key=f"failed:{row.message_id}")


async def show_notice_instead(uow: UnitOfWork, row: OutboxRow, error: Rejected) -> bool:
    """Let a notice stand where a refused copy would have stood, so that the order is kept.

    Returns False for what is no copy of a file, or is such a notice already.
    """
    copy = row.payload
    if not isinstance(copy, CopyPayload) or copy.content.is_text:
        return False
    words = _describe_copy(uow, copy, error)
    text, _ = next(split_text(words, None, TEXT_LIMIT))
    notice = replace(copy, content=Content(text=text))
    await outbox.replace_payload(uow.tx, row, notice)
    await _apologize_for_file(uow, row, copy, error)
    return True


def _describe_copy(uow: UnitOfWork, copy: CopyPayload, error: Rejected) -> str:
    key = "topic.cannot_show" if copy.by else "topic.cannot_copy"
    text = uow.text_for_staff(
        key, type=copy.content.type, reason=uow.reason_for_staff(error), agent=copy.by
    )
    return f"{text}\n\n{copy.content.text}" if copy.content.text else text


async def _apologize_for_file(
    uow: UnitOfWork, row: OutboxRow, copy: CopyPayload, error: Rejected
) -> None:
    if isinstance(error, FileRefused) and not copy.by:
        await _notify_customer(uow, row)


async def _notify_reaction(uow: UnitOfWork, row: OutboxRow, reaction: ReactionPayload) -> None:
    """Write how a customer reacted, where the staff channel does not have that reaction."""
    thread = await find_thread(uow, row.conversation_id) if row.conversation_id else None
    if thread is not None and reaction.emoji:
        # Their earlier reaction is no longer valid.
        places = _list_places(thread, row)
        uow.enqueue_for_staff(thread, ReactionPayload(reaction.message, ""), places=places)
        text = uow.text_for_staff("topic.customer_reacted", emoji=reaction.emoji)
        uow.enqueue_staff_notice(thread, text, reply_to=reaction.message, places=places)


async def _notify_customer(uow: UnitOfWork, row: OutboxRow) -> None:
    """Notify a customer that nobody could see the file that they sent; once for several files."""
    thread = await find_thread(uow, row.conversation_id) if row.conversation_id else None
    if thread is None or thread.is_blocked:
        return
    once = await find_key_within(uow, f"file:{thread.conversation_id}", _APOLOGY_PERIOD)
    if once is not None:
        key, about = "customer.file_not_shown", row.message_id
        uow.notify_customer(thread, key, reply_to=about, dedup_key=once)


async def save_as_draft(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> bool:
    """Save the answer that the closed reply window refused, `rows[0]`, as a draft.

    Returns False if it is not an answer, or if part of it was sent: sending the whole draft later
    would repeat that part.
    """
    row = rows[0]
    if not isinstance(row.payload, AnswerPayload) or row.payload.content.is_template:
        return False
    if row.message_id is None:
        return False
    thread = await find_thread(uow, row.conversation_id) if row.conversation_id else None
    if thread is None or await outbox.has_started_sending(
        uow.tx, row.message_id, but=[each.id for each in rows]
    ):
        return False
    if await save_draft(uow, thread, row.message_id):
        await outbox.cancel_pending(uow.tx, row.message_id, OutboxKind.ANSWER, uow.now)
    return True


async def _send_instead(uow: UnitOfWork, queue: Queue, row: OutboxRow, edit: EditPayload) -> None:
    """Send a replaced file as a new message; the customer's copy of the former one goes away."""
    thread = await find_thread(uow, row.conversation_id) if row.conversation_id else None
    if thread is None or row.message_id is None:
        return
    if queue is not Queue.CUSTOMER:
        anew, places = CopyPayload(edit.content), _list_places(thread, row)
        uow.enqueue_for_staff(thread, anew, message_id=row.message_id, places=places)
        return
    found = await copies.list_copies(uow.tx, [row.message_id], Side.CUSTOMER)
    for copy in found.get(row.message_id, ()):
        uow.enqueue_for_customer(thread, DeletePayload(at=copy.provider_id))
    await copies.delete_copies(uow.tx, row.message_id, Side.CUSTOMER)
    answer = AnswerPayload(replace(edit.content, album=None))
    uow.enqueue_for_customer(thread, answer, message_id=row.message_id)


async def _notify_edit(
    uow: UnitOfWork, queue: Queue, row: OutboxRow, edit: EditPayload, error: Rejected
) -> None:
    """Notify staff of an edit that did not arrive, or show a customer's new text."""
    if queue is Queue.CUSTOMER:
        await _notify_topic(
            uow, row, uow.text_for_staff("topic.edit_refused", reason=uow.reason_for_staff(error))
        )
    elif words := edit.content.text:
        key = "topic.changed_copy_failed" if edit.by else "topic.edited_copy_failed"
        edited = uow.text_for_staff(key, agent=edit.by)
        await _notify_topic(uow, row, f"{edited}\n\n{words}")


async def _notify_deletion(uow: UnitOfWork, row: OutboxRow, error: Rejected) -> None:
    """Notify staff that the customer still sees an answer, and remove its deletion mark."""
    if row.message_id is None:
        return
    await set_deleted(uow.tx, row.message_id, None)
    uow.events.add(MessageEdited(row.message_id))
    await _notify_topic(
        uow, row, uow.text_for_staff("topic.delete_refused", reason=uow.reason_for_staff(error))
    )


async def _notify_topic(
    uow: UnitOfWork,
    row: OutboxRow,
    text: str,
    *,
    buttons: Buttons | None = None,
    dedup_key: str | None = None,
) -> None:
    if row.conversation_id is None:
        return
    thread = await find_thread(uow, row.conversation_id)
    if thread is not None:
        reply_to = row.message_id if row.kind in _REPLY_KINDS else None
        places = _list_places(thread, row)
        uow.enqueue_staff_notice(
            thread,
            text,
            buttons=buttons,
            reply_to=reply_to,
            dedup_key=dedup_key,
            places=places,
        )


def _list_places(thread: Thread, row: OutboxRow) -> Sequence[Place]:
    """List where a failure is told: in the place where staff misses something, or everywhere."""
    if row.place_id is None:
        return thread.places
    return [each for each in thread.places if each.id == row.place_id]


async def _set_delivery_state(
    uow: UnitOfWork, row: OutboxRow, state: DeliveryState, reason: str
) -> None:
    if row.message_id is not None:
        uow.events.add(DeliveryChanged(row.message_id, state))
        await set_delivery_state(uow.tx, row.message_id, state, reason)
