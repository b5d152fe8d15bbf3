"""Replies: whatever is said to a customer as a message goes through `reply`."""

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queues.payloads import AnswerPayload, Buttons
from db.tables import DeliveryState, Direction
from desk.actors import Actor
from desk.causes import Cause
from desk.content import Content
from desk.formatting.splitting import split_content
from desk.messages import drafts, window
from desk.messages.effects import prepare_session, record_effects
from desk.unit_of_work import UnitOfWork


async def reply(
    uow: UnitOfWork,
    thread: Thread,
    author: Actor,
    content: Content,
    reply_to: MessageId | None = None,
    *,
    cause: Cause,
    state: DeliveryState = DeliveryState.PENDING,
    message_id: MessageId | None = None,
    buttons: Buttons | None = None,
) -> MessageId:
    """Save a message to the customer, whoever says it and wherever, and send it.

    It becomes a draft while the reply window is closed (desk/messages/window.py). In another
    `state` than PENDING it is not sent: HELD waits until somebody decides, SENT was sent elsewhere.
    `message_id` is the message's id, if one was given out already.
    """
    await prepare_session(uow, thread, cause, author=author)
    message_id = uow.add_message(
        thread,
        content,
        author=author,
        direction=Direction.OUTBOUND,
        state=state,
        reply_to=reply_to,
        message_id=message_id,
    )
    await record_effects(uow, thread, cause)
    if state is not DeliveryState.PENDING:
        return message_id
    if window.can_send(thread, uow.channel_of(thread), content, uow.now):
        enqueue_reply(uow, thread, message_id, content, reply_to, buttons=buttons)
    else:
        await drafts.save_draft(uow, thread, message_id)
    return message_id


def enqueue_reply(
    uow: UnitOfWork,
    thread: Thread,
    message_id: MessageId,
    content: Content,
    reply_to: MessageId | None = None,
    *,
    buttons: Buttons | None = None,
) -> None:
    """Enqueue a reply in the customer's lane, in as many parts as its text needs.

    `buttons` are choices for the customer, below the last part.
    """
    parts = split_content(content)
    label = uow.text_for_customer(thread, "customer.choose") if buttons else ""
    for number, part in enumerate(parts, 1):
        choices = (buttons or []) if number == len(parts) else []
        answer = AnswerPayload(
            part,
            reply_to,
            is_part=len(parts) > 1,
            buttons=choices,
            choose_label=label if choices else "",
            broadcast=content.broadcast_id,
        )
        uow.enqueue_for_customer(thread, answer, message_id=message_id)
        reply_to = None  # only the first part shows as a reply; the others follow it
