"""Drafts: replies that cannot be sent because the reply window is closed.

A draft is a message in the state HELD with a reason. A message that is HELD without a reason waits
for something else (desk/messages/outbound.py).
"""

from collections.abc import Sequence
from datetime import datetime

from db.ids import MessageId
from db.queries.conversations.reply_window import close_reply_window
from db.queries.conversations.threads import Thread
from db.queries.messages import drafts as queries
from db.queries.messages import message_rows
from db.queues.payloads import Buttons
from db.tables import DeliveryState, WhatsAppMessageTemplate
from desk.actors import Actor
from desk.audit import add_entry
from desk.events import DeliveryChanged, MessageDeleted
from desk.messages import window
from desk.templates.lookup import list_templates
from desk.unit_of_work import UnitOfWork

# Templates on a page of buttons, and drafts that are offered when the customer writes again.
_PAGE_SIZE = 8
_MAX_LABEL_LENGTH = 48
_MAX_OFFERED = 5
# How many messages are searched for drafts when the customer writes again.
_MAX_SEARCHED = 500


async def save_draft(uow: UnitOfWork, thread: Thread, message_id: MessageId) -> bool:
    """Save a reply as a draft because the window is closed, and ask in the topic what to do.

    Returns False if it is a draft already, or was deleted. If the customer wrote after the reply
    was written, it can be sent at once; otherwise the window is closed, whatever we stored.
    """
    await uow.flush_messages()
    row = await message_rows.find_message(uow.tx, message_id)
    if row is None or not await _hold(uow, message_id):
        return False
    channel = uow.channel_of(thread)
    last_written = window.last_customer_message_at(thread, channel)
    if (
        last_written is not None
        and last_written > row.created_at
        and window.is_open(thread, channel, uow.now)
    ):
        _offer(uow, thread, message_id)
        return True
    await _close_window(uow, thread)
    album = (row.attributes or {}).get("album")
    await _ask(uow, thread, message_id, dedup_key=f"draft:{album}" if album else None)
    return True


async def _hold(uow: UnitOfWork, message_id: MessageId) -> bool:
    if not await queries.hold(uow.tx, message_id, uow.text_for_staff("reason.window_closed")):
        return False
    uow.events.add(DeliveryChanged(message_id, DeliveryState.HELD))
    return True


async def _close_window(uow: UnitOfWork, thread: Thread) -> None:
    """Save that the window is closed now, if we thought that it was open."""
    if not window.is_open(thread, uow.channel_of(thread), uow.now):
        return
    await close_reply_window(uow.tx, thread.conversation_id, uow.now)
    thread.reply_until = uow.now
    uow.refresh_card(thread)


async def _ask(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, *, dedup_key: str | None
) -> None:
    text, buttons = await build_question(uow, thread, message_id)
    uow.enqueue_staff_notice(
        thread, text, buttons=buttons, reply_to=message_id, dedup_key=dedup_key
    )


async def build_question(
    uow: UnitOfWork, thread: Thread, message_id: MessageId | None, page: int = 0
) -> tuple[str, Buttons]:
    """Return a text and the buttons below it: a page of templates, and what else can be done.

    `message_id` is the draft that the question is about, if there is one.
    """
    found = await list_templates(uow, thread)
    key = "topic.window_closed" if message_id else "topic.template_list"
    if not found:
        key = "topic.window_closed_no_templates" if message_id else "topic.template_none"
    return uow.text_for_staff(key), build_template_buttons(uow, found, message_id, page)


def build_template_buttons(
    uow: UnitOfWork,
    templates: Sequence[WhatsAppMessageTemplate],
    message_id: MessageId | None,
    page: int,
) -> Buttons:
    """Return a page of templates as buttons; they hold ids only, as a button carries 64 bytes."""
    about = message_id or ""
    last = max(0, (len(templates) - 1) // _PAGE_SIZE)
    page = min(max(0, page), last)
    shown = templates[page * _PAGE_SIZE : (page + 1) * _PAGE_SIZE]
    rows = [
        [
            {
                "text": f"{each.name[:_MAX_LABEL_LENGTH]} ({each.language})",
                "data": f"tpl:{each.id}:{about}",
            }
        ]
        for each in shown
    ]
    pages = [
        {"text": mark, "data": f"tpls:{to}:{about}"}
        for mark, to in (("◀", page - 1), ("▶", page + 1))
        if 0 <= to <= last
    ]
    discard = {"text": uow.text_for_staff("topic.discard"), "data": f"drop:{about}"}
    return [*rows, *([pages] if pages else []), *([[discard]] if message_id else [])]


async def offer_drafts(uow: UnitOfWork, thread: Thread) -> None:
    """Ask whether to send the drafts, now that the customer wrote again."""
    found = await queries.list_drafts(uow.tx, thread.conversation_id, most_searched=_MAX_SEARCHED)
    for message_id in found[-_MAX_OFFERED:]:
        _offer(uow, thread, message_id)


def _offer(uow: UnitOfWork, thread: Thread, message_id: MessageId) -> None:
    buttons = [
        [
            {"text": uow.text_for_staff("topic.send_draft"), "data": f"draft:{message_id}"},
            {"text": uow.text_for_staff("topic.discard"), "data": f"drop:{message_id}"},
        ]
    ]
    text = uow.text_for_staff("topic.draft_waits")
    uow.enqueue_staff_notice(thread, text, buttons=buttons, reply_to=message_id)


async def release(uow: UnitOfWork, thread: Thread, agent: Actor, message_id: MessageId) -> bool:
    """Mark a draft to be sent; return False if it is no draft of this conversation any more."""
    if not await queries.release_draft(uow.tx, thread.conversation_id, message_id, uow.now):
        return False
    uow.events.add(DeliveryChanged(message_id, DeliveryState.PENDING))
    add_entry(uow, agent, "draft.sent", message_id)
    return True


async def discard(uow: UnitOfWork, thread: Thread, agent: Actor, message_id: MessageId) -> bool:
    """Discard a draft, which stays in the history; return False if it is no draft here any more."""
    reason = "discarded before it was sent"
    if not await queries.discard_draft(uow.tx, thread.conversation_id, message_id, reason, uow.now):
        return False
    row = await message_rows.read_message(uow.tx, message_id)
    uow.events.add(MessageDeleted(row.session_id, message_id))
    add_entry(uow, agent, "draft.discarded", message_id)
    return True


def is_draft(state: DeliveryState, error: str | None, deleted_at: datetime | None) -> bool:
    """Check whether a message is a draft that can be sent or discarded."""
    return state is DeliveryState.HELD and error is not None and deleted_at is None
