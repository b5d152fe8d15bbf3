"""Choose what to send next: due lanes whose rate-limit key is open, most urgent class first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from db.database import Transaction
from db.ids import ChannelId, MessageId, new_id
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues import lanes, outbox
from db.queues.lanes import DueLane
from db.queues.outbox import OutboxRow
from db.queues.payloads import CardPayload, PinPayload, UnreadablePayload
from db.tables import Queue
from desk.channels import Channels
from desk.delivery.addresses import Addresses, load_addresses, side_of
from desk.delivery.boards import AnyBoard, BoardName, get_board_name, load_boards
from desk.delivery.broadcasts import DueBroadcasts
from desk.delivery.card_details import load_card_details
from desk.delivery.deliveries import build_deliveries, merge_burst
from desk.delivery.edit_folding import drop_deleted, fold_edits, may_fold
from desk.delivery.fair_share import FairShare
from desk.delivery.steps import (
    choose_card_step,
    choose_preparation,
    get_head_due,
    is_title,
    is_too_late,
    take_album,
    take_burst,
    take_independent,
    was_being_sent,
)
from desk.delivery.work import (
    Ambiguous,
    Deliver,
    DeliverAlbum,
    OpenTopic,
    PlaceClosed,
    ShowBoard,
    ShowCard,
    Step,
    TooLate,
    Unreadable,
    UnsentStep,
    Unwanted,
    Work,
)
from desk.limits.rate_limiter import RateLimiter
from desk.unserved_channels import find_retry_times

# Most urgent first: an answer never waits behind copies, a copy never behind cards, and nothing
# behind broadcasts.
QUEUES_BY_URGENCY = (Queue.CUSTOMER, Queue.STAFF, Queue.BACKGROUND, Queue.BROADCAST)
# Short, so that a dead worker's lanes are soon taken over; the courier renews the leases it holds.
LEASE = timedelta(seconds=4)
_PER_LANE = 10
# How many rows one claim takes from a lane if the rate limit has room. Answers are claimed one by
# one until many lanes wait: each is marked before it is sent, and after a crash an agent is asked
# about every marked one.
_MAX_COPIES = 8
_MAX_ANSWERS = 4
_MANY_LANES = 8
# How long cards and pins leave half of a group's rate limit free.
_CARD_PATIENCE = timedelta(seconds=30)
# Texts of a customer that waited this long travel as one message.
_BURST_AFTER = timedelta(seconds=3)


@dataclass(slots=True)
class _ClaimRun:
    tx: Transaction
    rate_limiter: RateLimiter
    now: datetime
    at: float
    token: str
    channels: Channels | None
    works: list[Work]
    # The turns of the current class's lanes.
    shares: FairShare
    # How many messages of a lane may be sent at once, in the current class.
    most: int = 1
    # Answers that must wait for the provider's limits, and until when.
    delayed: list[tuple[OutboxRow, datetime]] = field(default_factory=list)
    # The boards that are updated.
    boards: dict[BoardName, AnyBoard] = field(default_factory=dict)
    # Answers that were deleted and are not sent.
    unsent: list[MessageId] = field(default_factory=list)
    broadcasts: DueBroadcasts = field(default_factory=DueBroadcasts)


@dataclass(frozen=True, slots=True)
class Claim:
    """The work that may be sent now, the answers that must wait until then, and deleted ones."""

    works: list[Work]
    delayed: list[tuple[OutboxRow, datetime]]
    unsent: list[MessageId]


async def claim(
    tx: Transaction,
    rate_limiter: RateLimiter,
    now: datetime,
    at: float,
    *,
    most: int,
    most_broadcasts: int | None = None,
    classes: tuple[Queue, ...] = QUEUES_BY_URGENCY,
    channels: Channels | None = None,
) -> Claim:
    """Claim up to `most` lanes and mark the answers among them as being sent.

    At most `most_broadcasts` of them are messages of broadcasts. `now` is wall time, `at` is the
    rate limiter's clock; `classes` are the queues with due lanes. Lanes that would have to wait are
    not claimed: for their limits, or for their channel to be served. `channels` are the served
    channels; None means that all are.
    """
    shares = FairShare(rate_limiter, at)
    claim_run = _ClaimRun(tx, rate_limiter, now, at, new_id(), channels, [], shares)
    for queue in classes:
        room = most - len(claim_run.works)
        if queue is Queue.BROADCAST and most_broadcasts is not None:
            room = min(room, most_broadcasts)
        if room > 0:
            await _claim_queue(claim_run, queue, room)
    sending = [row.id for work in claim_run.works for row in _rows_to_mark(work)]
    await outbox.mark_sending(tx, sending)
    return Claim(claim_run.works, claim_run.delayed, claim_run.unsent)


async def _claim_queue(claim_run: _ClaimRun, queue: Queue, room: int) -> None:
    due = await lanes.lock_due_lanes(
        claim_run.tx,
        queue,
        claim_run.now,
        most=room,
        closed_keys=claim_run.rate_limiter.list_closed(claim_run.at),
    )
    if not due:
        return
    claim_run.most = _max_per_lane(queue, len(due))
    rows = await _load_heads(claim_run.tx, queue, [lane.lane for lane in due], claim_run.most)
    rows |= await _fold_edits(claim_run, rows) if queue is Queue.CUSTOMER else {}
    to_staff = not queue.is_for_customers
    addresses = await load_addresses(
        claim_run.tx,
        ((row, side_of(row, to_staff=to_staff)) for each in rows.values() for row in each),
    )
    if queue is Queue.BACKGROUND:
        heads = (row for each in rows.values() for row in each)
        claim_run.boards = await load_boards(claim_run.tx, heads, claim_run.channels)
        titled = [each[0] for each in rows.values() if each and is_title(each[0])]
        shown = [thread for row in titled if (thread := addresses.thread_of(row))]
        await load_card_details(claim_run.tx, shown)  # they decide whether the title changes
    elif queue is Queue.BROADCAST:
        claim_run.broadcasts = await DueBroadcasts.load(claim_run.tx, rows.values())
    unserved = await _postpone_unserved(claim_run, queue, rows, addresses)
    taken: list[Work] = []
    waits: dict[datetime | None, list[str]] = {}
    claim_run.shares = FairShare(claim_run.rate_limiter, claim_run.at)
    served = [lane for lane in due if lane.lane not in unserved]
    for lane in claim_run.shares.take_turns(served, rows):
        work_or_time = _choose_work(claim_run, queue, lane, rows[lane.lane], addresses)
        if isinstance(work_or_time, Work):
            taken.append(work_or_time)
        else:
            waits.setdefault(work_or_time, []).append(lane.lane)
    for at, names in waits.items():
        await lanes.set_due(claim_run.tx, queue, names, at)
        if at is not None and queue is Queue.CUSTOMER:
            claim_run.delayed.extend((rows[name][0], at) for name in names if rows[name])
    if taken:
        cards = [work.step.thread for work in taken if isinstance(work.step, ShowCard | OpenTopic)]
        await load_card_details(claim_run.tx, cards)
        names = [work.lane for work in taken]
        until = claim_run.now + LEASE
        await lanes.lease(claim_run.tx, queue, names, token=claim_run.token, until=until)
        claim_run.works.extend(taken)


def _max_per_lane(queue: Queue, due: int) -> int:
    """Return how many messages of a lane one claim may take while this many lanes are due."""
    if queue is Queue.BROADCAST:
        return 1
    if queue is not Queue.CUSTOMER:
        return _MAX_COPIES
    return _MAX_ANSWERS if due >= _MANY_LANES else 1


async def _postpone_unserved(
    claim_run: _ClaimRun,
    queue: Queue,
    rows: Mapping[str, Sequence[OutboxRow]],
    addresses: Addresses,
) -> Collection[str]:
    """Postpone lanes whose channel this process does not serve, or has not loaded yet."""
    channels = claim_run.channels
    if channels is None:
        return ()
    heads = {lane: each[0] for lane, each in rows.items() if each}
    unserved = {
        lane: channel_id
        for lane, head in heads.items()
        if (channel_id := _find_unserved_channel(channels, head, addresses.thread_of(head)))
    }
    again = (
        await find_retry_times(claim_run.tx, set(unserved.values()), claim_run.now)
        if unserved
        else {}
    )
    for channel_id, at in again.items():
        names = [lane for lane, its in unserved.items() if its == channel_id]
        await lanes.set_due(claim_run.tx, queue, names, at)
    return unserved


def _find_unserved_channel(
    channels: Channels, head: OutboxRow, thread: Thread | None
) -> ChannelId | None:
    if head.channel_id not in channels:
        return head.channel_id
    if thread is not None and not channels.is_known(thread.channel_id):
        return thread.channel_id
    return None


async def _load_heads(
    tx: Transaction, queue: Queue, names: Sequence[str], most: int
) -> dict[str, list[OutboxRow]]:
    """Read the first rows of each lane: no more than its next step can use.

    Unless an album begins there, `most` answers are enough, with one more to see whether any
    remain.
    """
    if not queue.is_for_customers:
        return await outbox.read_oldest(tx, names, _PER_LANE)
    rows = await outbox.read_oldest(tx, names, most + 1)
    albums = [name for name, each in rows.items() if each and take_album(each)]
    return {**rows, **await outbox.read_oldest(tx, albums, _PER_LANE)}


async def _fold_edits(
    claim_run: _ClaimRun, rows: Mapping[str, Sequence[OutboxRow]]
) -> dict[str, list[OutboxRow]]:
    """Fold edits and deletions into unsent answers; return the new first rows of those lanes."""
    names = [name for name, each in rows.items() if may_fold(each)]
    if not names:
        return {}
    whole = await outbox.read_oldest(claim_run.tx, names, _PER_LANE)
    for name, each in whole.items():
        whole[name], unsent = await drop_deleted(claim_run.tx, each, claim_run.now)
        claim_run.unsent.extend(unsent)
    await fold_edits(claim_run.tx, whole, claim_run.now)
    return await outbox.read_oldest(claim_run.tx, names, _PER_LANE)


def _choose_work(
    claim_run: _ClaimRun,
    queue: Queue,
    lane: DueLane,
    rows: Sequence[OutboxRow],
    addresses: Addresses,
) -> Work | datetime | None:
    """Choose a lane's next step and spend its rate limit, or return when the lane is due."""
    if not rows:
        return None
    due_at = get_head_due(rows)
    if due_at > claim_run.now:
        return due_at
    if queue is Queue.BROADCAST and (delay := claim_run.broadcasts.find_delay(rows[0])):
        return claim_run.now + delay
    ready = list(takewhile(lambda row: row.due_at <= claim_run.now, rows))
    step = _choose_step(claim_run, queue, lane, ready, addresses)
    if step is None:
        return None
    wait = _spend(claim_run, queue, lane, rows[0], step)
    if wait > 0:
        return claim_run.now + timedelta(seconds=wait)
    has_more = len(rows) > len(step.rows) or len(rows) == _PER_LANE
    thread = addresses.thread_of(rows[0])
    return Work(
        queue,
        lane.lane,
        lane.rate_limit_key,
        claim_run.token,
        claim_run.now,
        step,
        claim_run.at,
        has_more,
        session_id=thread.session_id if thread else None,
    )


def _spend(claim_run: _ClaimRun, queue: Queue, lane: DueLane, head: OutboxRow, step: Step) -> float:
    """Spend a step's calls of the rate limit; return how many seconds it waits instead, or 0."""
    if queue is Queue.BROADCAST:
        return claim_run.shares.spend_on_broadcast(lane, head, step)
    if queue is not Queue.BACKGROUND:
        return claim_run.shares.spend(lane, head, step)
    patience = (head.created_at + _CARD_PATIENCE - claim_run.now).total_seconds()
    return claim_run.shares.spend_on_card(lane, head, step, patience=max(0.0, patience))


def _choose_step(
    claim_run: _ClaimRun,
    queue: Queue,
    lane: DueLane,
    rows: list[OutboxRow],
    addresses: Addresses,
) -> Step | None:
    head, thread = rows[0], addresses.thread_of(rows[0])
    place = addresses.place_of(head)
    if (unsent := _find_unsent_step(claim_run, queue, head, thread, place)) is not None:
        return unsent
    if queue is Queue.BACKGROUND and isinstance(head.payload, CardPayload | PinPayload):
        return _choose_cosmetic_step(claim_run, rows, thread, place)
    if place is not None and thread is not None:
        plentiful = claim_run.shares.has_plenty(lane)
        first = choose_preparation(queue, head, thread, place, plentiful=plentiful)
        if first is not None:
            return first
    to_staff = not queue.is_for_customers
    together = take_album(rows)
    if together:
        deliveries = build_deliveries(together, addresses, to_staff=to_staff, is_album=True)
        return DeliverAlbum(together, deliveries)
    burst = take_burst(rows) if to_staff else []
    if burst and _must_merge(claim_run, lane, burst):
        return merge_burst(burst, addresses)
    room = claim_run.shares.available(lane, head, most=claim_run.most)
    run = take_independent(rows)[: max(1, room)]
    return Deliver(tuple(run), build_deliveries(run, addresses, to_staff=to_staff))


def _find_unsent_step(
    claim_run: _ClaimRun, queue: Queue, head: OutboxRow, thread: Thread | None, place: Place | None
) -> UnsentStep | None:
    """Return the step that settles a row without sending it; None: it is sent."""
    if isinstance(head.payload, UnreadablePayload):
        return Unreadable(head)
    if was_being_sent(head):
        return Ambiguous(head)
    if (reason := claim_run.broadcasts.find_objection(head, thread)) is not None:
        return Unwanted(head, reason)
    if queue.is_for_customers and _is_too_late(claim_run, head, thread):
        return TooLate(head)
    if head.place_id is not None and place is None:
        return PlaceClosed(head)
    return None


def _choose_cosmetic_step(
    claim_run: _ClaimRun, rows: list[OutboxRow], thread: Thread | None, place: Place | None
) -> Step | None:
    """Choose the step of a board or a card; what waits for a topic that does not exist has none."""
    if (board := get_board_name(rows[0])) is not None:
        return ShowBoard(tuple(takewhile(get_board_name, rows)), claim_run.boards[board])
    if thread is None or place is None:
        return None
    return choose_card_step(rows, thread, place)


def _is_too_late(claim_run: _ClaimRun, head: OutboxRow, thread: Thread | None) -> bool:
    channels = claim_run.channels
    if channels is None or thread is None:
        return False
    return is_too_late(head, thread, channels[thread.channel_id], claim_run.now)


def _must_merge(claim_run: _ClaimRun, lane: DueLane, burst: Sequence[OutboxRow]) -> bool:
    """Check whether a burst takes one call only: the chat is busy, or the texts waited long."""
    calls, shares = len(burst), claim_run.shares
    if shares.available(lane, burst[0], most=calls) < calls:
        return True
    # What failed before goes alone, so that it takes nothing else with it.
    waited = claim_run.now - burst[-1].created_at > _BURST_AFTER
    return (waited and not burst[0].attempts) or not shares.is_calm(lane, calls=calls)


def _rows_to_mark(work: Work) -> tuple[OutboxRow, ...]:
    """List the rows that a crash would leave uncertain: answers to customers."""
    if not work.queue.is_for_customers or not isinstance(work.step, Deliver | DeliverAlbum):
        return ()
    return tuple(row for row in work.step.rows if row.conversation_id is not None)
