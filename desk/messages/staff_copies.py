"""Show staff a customer's message, with what it is about above its words."""

from collections.abc import Sequence
from dataclasses import replace

from db.ids import MessageId
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.payloads import CopyPayload
from desk.content import Content
from desk.formatting.names import is_visible
from desk.formatting.splitting import split_content
from desk.messages.context import (
    add_context,
    can_carry_context,
    describe_context,
    has_context,
)
from desk.unit_of_work import UnitOfWork


def show_message(
    uow: UnitOfWork,
    thread: Thread,
    message_id: MessageId,
    content: Content,
    reply_to: MessageId | None,
    *,
    places: Sequence[Place] | None = None,
) -> None:
    """Copy a message into each place of the conversation, or into these `places`.

    Other channels allow longer texts than the staff's, so it may become several messages.
    """
    hold = content.album is not None
    for part in split_content(_add_context(uow, thread, content, places)):
        # A text below its context is not merged with others: see desk/delivery/steps.py.
        about = content.attributes if has_context(content) else part.attributes
        copy = CopyPayload(replace(part, attributes=about), reply_to)
        uow.enqueue_for_staff(thread, copy, message_id=message_id, hold=hold, places=places)
        reply_to = None


def _add_context(
    uow: UnitOfWork, thread: Thread, content: Content, places: Sequence[Place] | None
) -> Content:
    """Return a message as staff sees it, with what it is about above its words.

    What has no words of its own gets a line before it; an album gets one.
    """
    if content.is_text and not is_visible(content.text):
        content = replace(content, text=uow.text_for_staff("topic.invisible"), entities=None)
    if not has_context(content) or can_carry_context(content):
        return add_context(content, uow.staff_language)
    key = content.album and f"context:{thread.conversation_id}:{content.album}"
    line = describe_context(content, uow.staff_language)
    uow.enqueue_staff_notice(thread, line, dedup_key=key, places=places)
    return content
