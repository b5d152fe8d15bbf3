"""Change agents' status without their doing: by working hours, and because of silence."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from db.queries.accounts import presence as queries
from db.queries.accounts.accounts import BoundAgent
from db.queries.accounts.presence import AgentHours
from db.tables import AgentStatus, StatusCause
from desk.actors import SYSTEM, to_actor
from desk.business_hours import has_changed, is_open, load_hours
from desk.conversations.presence import set_status
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

# How long followed hours may lie back before that is noted, although nothing began or ended.
_NOTED_EVERY = timedelta(hours=1)
T = TypeVar("T")
Find = Callable[[UnitOfWork], Awaitable[list[T]]]
Change = Callable[[UnitOfWork, T], Awaitable[None]]


async def keep_presence(transactions: RunsTransactions) -> None:
    """Set every agent's status that should change now, each in a transaction of its own."""
    await _change_each(transactions, _list_due, _follow_hours)
    await _change_each(transactions, _list_back, _bring_back)
    await _change_each(transactions, _list_silent, _send_away)


async def _change_each(transactions: RunsTransactions, find: Find[T], change: Change[T]) -> None:
    for found in await transactions.run(find):
        await transactions.run(partial(_change_if_still, find, change, found))


async def _change_if_still(find: Find[T], change: Change[T], found: T, uow: UnitOfWork) -> None:
    """Change an agent's status, unless they did something since they were found."""
    if found in await find(uow):
        await change(uow, found)


async def _list_due(uow: UnitOfWork) -> list[AgentHours]:
    """List the agents whose working hours began or ended, or were not noted for long."""
    return [
        each
        for each in await queries.list_working_hours(uow.tx)
        if _has_changed(each, uow.now) or uow.now - _followed_at(each, uow.now) >= _NOTED_EVERY
    ]


def _followed_at(about: AgentHours, now: datetime) -> datetime:
    return about.followed_at or now


def _has_changed(about: AgentHours, now: datetime) -> bool:
    hours = load_hours(about.hours)
    return hours is not None and has_changed(hours, _followed_at(about, now), now)


async def _follow_hours(uow: UnitOfWork, about: AgentHours) -> None:
    """Set an agent on- or offline if their working hours began or ended since the last time.

    In between, whatever they choose themselves stays.
    """
    hours = load_hours(about.hours)
    if hours is not None and _has_changed(about, uow.now):
        status = AgentStatus.ONLINE if is_open(hours, uow.now) else AgentStatus.OFFLINE
        agent = to_actor(about.agent)
        await set_status(uow, agent, status, by=SYSTEM, cause=StatusCause.SCHEDULE)
    await queries.mark_followed(uow.tx, about.agent.agent_id, uow.now)


async def _list_back(uow: UnitOfWork) -> list[BoundAgent]:
    return await queries.list_back(uow.tx)


async def _bring_back(uow: UnitOfWork, agent: BoundAgent) -> None:
    await set_status(uow, to_actor(agent), AgentStatus.ONLINE, by=SYSTEM)
    _tell(uow, agent, "agent.back")


async def _list_silent(uow: UnitOfWork) -> list[BoundAgent]:
    silence = uow.session_times.silence
    return await queries.list_silent(uow.tx, uow.now - silence) if silence else []


async def _send_away(uow: UnitOfWork, agent: BoundAgent) -> None:
    actor, cause = to_actor(agent), StatusCause.SILENCE
    await set_status(uow, actor, AgentStatus.AWAY, by=SYSTEM, cause=cause)
    silence = uow.session_times.silence or timedelta()
    _tell(uow, agent, "agent.silent", minutes=int(silence.total_seconds()) // 60)


def _tell(uow: UnitOfWork, agent: BoundAgent, key: str, **values: object) -> None:
    """Send a notice to an agent in their private chat with the bot of staff."""
    bot = uow.channels.staff_bot or next(iter(uow.channels), None)
    if agent.telegram_id is not None and bot is not None:
        text = uow.text_for_staff(key, **values)
        uow.enqueue_for_chat(bot.staff_channel_id, agent.telegram_id, text)
