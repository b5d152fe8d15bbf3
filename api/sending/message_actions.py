"""Edit, delete and resend answers and notes."""

from api.access.caller import Caller
from api.errors.problems import Conflict
from api.messages.models import MessageOut
from api.sending.formatting import to_stored
from api.sending.messages import load_message_schema
from api.sending.models import MessageChanges, ReactionChange
from api.sending.reply_window import require_open_window
from api.sending.thread_access import lock_message_and_thread
from db.ids import MessageId
from db.tables import DeliveryState, Direction
from desk.conversations.notices import notify_beside
from desk.delivery.ports import ChannelCapabilities
from desk.messages import drafts, outbound, revisions, uncertain
from desk.messages.revisions import RevisionError
from desk.unit_of_work import UnitOfWork

_NOT_SUPPORTED = "this channel does not support that for sent messages"


async def edit_message(
    uow: UnitOfWork,
    caller: Caller,
    message_id: MessageId,
    body: MessageChanges,
    capabilities: ChannelCapabilities,
) -> MessageOut:
    """Change the text of an answer or a note, or a caption; the earlier text is kept.

    The customer's copy and the topic's copy change too. If the provider refuses, the topic says so.
    """
    row, thread = await lock_message_and_thread(uow, caller, message_id)
    if row.direction is Direction.OUTBOUND and not capabilities.can_edit(thread.channel_id):
        raise Conflict(_NOT_SUPPORTED)
    try:
        entities = to_stored(body.text, body.entities)
        await revisions.change_text(uow, thread, caller.actor, row, body.text, entities=entities)
    except RevisionError as error:
        raise Conflict(str(error)) from None
    return await load_message_schema(uow, message_id)


async def delete_message(
    uow: UnitOfWork, caller: Caller, message_id: MessageId, capabilities: ChannelCapabilities
) -> MessageOut:
    """Delete an answer in the customer's chat, a draft or a note; the desk and its topic keep it.

    A message that was not sent yet is not sent. If the provider refuses (Telegram does after two
    days), the deletion mark is removed, and the topic says so.
    """
    row, thread = await lock_message_and_thread(uow, caller, message_id)
    if drafts.is_draft(row.delivery_state, row.delivery_error, row.deleted_at):
        await drafts.discard(uow, thread, caller.actor, message_id)
        notify_beside(uow, thread, message_id, "topic.draft_discarded", agent=caller.name)
        return await load_message_schema(uow, message_id)
    if row.direction is Direction.OUTBOUND and not capabilities.can_delete(thread.channel_id):
        raise Conflict(_NOT_SUPPORTED)
    try:
        await revisions.delete_message(uow, thread, caller.actor, row)
    except RevisionError as error:
        raise Conflict(str(error)) from None
    return await load_message_schema(uow, message_id)


async def react(
    uow: UnitOfWork,
    caller: Caller,
    message_id: MessageId,
    body: ReactionChange,
    capabilities: ChannelCapabilities,
) -> MessageOut:
    """React to a message, or take the reaction back; the customer sees it.

    It replaces the reaction of every other agent: the business has one.
    """
    row, thread = await lock_message_and_thread(uow, caller, message_id)
    if row.direction is Direction.INTERNAL:
        raise Conflict("customers do not see notes")
    if not capabilities.can_react(thread.channel_id):
        raise Conflict("this channel has no reactions")
    await outbound.react(uow, thread, message_id, body.emoji or "")
    return await load_message_schema(uow, message_id)


async def resend_message(uow: UnitOfWork, caller: Caller, message_id: MessageId) -> MessageOut:
    """Send a draft, or send an uncertain answer again, as the topic's buttons do.

    A draft is an answer that the closed reply window held back: see `delivery_error`.
    """
    row, thread = await lock_message_and_thread(uow, caller, message_id)
    if row.delivery_state in {DeliveryState.HELD, DeliveryState.UNCERTAIN}:
        await require_open_window(uow, thread)
    if drafts.is_draft(row.delivery_state, row.delivery_error, row.deleted_at):
        await outbound.send_draft(uow, thread, message_id, caller.actor)
        notify_beside(uow, thread, message_id, "topic.draft_sent", agent=caller.name)
        return await load_message_schema(uow, message_id)
    return await _settle_uncertain(uow, caller, message_id, arrived=False)


async def confirm_arrival(uow: UnitOfWork, caller: Caller, message_id: MessageId) -> MessageOut:
    """Record that an uncertain answer arrived, as the topic's button does."""
    return await _settle_uncertain(uow, caller, message_id, arrived=True)


async def _settle_uncertain(
    uow: UnitOfWork, caller: Caller, message_id: MessageId, *, arrived: bool
) -> MessageOut:
    _, thread = await lock_message_and_thread(uow, caller, message_id)
    done = await uncertain.settle_all(uow, thread, caller.actor, message_id, arrived=arrived)
    if not done:
        raise Conflict("this answer is not uncertain, or was already settled")
    return await load_message_schema(uow, message_id)
