"""One step of a broadcast: list some of its recipients, or hand some messages to the courier.

At most `_MOST_QUEUED` of a channel's messages are in the outbox at a time. A slow channel does not
hold up the others, and what waits there is no more than the courier needs for a moment.
"""

from enum import Enum

from db.ids import BroadcastId, ChannelId
from db.queries.broadcasts import audience as audience_queries
from db.queries.broadcasts import broadcasts, recipients
from db.queries.broadcasts.audience import Candidate
from db.queries.conversations.threads import Thread, lock_by_ids
from db.tables import Broadcast, BroadcastState, RecipientState, SkipReason
from desk.actors import rule
from desk.broadcasts.audience import build_rules, from_json
from desk.broadcasts.content import MessageBuilder
from desk.broadcasts.states import report_progress, set_state
from desk.causes import Cause
from desk.messages.replies import reply
from desk.templates.rendering import RenderingError
from desk.unit_of_work import UnitOfWork

_CLIENTS_PER_STEP = 200
_MOST_QUEUED = 40
# Customers' rows are locked meanwhile: a message of theirs waits some milliseconds at most.
_MESSAGES_PER_STEP = 20


class Progress(Enum):
    """How far a broadcast is after a step."""

    LISTING = "its recipients are being listed"
    SENDING = "its messages are being sent"
    STOPPED = "nothing is left to do, or it was paused or canceled"


async def send_some(uow: UnitOfWork, broadcast_id: BroadcastId, run: int) -> Progress:
    """Do one step of a broadcast; nothing if it was stopped, or started again since."""
    broadcast = await broadcasts.find_broadcast(uow.tx, broadcast_id, lock=True)
    if broadcast is None or broadcast.run != run:
        return Progress.STOPPED
    if broadcast.state is BroadcastState.SCHEDULED:
        await set_state(uow, broadcast, BroadcastState.RUNNING)
    if broadcast.state is not BroadcastState.RUNNING:
        return Progress.STOPPED
    if not broadcast.is_listed:
        await _list_some(uow, broadcast)
        return Progress.LISTING
    is_full = await _queue_some(uow, broadcast)
    if is_full or await _is_unfinished(uow, broadcast):
        await report_progress(uow, broadcast)
        return Progress.SENDING
    await set_state(uow, broadcast, BroadcastState.DONE)
    return Progress.STOPPED


async def _list_some(uow: UnitOfWork, broadcast: Broadcast) -> None:
    """Add the next clients to the recipients, with those who are skipped and why."""
    found, last = await audience_queries.list_candidates(
        uow.tx,
        from_json(broadcast.audience),
        build_rules(uow, broadcast),
        after=broadcast.listed_until,
        limit=_CLIENTS_PER_STEP,
    )
    await recipients.add_recipients(uow.tx, broadcast.id, found, uow.now)
    if last is None:
        broadcast.is_listed = True
    else:
        broadcast.listed_until = last


async def _is_unfinished(uow: UnitOfWork, broadcast: Broadcast) -> bool:
    counts = await broadcasts.count_recipients_of(uow.tx, broadcast.id)
    return bool(counts.get(RecipientState.WAITING) or counts.get(RecipientState.QUEUED))


async def _queue_some(uow: UnitOfWork, broadcast: Broadcast) -> bool:
    """Hand the next messages of each channel to the courier; return whether any were."""
    queued = await recipients.count_queued(uow.tx, broadcast.id)
    builder = await MessageBuilder.create(uow, broadcast)
    has_some = False
    for channel_id in await recipients.list_waiting_channels(uow.tx, broadcast.id):
        room = min(_MESSAGES_PER_STEP, _MOST_QUEUED - queued.get(channel_id, 0))
        if room > 0:
            has_some = await _queue_for_channel(uow, builder, channel_id, room) or has_some
    return has_some


async def _queue_for_channel(
    uow: UnitOfWork, builder: MessageBuilder, channel_id: ChannelId, room: int
) -> bool:
    broadcast = builder.broadcast
    found = await recipients.list_waiting(
        uow.tx, broadcast.id, channel_id, build_rules(uow, broadcast), limit=room
    )
    fits = [each for each in found if each.reason is None]
    # A channel that this process has not read yet has to wait a moment.
    threads = await _load_threads(uow, fits) if channel_id in uow.channels else {}
    for each in found:
        thread = threads.get(each.conversation_id)
        if each.reason is not None:
            await _skip(uow, broadcast, each, each.reason)
        elif thread is not None:
            await _queue(uow, builder, each, thread)
    return bool(found)


async def _load_threads(uow: UnitOfWork, found: list[Candidate]) -> dict[str, Thread]:
    threads = await lock_by_ids(uow.tx, sorted(each.conversation_id for each in found))
    return {each.conversation_id: each for each in threads}


async def _queue(
    uow: UnitOfWork, builder: MessageBuilder, recipient: Candidate, thread: Thread
) -> None:
    """Write a customer's message, which is sent after everything else."""
    broadcast, client_id = builder.broadcast, recipient.client_id
    try:
        content = await builder.build(thread)
    except RenderingError as error:
        state = RecipientState.FAILED
        await recipients.set_state(
            uow.tx, broadcast.id, client_id, state, uow.now, reason=uow.reason_for_staff(error)
        )
        return
    message_id = await reply(uow, thread, rule(broadcast.name), content, cause=Cause.BROADCAST)
    await recipients.set_state(
        uow.tx,
        broadcast.id,
        client_id,
        RecipientState.QUEUED,
        uow.now,
        message_id=message_id,
    )
    await recipients.set_unseen(uow.tx, thread.conversation_id, message_id)


async def _skip(
    uow: UnitOfWork, broadcast: Broadcast, recipient: Candidate, reason: SkipReason
) -> None:
    state, client_id = RecipientState.SKIPPED, recipient.client_id
    await recipients.set_state(uow.tx, broadcast.id, client_id, state, uow.now, reason=reason)
