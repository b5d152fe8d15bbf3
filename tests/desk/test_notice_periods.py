"""Notices that come once within a period: wherever the clock stands, never twice within seconds."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bridge.cloud.receiving.account_events import notify_admins
from db.queries.conversations.threads import Thread
from db.queues.inbox import InboxRow
from db.queues.outbox import OutboxRow
from db.queues.payloads import UnreadablePayload
from db.tables import OutboxKind, OutboxState, Queue
from desk.clients.data_requests import DataRequest, ask_for_data
from desk.delivery.failure_notices import (
    notify_channel_stopped,
    notify_staff,
    notify_topic_refused,
)
from desk.errors import ChannelStopped, Rejected
from desk.lanes import timer_lane
from desk.receiving.parking import notify_of_parked
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, thread_of

Tell = Callable[[UnitOfWork, Thread], Awaitable[object]]


async def parked(uow: UnitOfWork, thread: Thread) -> None:
    lane = timer_lane("window", thread.conversation_id)
    row = InboxRow(1, lane, thread.channel_id, "1", "bad", 5, uow.now)
    await notify_of_parked(uow, row, "it cannot be read")


async def unreadable(uow: UnitOfWork, thread: Thread) -> None:
    row = a_row(uow, thread, UnreadablePayload(OutboxKind.CARD, {}, "it has no parts"))
    await notify_staff(uow, Queue.STAFF, row, Rejected("it cannot be read"))


async def stopped(uow: UnitOfWork, thread: Thread) -> None:
    row = a_row(uow, thread, UnreadablePayload(OutboxKind.CARD, {}, "it has no parts"))
    await notify_channel_stopped(uow, [row], ChannelStopped("the token was revoked"))


async def refused(uow: UnitOfWork, thread: Thread) -> None:
    await notify_topic_refused(uow, thread, thread.places[0], Rejected("no rights"))


async def news(uow: UnitOfWork, thread: Thread) -> None:
    await notify_admins(uow, uow.channel_of(thread), "The number was restricted.", about="number")


async def asked(uow: UnitOfWork, thread: Thread) -> None:
    await ask_for_data(uow, thread, DataRequest.EXPORT)


def a_row(uow: UnitOfWork, thread: Thread, payload: UnreadablePayload) -> OutboxRow:
    return OutboxRow(
        id=1,
        lane="staff:1",
        channel_id=thread.channel_id,
        conversation_id=None,
        message_id=None,
        payload=payload,
        state=OutboxState.PENDING,
        attempts=1,
        due_at=uow.now,
        created_at=uow.now,
    )


@pytest.mark.parametrize(
    ("tell", "minutes", "notices"),
    [
        (parked, 5, 2),  # one for the admins, one in the customer's topic
        (unreadable, 60, 1),
        (news, 60, 1),
        (stopped, 24 * 60, 1),
        (refused, 24 * 60, 1),
        (asked, 24 * 60, 1),
    ],
)
async def test_staff_is_told_once_within_the_period(
    stage: Stage, tell: Tell, minutes: int, notices: int
) -> None:
    ana = await stage.customer()
    before = len(await stage.outbox())

    async def told_at(at: datetime) -> int:
        async def work(uow: UnitOfWork) -> None:
            await tell(uow, await thread_of(uow, ana))

        stage.now = at
        await stage.run_in_uow(work)
        return len(await stage.outbox()) - before

    # A mark of every period: two seconds around it are one notice.
    mark, period, second = (
        datetime(2026, 3, 1, tzinfo=UTC),
        timedelta(minutes=minutes),
        timedelta(seconds=1),
    )
    assert await told_at(mark - second) == notices
    assert await told_at(mark + second) == notices
    assert await told_at(mark + period - 2 * second) == notices
    # One period after the notice the next one comes, and around the next mark no other.
    assert await told_at(mark + period - second) == 2 * notices
    assert await told_at(mark + period + second) == 2 * notices
