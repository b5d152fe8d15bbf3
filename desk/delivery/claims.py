"""Chooses what to send next: due lanes whose gate is open, most urgent class first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import ChannelId, new_id
from db.queries.conversations.threads import Thread
from db.queues import lanes, outbox
from db.queues.lanes import DueLane
from db.queues.outbox import OutboxRow
from db.tables import OutboxKind, Queue
from desk.channels import Channels
from desk.delivery.addresses import Addresses, look_up, side_of
from desk.delivery.edit_folding import may_be_reworded, put_edits_in
from desk.delivery.ports import Delivery
from desk.delivery.steps import (
    album_at_head,
    burst_at_head,
    card_step,
    due_of_head,
    independent_run,
    is_too_late,
    needs_topic,
    preparation,
    was_being_sent,
)
from desk.delivery.work import (
    Ambiguous,
    Deliver,
    DeliverAlbum,
    DeliverTogether,
    OpenTopic,
    PinCard,
    ShowCard,
    Step,
    TooLate,
    Work,
)
from desk.formatting.merging import merge_texts
from desk.formatting.splitting import TEXT_LIMIT
from desk.limits.rate_limiter import RateLimiter
from desk.unserved_channels import find_retry_times

# Most urgent first: an answer never waits behind copies, a copy never behind cards.
CLASSES = (Queue.CUSTOMER, Queue.STAFF, Queue.BACKGROUND)
# Short, so that a dead worker's lanes are soon taken over; the courier renews what it still holds.
LEASE = timedelta(seconds=4)
_PER_LANE = 10
# What one claim takes from a lane if the gate has room. Answers go one by one until many lanes
# wait: each is marked before it is sent, and a crash has an agent asked about every one marked.
_COPIES_AT_ONCE = 8
_ANSWERS_AT_ONCE = 4
_MANY_LANES = 8
# Of a group's budget, what cards and their pins leave for messages.
_RESERVE = 6


@dataclass(slots=True)
class _Claiming:
    tx: AsyncSession
    rate_limiter: RateLimiter
    now: datetime
    at: float
    token: str
    channels: Channels | None
    works: list[Work]
    # How many messages of a lane may go at once, in the class at hand.
    most: int = 1
    # Answers that have to wait for the provider's limits, and until when.
    held: list[tuple[OutboxRow, datetime]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Claim:
    """What may be sent now, and which answers have to wait until when."""

    works: list[Work]
    held: list[tuple[OutboxRow, datetime]]


async def claim(
    tx: AsyncSession,
    rate_limiter: RateLimiter,
    now: datetime,
    at: float,
    *,
    most: int,
    classes: tuple[Queue, ...] = CLASSES,
    channels: Channels | None = None,
) -> Claim:
    """Claim up to `most` lanes and mark the answers among them as being sent.

    `now` is wall time, `at` the throttle's clock; of `classes` it is known that lanes are due.
    Nothing is claimed that would have to wait, for its limits or for a channel of `channels` to be
    served; None: all are.
    """
    claiming = _Claiming(tx, rate_limiter, now, at, new_id(), channels, [])
    for queue in classes:
        room = most - len(claiming.works)
        if room > 0:
            await _claim_class(claiming, queue, room)
    sending = [row.id for work in claiming.works for row in _marked(work)]
    await outbox.mark_sending(tx, sending)
    return Claim(claiming.works, claiming.held)


async def _claim_class(claiming: _Claiming, queue: Queue, room: int) -> None:
    due = await lanes.lock_due_lanes(
        claiming.tx,
        queue,
        claiming.now,
        most=room,
        closed_keys=claiming.rate_limiter.list_closed(claiming.at),
    )
    if not due:
        return
    claiming.most = _most_at_once(queue, len(due))
    rows = await _heads(claiming.tx, queue, [lane.lane for lane in due], claiming.most)
    rows |= await _reworded(claiming, rows) if queue is Queue.CUSTOMER else {}
    to_staff = queue is not Queue.CUSTOMER
    known = await look_up(
        claiming.tx,
        ((row, side_of(row, to_staff=to_staff)) for each in rows.values() for row in each),
    )
    away = await _put_off_unserved(claiming, queue, rows, known)
    taken: list[Work] = []
    waits: dict[datetime | None, list[str]] = {}
    # What needs a topic opened comes after what does not: a message is worth more than a topic.
    there = [lane for lane in due if lane.lane not in away]
    for lane in sorted(there, key=lambda lane: _opens_topic(queue, rows[lane.lane], known)):
        work_or_time = _next(claiming, queue, lane, rows[lane.lane], known)
        if isinstance(work_or_time, Work):
            taken.append(work_or_time)
        else:
            waits.setdefault(work_or_time, []).append(lane.lane)
    for at, names in waits.items():
        await lanes.set_due(claiming.tx, queue, names, at)
        if at is not None and queue is Queue.CUSTOMER:
            claiming.held.extend((rows[name][0], at) for name in names if rows[name])
    if taken:
        names = [work.lane for work in taken]
        until = claiming.now + LEASE
        await lanes.lease(claiming.tx, queue, names, token=claiming.token, until=until)
        claiming.works.extend(taken)


def _most_at_once(queue: Queue, due: int) -> int:
    """Tell how many messages of a lane one claim may take, while so many lanes are due."""
    if queue is not Queue.CUSTOMER:
        return _COPIES_AT_ONCE
    return _ANSWERS_AT_ONCE if due >= _MANY_LANES else 1


async def _put_off_unserved(
    claiming: _Claiming,
    queue: Queue,
    rows: Mapping[str, Sequence[OutboxRow]],
    known: Addresses,
) -> Collection[str]:
    """Put lanes off whose channel this process does not serve, or has not read yet."""
    channels = claiming.channels
    if channels is None:
        return ()
    heads = {lane: each[0] for lane, each in rows.items() if each}
    away = {
        lane: channel_id
        for lane, head in heads.items()
        if (channel_id := _unserved(channels, head, known.thread_of(head)))
    }
    again = await find_retry_times(claiming.tx, set(away.values()), claiming.now) if away else {}
    for channel_id, at in again.items():
        names = [lane for lane, its in away.items() if its == channel_id]
        await lanes.set_due(claiming.tx, queue, names, at)
    return away


def _unserved(channels: Channels, head: OutboxRow, thread: Thread | None) -> ChannelId | None:
    if head.channel_id not in channels:
        return head.channel_id
    if thread is not None and not channels.is_known(thread.channel_id):
        return thread.channel_id
    return None


async def _heads(
    tx: AsyncSession, queue: Queue, names: Sequence[str], most: int
) -> dict[str, list[OutboxRow]]:
    """Read what each lane begins with: no more than its next step can use.

    `most` answers and whether there is another are enough, unless an album begins there.
    """
    if queue is not Queue.CUSTOMER:
        return await outbox.read_oldest(tx, names, _PER_LANE)
    rows = await outbox.read_oldest(tx, names, most + 1)
    albums = [name for name, each in rows.items() if each and album_at_head(each)]
    return {**rows, **await outbox.read_oldest(tx, albums, _PER_LANE)}


async def _reworded(
    claiming: _Claiming, rows: Mapping[str, Sequence[OutboxRow]]
) -> dict[str, list[OutboxRow]]:
    """Put edits into the answers before them; returns what those lanes begin with by then."""
    names = [name for name, each in rows.items() if may_be_reworded(each)]
    if not names:
        return {}
    whole = await outbox.read_oldest(claiming.tx, names, _PER_LANE)
    await put_edits_in(claiming.tx, whole, claiming.now)
    return await outbox.read_oldest(claiming.tx, names, _PER_LANE)


def _opens_topic(queue: Queue, rows: Sequence[OutboxRow], known: Addresses) -> bool:
    return bool(rows) and needs_topic(queue, rows[0], known.thread_of(rows[0]))


def _next(
    claiming: _Claiming,
    queue: Queue,
    lane: DueLane,
    rows: Sequence[OutboxRow],
    known: Addresses,
) -> Work | datetime | None:
    """Choose a lane's next step and spend its budget; or tell when the lane is due instead."""
    if not rows:
        return None
    due_at = due_of_head(rows)
    if due_at > claiming.now:
        return due_at
    ready = list(takewhile(lambda row: row.due_at <= claiming.now, rows))
    step = _choose(claiming, queue, lane, ready, known)
    if step is None:
        return None
    calls, reserve = cost(step), _RESERVE if queue is Queue.BACKGROUND else 0
    wait = claiming.rate_limiter.wait(
        lane.rate_limit_key, claiming.at, calls=calls, reserve=reserve
    )
    if wait > 0:
        return claiming.now + timedelta(seconds=wait)
    claiming.rate_limiter.spend(lane.rate_limit_key, claiming.at, calls=calls)
    more = len(rows) > _rows_in(step) or len(rows) == _PER_LANE
    return Work(
        queue, lane.lane, lane.rate_limit_key, claiming.token, claiming.now, step, claiming.at, more
    )


def _choose(
    claiming: _Claiming,
    queue: Queue,
    lane: DueLane,
    rows: list[OutboxRow],
    known: Addresses,
) -> Step | None:
    head, thread = rows[0], known.thread_of(rows[0])
    if was_being_sent(head):
        return Ambiguous(head)
    if queue is Queue.CUSTOMER and _is_too_late(claiming, head, thread):
        return TooLate(head)
    if queue is Queue.BACKGROUND and head.kind is not OutboxKind.SEEN and thread is not None:
        return card_step(rows, thread)
    plentiful = (
        claiming.rate_limiter.wait(lane.rate_limit_key, claiming.at, calls=2, reserve=_RESERVE) <= 0
    )
    first = preparation(queue, head, thread, plentiful=plentiful)
    if first is not None:
        return first
    to_staff = queue is not Queue.CUSTOMER
    together = album_at_head(rows)
    if together:
        return DeliverAlbum(together, _deliveries(together, known, to_staff=to_staff))
    burst = burst_at_head(rows) if to_staff else []
    if claiming.rate_limiter.available(lane.rate_limit_key, claiming.at, most=len(burst)) < len(
        burst
    ):
        return _together(burst, known)
    run = independent_run(rows)[: _affordable(claiming, lane)]
    return Deliver(tuple(run), _deliveries(run, known, to_staff=to_staff))


def _is_too_late(claiming: _Claiming, head: OutboxRow, thread: Thread | None) -> bool:
    channels = claiming.channels
    if channels is None or thread is None:
        return False
    return is_too_late(head, thread, channels[thread.channel_id], claiming.now)


def _together(burst: Sequence[OutboxRow], known: Addresses) -> DeliverTogether | Deliver:
    """Make one message of a burst, for a window that has no room for all of it."""
    deliveries = _deliveries(burst, known, to_staff=True)
    content, many = merge_texts((each.content for each in deliveries), TEXT_LIMIT)
    if many == 1:
        return Deliver(tuple(burst[:1]), deliveries[:1])
    return DeliverTogether(tuple(burst[:many]), replace(deliveries[0], content=content))


def _affordable(claiming: _Claiming, lane: DueLane) -> int:
    """Tell how many messages of a lane fit into its gate's budget now, one at the least."""
    return max(
        1, claiming.rate_limiter.available(lane.rate_limit_key, claiming.at, most=claiming.most)
    )


def _deliveries(
    rows: Sequence[OutboxRow], known: Addresses, *, to_staff: bool
) -> tuple[Delivery, ...]:
    return tuple(known.delivery(row, side_of(row, to_staff=to_staff)) for row in rows)


def cost(step: Step) -> int:
    """Count the calls that a step makes within the provider's limits."""
    match step:
        case Deliver(rows) | DeliverAlbum(rows):
            return len(rows)
        case Ambiguous() | TooLate():
            return 0
        case OpenTopic() | ShowCard() | PinCard() | DeliverTogether():
            return 1


def _rows_in(step: Step) -> int:
    match step:
        case Deliver(rows) | DeliverAlbum(rows) | DeliverTogether(rows):
            return len(rows)
        case ShowCard(_, rows):
            return len(rows)
        case Ambiguous() | TooLate() | PinCard():
            return 1
        case OpenTopic():
            return 0


def _marked(work: Work) -> tuple[OutboxRow, ...]:
    """List the rows of a work that a crash would leave uncertain: answers to customers."""
    if work.queue is not Queue.CUSTOMER or not isinstance(work.step, Deliver | DeliverAlbum):
        return ()
    return tuple(row for row in work.step.rows if row.conversation_id is not None)
