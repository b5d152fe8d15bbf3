"""Erase everything that is stored about a customer, who has a right to this.

Each step is a short transaction of its own, so that others do not wait while years of messages are
deleted. Every step can be repeated; an erasure that begins again continues where it stopped.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from db.ids import ChannelId, ClientId, MessageId
from db.queries.clients import erasure, merging
from db.queries.clients.erasure import ErasedConversation
from db.queries.conversations.threads import lock_by_ids
from db.queues.outbox import OutboxItem
from db.queues.payloads import DeletePayload
from db.tables import Queue, Side
from desk import lanes
from desk.actors import Actor
from desk.audit import add_entry
from desk.content import Content
from desk.conversations.assignment import assign_waiting
from desk.conversations.holders import forget_session
from desk.receiving.timers import Timer
from desk.unit_of_work import UnitOfWork

# Messages that one step deletes. On SQLite every other writer waits for the step.
_BATCH_SIZE = 200
# Removes a message's file from our disk; a file that is gone already is no error.
RemoveFile = Callable[[MessageId, dict[str, Any]], None]


class ErasureStep(Enum):
    """The result of one step of a client's erasure."""

    UNKNOWN = "there is no such client"
    BUSY = "a message to this client or about them is being sent: try again in a moment"
    MORE = "there is more to delete"
    DONE = "nothing is left"


class MergedClientError(Exception):
    """The client was merged into another one, maybe meanwhile; nothing was deleted."""

    def __init__(self) -> None:
        super().__init__(
            "this client was merged into another: delete that client, or undo the merge first"
        )


class ConcurrentChangeError(Exception):
    """The client's conversations changed at the same time; nothing was done, try again."""


async def erase_step(
    uow: UnitOfWork, client_id: ClientId, forget: RemoveFile, *, by: Actor
) -> ErasureStep:
    """Erase a part of what is stored about a client, and at last the client.

    Clients who were merged into this one are erased with it. Raises MergedClientError or
    ConcurrentChangeError; then the transaction must be rolled back.
    """
    traces = await erasure.list_client_conversations(uow.tx, client_id)
    if traces is None:
        return ErasureStep.UNKNOWN
    if not await _stop_queues(uow, client_id, traces):
        return ErasureStep.BUSY
    ids = [trace.conversation_id for trace in traces]
    found = await erasure.list_oldest_messages(uow.tx, ids, _BATCH_SIZE)
    for message in found:
        for file in message.files:
            forget(message.id, file)
    await erasure.delete_messages(uow.tx, [message.id for message in found])
    if len(found) == _BATCH_SIZE:
        return ErasureStep.MORE
    return ErasureStep.DONE if await _finish(uow, client_id, traces, by) else ErasureStep.UNKNOWN


async def _stop_queues(
    uow: UnitOfWork, client_id: ClientId, traces: Sequence[ErasedConversation]
) -> bool:
    """Stop receiving and sending for the client; return False if a send is under way.

    Locks what the worker locks, in its order: received rows, conversations, outbox rows. The client
    is locked after the conversations, as a merge does it.
    """
    incoming = [lane for trace in traces for lane in _inbox_lanes(uow, trace)]
    outgoing = [lane for trace in traces for lane in _outbox_lanes(trace)]
    await erasure.clear_inbox(uow.tx, incoming, uow.now)
    ids = [trace.conversation_id for trace in traces]
    await lock_by_ids(uow.tx, ids)
    found = await merging.lock_clients(uow.tx, [client_id])
    if client_id in found and found[client_id].merged_into_id is not None:
        raise MergedClientError
    if await merging.list_conversations(uow.tx, [client_id]) != ids:
        raise ConcurrentChangeError
    return await erasure.clear_outbox(uow.tx, outgoing, uow.now)


def _inbox_lanes(uow: UnitOfWork, trace: ErasedConversation) -> list[str]:
    staff = _staff_channel(uow, trace)
    topics = [lanes.topic_location(chat, topic) for chat, topic in trace.topics]
    names = [trace.external_id, *([trace.alias] if trace.alias else [])]
    return [
        *(lanes.telegram_lane(trace.channel_id, name) for name in names),
        *(lanes.whatsapp_lane(trace.channel_id, name) for name in names),
        *(lanes.timer_lane(timer, trace.conversation_id) for timer in Timer),
        *(lanes.telegram_lane(staff, topic) for topic in topics),
    ]


def _outbox_lanes(trace: ErasedConversation) -> list[str]:
    return [
        *(lanes.conversation_lane(side, trace.conversation_id) for side in Side),
        lanes.card_lane(trace.conversation_id),
        lanes.read_mark_lane(trace.conversation_id),
        lanes.chat_lane(trace.channel_id, trace.external_id),
    ]


def _staff_channel(uow: UnitOfWork, trace: ErasedConversation) -> ChannelId:
    known = uow.channels.is_known(trace.channel_id)
    return uow.channels[trace.channel_id].staff_channel_id if known else trace.channel_id


async def _finish(
    uow: UnitOfWork, client_id: ClientId, traces: Sequence[ErasedConversation], by: Actor
) -> bool:
    """Delete what is left; return False if another process did so at the same time."""
    held_by = await erasure.list_open_session_holders(uow.tx, client_id)
    count = await erasure.delete_client(uow.tx, client_id, traces)
    if count is None:
        return False
    add_entry(uow, by, "client.delete", client_id, {"sessions": count})
    for trace in traces:
        await _delete_references(uow, trace)
        if trace.has_topic:
            _close_topic(uow, trace, by)
    for holder in held_by:
        await forget_session(uow, holder)
    if held_by:
        await assign_waiting(uow)
    return True


async def _delete_references(uow: UnitOfWork, trace: ErasedConversation) -> None:
    """Delete rows that only the client's address or conversation names."""
    limit_keys = [lanes.person_limit_key(trace.channel_id, trace.external_id)]
    await erasure.delete_backoffs(uow.tx, limit_keys)
    await erasure.delete_usage(uow.tx, trace.channel_id, limit_keys)
    await erasure.delete_stored_replies(uow.tx, trace.conversation_id)
    about = lanes.notice_key(trace.conversation_id)
    await erasure.clear_agent_notices(uow.tx, about, uow.now)


def _close_topic(uow: UnitOfWork, trace: ErasedConversation, by: Actor) -> None:
    """Enqueue the deletion of the topic, which holds copies of all messages, and tell the group."""
    chat, topic = trace.topics[0]
    staff = _staff_channel(uow, trace)
    name = Content(text=uow.text_for_staff("card.erased"))
    uow.outbox_items.append(
        OutboxItem(
            queue=Queue.STAFF,
            # A lane of its own, so that nothing waits behind it if the bot may not delete the
            # topic.
            lane=lanes.chat_lane(staff, lanes.topic_location(chat, topic)),
            rate_limit_key=lanes.group_limit_key(staff, chat),
            channel_id=staff,
            payload=DeletePayload(chat=chat, topic=topic, whole_topic=True, content=name),
            due_at=uow.now,
        )
    )
    uow.enqueue_for_chat(
        staff, chat, uow.text_for_staff("general.erased", agent=by.name), group=True
    )
