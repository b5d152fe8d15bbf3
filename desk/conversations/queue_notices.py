"""Queue notices: tell a waiting customer their place, how long it takes, when the desk is open."""

from datetime import datetime, timedelta

from db.ids import ChannelId
from db.queries.conversations import queue_notices, sessions
from db.queries.conversations.session_activity import count_waiting_in
from db.queries.conversations.threads import Thread
from db.queues.payloads import NoticePayload
from db.tables import Priority
from desk.business_hours import (
    count_business_seconds,
    find_next_closing,
    find_next_opening,
    is_open,
)
from desk.content import Content
from desk.conversations.away_notices import away_key
from desk.conversations.opening_words import describe_opening, format_time
from desk.conversations.wait_estimate import Estimate, estimate_wait
from desk.formatting.merging import join_lines
from desk.formatting.splitting import split_content
from desk.unit_of_work import UnitOfWork

_LAST_HOURS = timedelta(hours=4)


async def send_queue_notice(uow: UnitOfWork, thread: Thread) -> None:
    """Send a waiting customer their place in the queue, and the opening hours.

    It is kept what they read, so that it can be edited when it is not true any more.
    """
    channel, session_id = uow.channel_of(thread), thread.session_id
    if session_id is None:
        return
    place, estimate = await note_place(uow, thread)
    notice = build_queue_notice(uow, thread, place, estimate)
    is_closed = channel.hours is not None and not is_open(channel.hours, uow.now)
    # It says that the desk is closed, so nothing else has to.
    dedup_key = away_key(thread) if is_closed else None
    parts = split_content(notice)
    if channel.traits.edits_notices and len(parts) == 1:
        payload = NoticePayload(parts[0], place_of=session_id)
        uow.enqueue_for_customer(thread, payload, dedup_key=dedup_key)
    else:
        uow.enqueue_customer_notice(thread, notice, dedup_key=dedup_key)


async def note_place(uow: UnitOfWork, thread: Thread) -> tuple[int, Estimate | None]:
    """Return the place of a waiting customer who is told it now, and the estimate of their wait."""
    place, estimate = await find_place(uow, thread), await find_estimate(uow, thread.channel_id)
    if thread.session_id is not None:
        await queue_notices.save_notice(uow.tx, thread.session_id, place, estimate, uow.now)
    return place, estimate


async def find_place(uow: UnitOfWork, thread: Thread) -> int:
    """Return the place in the queue of a waiting session."""
    assert thread.session_id is not None  # noqa: S101 it waits
    priority, since = thread.priority or Priority.NORMAL, thread.session_since or uow.now
    return await sessions.find_place(uow.tx, thread.session_id, priority, since)


async def find_estimate(
    uow: UnitOfWork, channel_id: ChannelId, told_at: datetime | None = None
) -> Estimate | None:
    """Estimate how long a customer of a channel waits, who was told so at `told_at`, or now.

    Returns None while the desk is closed, and where too little is known of the last hours.
    """
    hours = uow.channels[channel_id].hours
    if hours is not None and not is_open(hours, uow.now):
        return None
    waits = await queue_notices.list_waits(uow.tx, channel_id, uow.now - _LAST_HOURS)
    since = (await count_waiting_in(uow.tx, channel_id)).since or uow.now
    return estimate_wait(
        waits,
        waited=count_business_seconds(hours, told_at or uow.now, uow.now),
        longest=count_business_seconds(hours, since, uow.now),
    )


def build_queue_notice(
    uow: UnitOfWork, thread: Thread, place: int, estimate: Estimate | None = None
) -> Content:
    """Return the queue notice in the customer's language; times are in the desk's time zone."""
    notice = _build_notice(uow, thread, place)
    if estimate is None:
        return notice
    low, high = estimate
    key = "customer.estimate" if 0 < low < high else "customer.estimate_short"
    return join_lines([notice, uow.content_for_customer(thread, key, low=low, high=high)])


def _build_notice(uow: UnitOfWork, thread: Thread, place: int) -> Content:
    hours = uow.channel_of(thread).hours
    if hours is None:
        return uow.content_for_customer(thread, "customer.waiting", place=place)
    if is_open(hours, uow.now):
        closing = find_next_closing(hours, uow.now)
        if closing is None:
            return uow.content_for_customer(thread, "customer.waiting", place=place)
        until = format_time(hours, closing)
        return uow.content_for_customer(thread, "customer.waiting_open", place=place, closing=until)
    opening = find_next_opening(hours, uow.now)
    if opening is None:
        return uow.content_for_customer(thread, "customer.waiting_closed", place=place)
    when = describe_opening(uow, thread, hours, opening)
    return uow.content_for_customer(thread, "customer.waiting_until", place=place, opening=when)
