"""Assign waiting sessions to agents who have room."""

from db.ids import ChannelId
from db.queries.conversations import queue_notices, sessions
from db.queries.conversations.sessions import SessionRef
from desk.conversations.holders import Taken, change_holder, reserve_agent
from desk.conversations.introductions import tell_who_answers
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork

# Waiting sessions that one transaction assigns; the next change that calls this assigns the rest.
_BATCH = 50


async def assign_waiting(uow: UnitOfWork) -> int:
    """Assign the longest waiting sessions to agents with room; return how many were assigned."""
    assigned = 0
    busy_channels: set[ChannelId] = set()
    for waiting in await sessions.list_waiting(uow.tx, most=_BATCH):
        if waiting.channel_id in busy_channels or waiting.channel_id not in uow.channels:
            continue
        if await _assign(uow, waiting):
            assigned += 1
        else:
            busy_channels.add(waiting.channel_id)
    return assigned


async def _assign(uow: UnitOfWork, waiting: SessionRef) -> bool:
    thread = await find_thread(uow, waiting.conversation_id)
    if thread is None or thread.session_id != waiting.session_id or thread.holder_id is not None:
        return True  # it ended or was taken meanwhile: nothing to assign
    agent = await reserve_agent(uow, waiting.channel_id)
    if agent is None:
        return False
    was_told = await queue_notices.was_told(uow.tx, waiting.session_id)
    if not await change_holder(uow, thread, agent, Taken()):
        return True
    if was_told:
        uow.notify_customer(thread, "customer.assigned", agent=agent.name)
    else:  # their agent left, which they were not told
        tell_who_answers(uow, thread)
    return True
