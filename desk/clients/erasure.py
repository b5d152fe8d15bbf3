"""Deletes all that is kept of a customer, because they have a right to it.

Step by step, each a transaction of its own and short, so that nobody waits for years of messages.
Every step may be repeated, and whoever begins again goes on where it stopped.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from db.ids import ChannelId, ClientId, MessageId
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.clients import erasure, merging
from db.queries.clients.erasure import ErasedConversation
from db.queries.conversations.threads import lock_by_ids
from db.queues.outbox import OutboxItem
from db.tables import OutboxKind, Queue, Side
from desk import lanes
from desk.audit import note
from desk.content import Content
from desk.conversations.assignment import give_out_waiting
from desk.receiving.timers import Timer
from desk.unit_of_work import Desk

# Messages that one step deletes: on SQLite everybody else waits for it.
_AT_ONCE = 200
# Removes a message's file from our disk; a second time it is gone already.
Forget = Callable[[MessageId, dict[str, Any]], None]


class Step(Enum):
    """How far the deletion of a client came."""

    UNKNOWN = "there is no such client"
    BUSY = "something is being sent to them or about them just now: try again in a moment"
    MORE = "there is more to delete"
    DONE = "nothing is left"


class JoinedError(Exception):
    """They are one person with somebody else by now: nothing was deleted."""


class ChangedMeanwhileError(Exception):
    """Conversations became theirs, or others', just now: nothing was done, try again."""


async def erase_step(desk: Desk, client_id: ClientId, forget: Forget, *, by: BoundAgent) -> Step:
    """Delete some of what is kept of a client, and in the end the client.

    Whoever was joined to them goes with them. Raises JoinedError or ChangedMeanwhileError: what was
    done so far in the transaction must be undone.
    """
    traces = await erasure.list_client_conversations(desk.tx, client_id)
    if traces is None:
        return Step.UNKNOWN
    if not await _silence(desk, client_id, traces):
        return Step.BUSY
    ids = [trace.conversation_id for trace in traces]
    found = await erasure.list_oldest_messages(desk.tx, ids, _AT_ONCE)
    for message in found:
        for file in message.files:
            forget(message.id, file)
    await erasure.delete_messages(desk.tx, [message.id for message in found])
    if len(found) == _AT_ONCE:
        return Step.MORE
    return Step.DONE if await _finish(desk, client_id, traces, by) else Step.UNKNOWN


async def _silence(desk: Desk, client_id: ClientId, traces: Sequence[ErasedConversation]) -> bool:
    """See that nothing about them is taken in or sent any more; False: it is, just now.

    Locks what the worker locks, in its order: what came in, the conversations, what goes out. The
    client is locked after the conversations, as by whoever joins them to somebody.
    """
    incoming = [lane for trace in traces for lane in _incoming(desk, trace)]
    outgoing = [lane for trace in traces for lane in _outgoing(trace)]
    await erasure.clear_inbox(desk.tx, incoming, desk.now)
    ids = [trace.conversation_id for trace in traces]
    await lock_by_ids(desk.tx, ids)
    found = await merging.lock_clients(desk.tx, [client_id])
    if client_id in found and found[client_id].merged_into_id is not None:
        raise JoinedError
    if await merging.list_conversations(desk.tx, [client_id]) != ids:
        raise ChangedMeanwhileError
    return await erasure.clear_outbox(desk.tx, outgoing, desk.now)


def _incoming(desk: Desk, trace: ErasedConversation) -> list[str]:
    staff = _staff_channel(desk, trace)
    topics = [lanes.topic_place(chat, topic) for chat, topic in trace.topics]
    names = [trace.external_id, *([trace.alias] if trace.alias else [])]
    return [
        *(lanes.intake_lane(trace.channel_id, name) for name in names),
        *(lanes.whatsapp_lane(trace.channel_id, name) for name in names),
        *(lanes.timer_lane(timer, trace.conversation_id) for timer in Timer),
        *(lanes.intake_lane(staff, topic) for topic in topics),
    ]


def _outgoing(trace: ErasedConversation) -> list[str]:
    return [
        *(lanes.lane_of(side, trace.conversation_id) for side in Side),
        lanes.card_lane(trace.conversation_id),
        lanes.seen_lane(trace.conversation_id),
        lanes.chat_lane(trace.channel_id, trace.external_id),
    ]


def _staff_channel(desk: Desk, trace: ErasedConversation) -> ChannelId:
    known = desk.channels.knows(trace.channel_id)
    return desk.channels[trace.channel_id].staff_channel_id if known else trace.channel_id


async def _finish(
    desk: Desk, client_id: ClientId, traces: Sequence[ErasedConversation], by: BoundAgent
) -> bool:
    """Delete what is left; False: somebody else did, at the same time."""
    holders = await erasure.list_open_session_holders(desk.tx, client_id)
    count = await erasure.delete_client(desk.tx, client_id, traces)
    if count is None:
        return False
    note(desk, by, "client.delete", client_id, {"sessions": count})
    for trace in traces:
        await _forget(desk, trace)
        if trace.has_topic:
            _close_topic(desk, trace, by)
    for holder in holders:
        if holder is not None:
            await agents.decrement_active_sessions(desk.tx, holder)
    if holders:
        await give_out_waiting(desk)
    return True


async def _forget(desk: Desk, trace: ErasedConversation) -> None:
    """Forget what only their address or conversation names."""
    gates = [lanes.person_gate(trace.channel_id, trace.external_id)]
    await erasure.delete_backoffs(desk.tx, gates)
    await erasure.delete_usage(desk.tx, trace.channel_id, gates)
    await erasure.delete_stored_replies(desk.tx, trace.conversation_id)
    about = lanes.told_about(trace.conversation_id)
    await erasure.clear_agent_notices(desk.tx, about, desk.now)


def _close_topic(desk: Desk, trace: ErasedConversation, by: BoundAgent) -> None:
    """Have the topic deleted, which holds copies of all that was said, and tell the group."""
    chat, topic = trace.topics[0]
    staff = _staff_channel(desk, trace)
    name = Content(text=desk.for_staff("card.erased")).to_json()
    desk.errands.append(
        OutboxItem(
            queue=Queue.STAFF,
            # A lane of its own: where the bot may not delete it, nothing waits behind it.
            lane=lanes.chat_lane(staff, lanes.topic_place(chat, topic)),
            rate_limit_key=lanes.group_gate(staff, chat),
            kind=OutboxKind.DELETE,
            channel_id=staff,
            payload={"chat": chat, "topic": topic, "whole_topic": True, "content": name},
            due_at=desk.now,
        )
    )
    desk.tell_chat(staff, chat, desk.for_staff("general.erased", agent=by.name), group=True)
