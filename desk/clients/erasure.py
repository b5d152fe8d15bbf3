"""Erase everything that is stored about a customer, who has a right to this.

Each step is a short transaction of its own, so that others do not wait while years of messages are
deleted. Every step can be repeated; an erasure that begins again continues where it stopped.
"""

import json
import re
from collections.abc import Callable, Collection, Sequence
from enum import Enum
from functools import partial
from typing import Any

from db.ids import ClientId, MessageId
from db.queries.clients import erasure, merging
from db.queries.clients.erasure import ErasedConversation
from db.queries.conversations import staff_places
from db.queries.conversations.staff_places import KnownPlace
from db.queries.conversations.threads import lock_by_ids
from db.queues.payloads import DeletePayload
from desk import lanes
from desk.actors import Actor
from desk.audit import add_entry
from desk.clients.shared_copies import delete_shared_copies, delete_shared_notices
from desk.content import Content
from desk.conversations.assignment import assign_waiting
from desk.conversations.boards import refresh_boards
from desk.conversations.holders import forget_session
from desk.outbox_items import build_for_topic
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
    ids = [trace.conversation_id for trace in traces]
    places = await staff_places.list_places(uow.tx, ids)
    if not await _stop_queues(uow, client_id, traces, places):
        return ErasureStep.BUSY
    found = await erasure.list_oldest_messages(uow.tx, ids, _BATCH_SIZE)
    for message in found:
        for file in message.files:
            forget(message.id, file)
    await delete_shared_copies(uow, [message.id for message in found], places)
    await erasure.delete_messages(uow.tx, [message.id for message in found])
    if len(found) == _BATCH_SIZE:
        return ErasureStep.MORE
    is_done = await _finish(uow, client_id, traces, places, by)
    return ErasureStep.DONE if is_done else ErasureStep.UNKNOWN


async def _stop_queues(
    uow: UnitOfWork,
    client_id: ClientId,
    traces: Sequence[ErasedConversation],
    places: Sequence[KnownPlace],
) -> bool:
    """Stop receiving and sending for the client; return False if a send is under way.

    Locks what the worker locks, in its order: received rows, conversations, outbox rows. The client
    is locked after the conversations, as a merge does it.
    """
    incoming = [lane for trace in traces for lane in _inbox_lanes(trace)]
    incoming += [_topic_lane(place) for place in places if place.topic]
    incoming += await _list_numbered_timer_lanes(uow, traces)
    outgoing = [lane for trace in traces for lane in _outbox_lanes(trace)]
    of_place = lanes.staff_lane, lanes.card_lane, lanes.title_lane
    outgoing += [lane(place.id) for place in places for lane in of_place]
    await erasure.clear_inbox(uow.tx, incoming, uow.now)
    ids = [trace.conversation_id for trace in traces]
    await lock_by_ids(uow.tx, ids)
    found = await merging.lock_clients(uow.tx, [client_id])
    if client_id in found and found[client_id].merged_into_id is not None:
        raise MergedClientError
    if await merging.list_conversations(uow.tx, [client_id]) != ids:
        raise ConcurrentChangeError
    if await staff_places.list_places(uow.tx, ids) != places:
        raise ConcurrentChangeError
    return await erasure.clear_outbox(uow.tx, outgoing, uow.now)


def _inbox_lanes(trace: ErasedConversation) -> list[str]:
    names = [trace.external_id, *([trace.alias] if trace.alias else [])]
    return [
        *(lanes.telegram_lane(trace.channel_id, name) for name in names),
        *(lanes.whatsapp_lane(trace.channel_id, name) for name in names),
        *(lanes.timer_lane(timer, trace.conversation_id) for timer in Timer),
    ]


async def _list_numbered_timer_lanes(
    uow: UnitOfWork, traces: Sequence[ErasedConversation]
) -> list[str]:
    """List the lanes of timers of which a conversation can have several."""
    beginnings = [
        lanes.timer_lane(timer, trace.conversation_id)
        for trace in traces
        for timer in (Timer.RULE, Timer.SLA)
    ]
    return [
        each for name in beginnings for each in await erasure.list_inbox_lanes(uow.tx, f"{name}:")
    ]


def _topic_lane(place: KnownPlace) -> str:
    return lanes.telegram_lane(
        place.channel_id, lanes.topic_location(place.chat, place.topic or "")
    )


def _outbox_lanes(trace: ErasedConversation) -> list[str]:
    return [
        lanes.customer_lane(trace.conversation_id),
        lanes.broadcast_lane(trace.conversation_id),
        lanes.read_mark_lane(trace.conversation_id),
        lanes.queue_place_lane(trace.conversation_id),
        lanes.chat_lane(trace.channel_id, trace.external_id),
    ]


async def _finish(
    uow: UnitOfWork,
    client_id: ClientId,
    traces: Sequence[ErasedConversation],
    places: Sequence[KnownPlace],
    by: Actor,
) -> bool:
    """Delete what is left; return False if another process did so at the same time."""
    held_by = await erasure.list_open_session_holders(uow.tx, client_id)
    await _clear_shared_lanes(uow, client_id, traces, places)
    await staff_places.delete_places(uow.tx, [trace.conversation_id for trace in traces])
    count = await erasure.delete_client(uow.tx, client_id, traces)
    if count is None:
        return False
    add_entry(uow, by, "client.delete", client_id, {"sessions": count})
    for trace in traces:
        await _delete_references(uow, trace)
    for place in places:
        # Former topics of a group were deleted; those of an agent's own chat may be there still.
        if place.topic and (place.is_active or place.agent_id):
            _delete_topic(uow, place)
        is_shown = place.topic or not place.in_topic
        if is_shown and place.is_active and place.agent_id is None:
            text = uow.text_for_staff("general.erased", agent=by.name)
            uow.enqueue_for_chat(place.channel_id, place.chat, text, group=True)
    await delete_shared_notices(uow, [trace.conversation_id for trace in traces], places)
    refresh_boards(uow)  # they name who waits
    for holder in held_by:
        await forget_session(uow, holder)
    if held_by:
        await assign_waiting(uow)
    return True


async def _clear_shared_lanes(
    uow: UnitOfWork,
    client_id: ClientId,
    traces: Sequence[ErasedConversation],
    places: Sequence[KnownPlace],
) -> None:
    """Empty what names the client in lanes of several conversations.

    These are the General topic of a staff group, an agent's own chat, and what has no chat.
    """
    words = await erasure.list_client_names(uow.tx, client_id)
    for trace in traces:
        words |= {trace.external_id, trace.conversation_id, *([trace.alias] if trace.alias else ())}
    # Topics of an agent's own chat have no lane of their own.
    topics = {place.topic for place in places if place.topic and place.agent_id}
    incoming = {lanes.telegram_lane(place.channel_id, place.chat) for place in places}
    incoming |= {lanes.telegram_lane(place.channel_id, lanes.NO_CHAT) for place in places}
    await erasure.clear_parked(uow.tx, incoming, partial(_is_about, words, topics), uow.now)
    outgoing = {lanes.chat_lane(place.channel_id, place.chat) for place in places}
    await erasure.clear_settled_notices(uow.tx, outgoing)
    for place in places:
        await erasure.clear_notices(uow.tx, lanes.refused_topic_key(place.id), uow.now)


def _is_about(words: Collection[str], topics: Collection[str], payload: str) -> bool:
    """Check whether an update's JSON has one of these words, or came from one of these topics."""
    signs = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]
    signs += [f'"message_thread_id":{topic}' for topic in topics]
    return any(re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", payload) for sign in signs)


async def _delete_references(uow: UnitOfWork, trace: ErasedConversation) -> None:
    """Delete rows that only the client's address or conversation names."""
    names = [trace.external_id, *([trace.alias] if trace.alias else [])]
    limit_keys = [lanes.person_limit_key(trace.channel_id, name) for name in names]
    await erasure.delete_backoffs(uow.tx, limit_keys)
    await erasure.delete_usage(uow.tx, trace.channel_id, limit_keys)
    await erasure.delete_stored_replies(uow.tx, trace.conversation_id)
    about = lanes.notice_key(trace.conversation_id)
    await erasure.clear_notices(uow.tx, about, uow.now)


def _delete_topic(uow: UnitOfWork, place: KnownPlace) -> None:
    """Enqueue the deletion of a topic, which holds copies of all messages."""
    name = Content(text=uow.text_for_staff("card.erased"))
    payload = DeletePayload(chat=place.chat, topic=place.topic, whole_topic=True, content=name)
    uow.outbox_items.append(build_for_topic(place, payload, uow.now))
