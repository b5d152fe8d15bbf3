"""Timers: inbox rows with a due time in the future, each about one conversation.

They are as durable as customers' messages; the same workers handle and count them.
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
    """Kinds of timers; a conversation can have one of each, and one for each delayed rule."""

    WINDOW = "window"
    # Nobody writes in a session that an agent holds.
    IDLE = "idle"
    # A session waits for an agent.
    WAITING = "waiting"
    # The agent of a session has been absent for a while.
    ABSENCE = "absence"
    # A session was put aside until now.
    SNOOZE = "snooze"
    # A customer's wait for an answer nears its target, or misses it.
    SLA = "sla"
    # A minute ends in which a customer wrote more than is shown.
    LIMIT = "limit"
    # An AI agent's turn begins, and has to be over.
    AI_START = "ai_start"
    AI_DEADLINE = "ai_deadline"
    # A customer has been silent since an AI agent's answer.
    AI_FOLLOW_UP = "ai_follow_up"
    # Topics of agents' own chats are no longer needed, or a session is shown elsewhere now.
    PLACES = "places"
    # The delay of an auto-reply rule is over.
    RULE = "rule"


TimerHandler = Callable[[UnitOfWork, Thread], Awaitable[None]]


class UnknownTimerError(Exception):
    """A timer that this version does not know."""


async def set_timer(
    uow: UnitOfWork, thread: Thread, timer: Timer, at: datetime, *, about: str = ""
) -> None:
    """Set a timer; the same one for the same time is set only once.

    `about` tells the timers of one kind apart where a conversation can have several.

    The handler checks the state when it runs, and sets the timer again if it came too early. So a
    time that moves with every message does not need a row for each message.
    """
    await inbox.put(uow.tx, [_build_row(thread, timer, at, about)])


async def set_timers(uow: UnitOfWork, thread: Thread, times: Mapping[Timer, datetime]) -> None:
    """Set several timers of a conversation at once."""
    await inbox.put(uow.tx, [_build_row(thread, timer, at) for timer, at in times.items()])


def _build_row(thread: Thread, timer: Timer, at: datetime, about: str = "") -> InboundEvent:
    lane = timer_lane(timer, thread.conversation_id, about)
    # A hash, because a stored row must not contain a conversation's id after its erasure.
    name = hashlib.sha256(f"{lane}:{at.isoformat()}".encode()).hexdigest()[:40]
    return InboundEvent(thread.channel_id, f"timer:{name}", lane, "{}", due_at=at)


def is_timer(row: InboxRow) -> bool:
    """Check whether an inbox row is a timer, not an update from a provider."""
    return parse_timer_lane(row.lane) is not None


class TimerReceiver:
    """Handles timers, for channels of any kind."""

    def __init__(self, handlers: Mapping[Timer, TimerHandler]) -> None:
        self._handlers = handlers

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Load the conversations of these timers in one query."""
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
        if thread is not None:  # otherwise it was erased meanwhile
            # A human may have answered in the same batch, and then nobody else may speak.
            if uow.events.has_any_of(thread.conversation_id, thread.session_id):
                await uow.flush()
            await handler(uow, thread)
