"""Timers: rows of the inbox that become due later. One is about one conversation.

They are as durable as what customers write, handled by the same workers, and counted with them.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial

from db.ids import ConversationId
from db.queries.conversations import threads
from db.queries.conversations.threads import Thread
from db.queues import inbox
from db.queues.inbox import InboundEvent, InboxRow
from desk.lanes import parse_timer_lane, timer_lane
from desk.receiving.ports import RowHandler
from desk.unit_of_work import UnitOfWork


class Timer(StrEnum):
    """What there are timers for: one of each may be set in a conversation."""

    WINDOW = "window"


TimerHandler = Callable[[UnitOfWork, Thread], Awaitable[None]]


class UnknownTimerError(Exception):
    """A timer that this version does not know."""


async def set_timer(uow: UnitOfWork, thread: Thread, timer: Timer, at: datetime) -> None:
    """Have something looked at then; the same one for the same time is set once.

    Whoever handles it looks at how things stand by then, and sets it again if it came too early:
    a time that moves with every message needs no row for each.
    """
    lane = timer_lane(timer, thread.conversation_id)
    # No id of a conversation stands in what is kept after it is erased.
    name = hashlib.sha256(f"{lane}:{at.isoformat()}".encode()).hexdigest()[:40]
    arrival = InboundEvent(thread.channel_id, f"timer:{name}", lane, "{}", due_at=at)
    await inbox.put(uow.tx, [arrival])


def is_timer(row: InboxRow) -> bool:
    """Tell whether a row of the inbox is a timer, and nothing that a provider sent."""
    return parse_timer_lane(row.lane) is not None


class TimerReceiver:
    """Handles the timers, whatever the kind of their channel."""

    def __init__(self, handlers: Mapping[Timer, TimerHandler]) -> None:
        self._handlers = handlers

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Read the conversations that they are about, in one query."""
        ids = {about[1] for row in rows if (about := parse_timer_lane(row.lane))}
        for thread in await threads.lock_by_ids(uow.tx, sorted(ids)):
            uow.add_thread(thread)
        return [partial(self._handle, uow, row) for row in rows]

    async def _handle(self, uow: UnitOfWork, row: InboxRow) -> None:
        kind, conversation_id = parse_timer_lane(row.lane) or ("", ConversationId(""))
        thread = uow.threads.get(("conversation", conversation_id))
        handler = next((do for timer, do in self._handlers.items() if timer == kind), None)
        if handler is None:
            raise UnknownTimerError(kind)
        if thread is not None:  # erased meanwhile
            await handler(uow, thread)
